#pragma once

#include "connectors/http_transport.hpp"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

/// The outside world of a test: a service that notes what reaches it and answers when it is told
/// to. It outlives the client actors that talk to it.
namespace steward::actors::testing {

/// One request as the service saw it.
struct delivery {
  connectors::http_order order;
  std::string key;   ///< Its Idempotency-Key.
  size_t before = 0; ///< How many with the same key were answered before.
};

class fake_service {
public:
  using script = std::function<connectors::http_answer(const delivery&)>;

  static connectors::http_answer says(int status, std::string body) {
    return {.answered = true,
            .timed_out = false,
            .status = status,
            .headers = {{"content-type", "application/json"}},
            .body = std::move(body),
            .reason = {}};
  }

  script answers = [](const delivery&) { return says(200, "{}"); };
  std::function<void(const delivery&)> on_delivery = [](const delivery&) {};
  std::vector<delivery> deliveries;
  std::vector<connectors::order_id> cancelled;

  std::unique_ptr<connectors::http_transport> connect() {
    return std::make_unique<line>(*this, ++lines_);
  }

  size_t under_way() const { return under_way_.size(); }
  /// Answers the oldest request; false when there is none.
  bool answer_next() {
    if (under_way_.empty()) return false;
    auto next = std::move(under_way_.front());
    under_way_.pop_front();
    next.what.before = answered_[next.what.key]++;
    next.done(answers(next.what));
    return true;
  }

private:
  struct request {
    size_t line;
    delivery what;
    connectors::http_completion done;
  };

  /// The connection of one client actor.
  class line final : public connectors::http_transport {
  public:
    line(fake_service& service, size_t number) : service_(service), number_(number) {}
    ~line() override {
      std::erase_if(service_.under_way_, [this](const auto& r) { return r.line == number_; });
    }
    void send(connectors::http_order order, connectors::http_completion done) override {
      service_.arrived(number_, std::move(order), std::move(done));
    }
    void cancel(const connectors::order_id& id) override {
      service_.cancelled.push_back(id);
      std::erase_if(service_.under_way_, [&](const auto& r) { return r.what.order.id == id; });
    }

  private:
    fake_service& service_;
    size_t number_;
  };

  void arrived(size_t line_number, connectors::http_order order, connectors::http_completion done) {
    for (auto& r : under_way_)
      if (r.line == line_number && r.what.order.id == order.id) {
        r.done = std::move(done);
        return;
      }
    delivery d{std::move(order), {}, 0};
    for (const auto& [name, text] : d.order.headers)
      if (name == "Idempotency-Key") d.key = text;
    deliveries.push_back(d);
    on_delivery(d);
    under_way_.push_back({line_number, std::move(d), std::move(done)});
  }

  std::deque<request> under_way_;
  std::map<std::string, size_t> answered_;
  size_t lines_ = 0;
};

} // namespace steward::actors::testing
