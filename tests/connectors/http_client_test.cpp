#define CAF_SUITE http_client

#include "caf/test/dsl.hpp"
#include "connectors/curl_transport.hpp"
#include "connectors/http_client.hpp"
#include "messages/type_ids.hpp"
#include "tests/connectors/node_service.hpp"

#include <caf/all.hpp>

#include <mutex>

using namespace steward;
using namespace steward::connectors;
using namespace std::chrono_literals;

namespace {

/// What the fake transport was asked, shared with the test.
struct transport_log {
  std::mutex mutex;
  std::vector<http_order> sent;
  std::vector<http_completion> completions;
  std::vector<order_id> cancelled;
  bool ended = false;
};

class fake_transport : public http_transport {
public:
  explicit fake_transport(std::shared_ptr<transport_log> log) : log_(std::move(log)) {}
  ~fake_transport() override {
    const std::lock_guard guard{log_->mutex};
    log_->ended = true;
    log_->completions.clear();
  }
  void send(http_order order, http_completion done) override {
    const std::lock_guard guard{log_->mutex};
    log_->sent.push_back(std::move(order));
    log_->completions.push_back(std::move(done));
  }
  void cancel(const order_id& id) override {
    const std::lock_guard guard{log_->mutex};
    log_->cancelled.push_back(id);
  }

private:
  std::shared_ptr<transport_log> log_;
};

struct system_config : caf::actor_system_config {
  system_config() { add_message_types<caf::id_block::steward_messages>(); }
};

perform_call call(effect_id effect) {
  perform_call c;
  c.run = run_id::make(1'700'000'000'000'000, 1, 2);
  c.effect = effect;
  c.idempotency_key = "run/do/0";
  c.method = "post";
  c.url = "http://a.test/x";
  c.headers = {{"X-A", "1"}};
  c.body = "{}";
  return c;
}

struct fixture : test_coordinator_fixture<system_config> {
  std::shared_ptr<transport_log> log = std::make_shared<transport_log>();
  caf::actor client;

  fixture() {
    client = spawn_http_client(self.ptr(), std::make_unique<fake_transport>(log));
    run();
  }
  ~fixture() {
    caf::anon_send_exit(client, caf::exit_reason::user_shutdown);
    run();
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(http_client_scope, fixture)

CAF_TEST(a call becomes an order with its idempotency key) {
  self->send(client, call(7));
  run();
  CAF_REQUIRE_EQUAL(log->sent.size(), 1u);
  const auto& order = log->sent.front();
  CAF_CHECK_EQUAL(order.id.effect, 7u);
  CAF_CHECK_EQUAL(order.method, "POST");
  CAF_CHECK_EQUAL(order.url, "http://a.test/x");
  CAF_CHECK_EQUAL(order.headers, (header_list{{"X-A", "1"}, {"Idempotency-Key", "run/do/0"}}));
  CAF_CHECK_EQUAL(order.body.value_or(""), "{}");
}

CAF_TEST(an idempotency key of the author is left alone) {
  auto c = call(1);
  c.headers = {{"idempotency-KEY", "mine"}};
  CAF_CHECK_EQUAL(order_from(c).headers, (header_list{{"idempotency-KEY", "mine"}}));
}

CAF_TEST(the sender is told how the call ended) {
  self->send(client, call(7));
  run();
  log->completions.front()({.answered = true,
                            .timed_out = false,
                            .status = 201,
                            .headers = {{"a", "b"}},
                            .body = "made",
                            .reason = {}});
  run();
  bool told = false;
  self->receive([&](const call_done& done) {
    told = true;
    CAF_CHECK(done.run == call(7).run);
    CAF_CHECK_EQUAL(done.effect, 7u);
    CAF_CHECK(done.answered);
    CAF_CHECK_EQUAL(done.status, 201);
    CAF_CHECK_EQUAL(done.headers, (header_list{{"a", "b"}}));
    CAF_CHECK_EQUAL(done.body, "made");
  });
  CAF_CHECK(told);
}

CAF_TEST(a call without a sender is carried out and its answer dropped) {
  caf::anon_send(client, call(7));
  run();
  CAF_REQUIRE_EQUAL(log->completions.size(), 1u);
  log->completions.front()(http_answer::failure("x"));
  run();
}

CAF_TEST(a call does not keep its sender alive) {
  auto sender = sys.spawn([](caf::event_based_actor*) -> caf::behavior { return {[](int) {}}; });
  run();
  auto weak = caf::actor_cast<caf::weak_actor_ptr>(sender);
  caf::send_as(sender, client, call(7));
  run();
  caf::anon_send_exit(sender, caf::exit_reason::user_shutdown);
  run();
  sender = nullptr;
  CAF_CHECK(weak.lock() == nullptr);
  log->completions.front()(http_answer::failure("x"));
}

CAF_TEST(a cancel reaches the transport) {
  self->send(client, cancel_call{call(3).run, 3});
  run();
  CAF_REQUIRE_EQUAL(log->cancelled.size(), 1u);
  CAF_CHECK(log->cancelled.front() == (order_id{call(3).run, 3}));
}

CAF_TEST(the end of the actor ends the transport) {
  self->send(client, call(7));
  run();
  caf::anon_send_exit(client, caf::exit_reason::kill);
  run();
  CAF_CHECK(log->ended);
}

CAF_TEST_FIXTURE_SCOPE_END()

CAF_TEST(with the real transport the key arrives at the service) {
  testing::node_service service{"http_service.mjs"};
  system_config cfg;
  caf::actor_system system{cfg};
  caf::scoped_actor self{system};
  auto client = spawn_http_client(
      self.ptr(), std::make_unique<curl_transport>(steward::config::http_client_settings{}, "t"));
  auto c = call(1);
  c.url = service.url + "/echo";
  self->send(client, c);
  bool told = false;
  self->receive(
      [&](const call_done& done) {
        told = true;
        CAF_REQUIRE_EQUAL(done.reason, "");
        const auto seen = nlohmann::json::parse(done.body);
        CAF_CHECK_EQUAL(seen["method"], "POST");
        CAF_CHECK_EQUAL(seen["headers"]["idempotency-key"], "run/do/0");
      },
      caf::after(10s) >> [] { CAF_FAIL("no answer"); });
  CAF_CHECK(told);
  self->send_exit(client, caf::exit_reason::user_shutdown);
}
