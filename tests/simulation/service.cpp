#include "tests/simulation/service.hpp"

#include <algorithm>

namespace steward::simulation {

class service::line final : public connectors::http_transport {
public:
  line(service& s, size_t number, std::shared_ptr<bool> cut)
      : service_(s), number_(number), cut_(std::move(cut)) {}
  ~line() override {
    std::erase_if(service_.under_way_, [&](const auto& r) { return r.second.line == number_; });
  }
  void send(connectors::http_order order, connectors::http_completion done) override {
    if (*cut_) return;
    for (auto& [n, r] : service_.under_way_)
      if (r.line == number_ && r.id == order.id) {
        r.done = std::move(done);
        return;
      }
    service_.arrived({cut_, number_, order.id, std::move(done)}, order);
  }
  void cancel(const connectors::order_id& id) override {
    std::erase_if(service_.under_way_,
                  [&](const auto& r) { return r.second.line == number_ && r.second.id == id; });
  }

private:
  service& service_;
  size_t number_;
  std::shared_ptr<bool> cut_;
};

std::unique_ptr<connectors::http_transport> service::connect(std::shared_ptr<bool> cut) {
  return std::make_unique<line>(*this, ++lines_, std::move(cut));
}

void service::arrived(request r, const connectors::http_order& order) {
  std::string key;
  for (const auto& [name, text] : order.headers)
    if (name == "Idempotency-Key") key = text;
  on_request(order, key);
  auto& m = by_key_[key];
  m.method = order.method;
  m.url = order.url;
  m.body = order.body;
  ++m.requests;
  const auto number = ++requests_;
  under_way_.emplace(number, std::move(r));
  auto what = reply_to(m, order);
  auto after = chance_.pause(temper.late_us);
  if (chance_.one_in(temper.silent)) {
    what = connectors::http_answer::failure("timed out");
    what.timed_out = true;
    after = patience_us;
  }
  const auto at = now_us_() + after;
  later_.add(at, [this, number, what] { answer(number, what); });
}

void service::answer(uint64_t number, connectors::http_answer a) {
  const auto found = under_way_.find(number);
  if (found == under_way_.end()) return;
  const auto r = std::move(found->second);
  under_way_.erase(found);
  if (*r.cut) return;
  r.done(std::move(a));
}

connectors::http_answer service::reply_to(memory& m, const connectors::http_order& order) {
  connectors::http_answer a{.answered = true,
                            .timed_out = false,
                            .status = 200,
                            .headers = {{"content-type", "application/json"}},
                            .body = "{}",
                            .reason = {}};
  if (order.url.find("/broken") != std::string::npos) {
    a.status = 400;
    return a;
  }
  if (m.failures < 3 && chance_.one_in(temper.fails)) {
    ++m.failures;
    a.status = 503;
    return a;
  }
  m.failures = 0;
  const auto from = order.url.rfind('/') + 1;
  a.body = R"({"from":")" + order.url.substr(from, order.url.find('?') - from) + "\"}";
  return a;
}

} // namespace steward::simulation
