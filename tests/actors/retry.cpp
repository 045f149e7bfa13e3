#define CAF_SUITE retry

#include "tests/actors/steward_rig.hpp"

using namespace steward;
using namespace steward::actors::testing;

namespace {

struct fixture : steward_rig {
  fixture() {
    deploy("order", R"(do:
  - reserve: {call: http, with: {method: post, endpoint: 'http://svc/reserve', body: '${ . }'}}
  - pay: {call: http, with: {method: post, endpoint: 'http://svc/pay', body: '${ . }'}}
  - done: {set: {paid: '${ . }'}}
)");
    service.answers = [this](const delivery& d) {
      const bool pays = d.order.url == "http://svc/pay";
      return fake_service::says(pays && broken ? 503 : 200, pays ? R"({"n":2})" : R"({"n":1})");
    };
  }
  /// A run whose second call has failed.
  run_id faulted() {
    const auto id = started("order", R"({"sku":"tea"})");
    pass(1s);
    CAF_REQUIRE_EQUAL(status(id), "faulted");
    return id;
  }
  asked retry(const run_id& id, const std::string& body = {}) {
    auto a = ask_tenant(retry_run{"default", id, body});
    settle();
    return a;
  }
  std::vector<std::string> keys_of(const std::string& url) {
    std::vector<std::string> keys;
    for (const auto& d : service.deliveries)
      if (d.order.url == url) keys.push_back(d.key);
    return keys;
  }
  std::string bodies() {
    std::string all;
    for (const auto& d : service.deliveries) all += d.order.body.value_or("-") + " ";
    return all;
  }
  size_t published(const std::string& type) {
    size_t count = 0;
    for (const auto& e : events()) count += e.type == type ? 1u : 0u;
    return count;
  }

  bool broken = true;
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(retry_tests, fixture)

CAF_TEST(a retried run goes on from the task that failed and completes) {
  const auto id = faulted();
  broken = false;
  service_answers = false;
  auto a = retry(id);
  CAF_CHECK_EQUAL(a.word(), "ok");
  CAF_CHECK_EQUAL(a.text("status"), "running");
  CAF_CHECK_EQUAL(a.text("error"), "null");
  CAF_CHECK_EQUAL(a.text("ended_at"), "null");
  CAF_CHECK_EQUAL(a.text("attempts"), "2");
  CAF_CHECK(!row(id).error && !row(id).ended_us);
  service_answers = true;
  pass(1s);
  CAF_CHECK_EQUAL(status(id), "completed");
  CAF_CHECK_EQUAL(row(id).output.value_or("-"), R"({"paid":{"n":2}})");
  CAF_CHECK_EQUAL(keys_of("http://svc/reserve").size(), 1u);
  const auto keys = keys_of("http://svc/pay");
  CAF_REQUIRE_EQUAL(keys.size(), 2u);
  CAF_CHECK_EQUAL(keys[0], keys[1]);
  CAF_CHECK_EQUAL(published("io.serverlessworkflow.workflow.resumed.v1"), 1u);
  CAF_CHECK_EQUAL(published("io.serverlessworkflow.workflow.completed.v1"), 1u);
}

CAF_TEST(a retry survives a crash of the server) {
  const auto id = faulted();
  broken = false;
  service_answers = false;
  CAF_CHECK_EQUAL(retry(id).word(), "ok");
  crash_server();
  boot();
  CAF_CHECK_EQUAL(status(id), "running");
  service_answers = true;
  pass(1s);
  CAF_CHECK_EQUAL(status(id), "completed");
}

CAF_TEST(a run that failed is retried after a restart of the server) {
  const auto id = faulted();
  crash_server();
  boot();
  broken = false;
  CAF_CHECK_EQUAL(retry(id).word(), "ok");
  pass(1s);
  CAF_CHECK_EQUAL(status(id), "completed");
}

CAF_TEST(a run that fails again has its new error and can be retried again) {
  const auto id = faulted();
  const auto ended = row(id).ended_us;
  pass(10s);
  CAF_CHECK_EQUAL(retry(id).word(), "ok");
  pass(1s);
  CAF_CHECK_EQUAL(status(id), "faulted");
  CAF_CHECK(row(id).ended_us > ended);
  CAF_CHECK(row(id).error.has_value());
  broken = false;
  CAF_CHECK_EQUAL(retry(id).word(), "ok");
  pass(1s);
  CAF_CHECK_EQUAL(status(id), "completed");
  CAF_CHECK_EQUAL(row(id).attempts, 3u);
}

CAF_TEST(only a run that ended badly is retried) {
  service_answers = false;
  const auto id = started("order");
  CAF_CHECK_EQUAL(retry(id).word(), "conflict");
  service_answers = true;
  pass(1s);
  service_answers = false;
  CAF_CHECK_EQUAL(retry(id).word(), "ok");
  CAF_CHECK_EQUAL(retry(id).word(), "conflict"); // it runs
  broken = false;
  service_answers = true;
  pass(1s);
  CAF_CHECK_EQUAL(retry(id).word(), "conflict"); // it has completed
  CAF_CHECK_EQUAL(retry(run_id::make(now_us(), 1, 1)).word(), "not-found");
}

CAF_TEST(a named task starts again with the input that it is given) {
  const auto id = faulted();
  broken = false;
  CAF_CHECK_EQUAL(retry(id, R"({"task": "reserve", "input": {"sku": "milk"}})").word(), "ok");
  pass(1s);
  CAF_CHECK_EQUAL(status(id), "completed");
  const auto keys = keys_of("http://svc/reserve");
  CAF_REQUIRE_EQUAL(keys.size(), 2u);
  CAF_CHECK_EQUAL(keys[1], keys[0] + "~1");
  CAF_CHECK(bodies().find(R"({"sku":"milk"})") != std::string::npos);
}

CAF_TEST(a named task that was done starts again with the input it had) {
  const auto id = faulted();
  broken = false;
  CAF_CHECK_EQUAL(retry(id, R"({"task": "/do/0/reserve"})").word(), "ok");
  pass(1s);
  CAF_CHECK_EQUAL(status(id), "completed");
  const auto keys = keys_of("http://svc/reserve");
  CAF_REQUIRE_EQUAL(keys.size(), 2u);
  CAF_CHECK_EQUAL(keys[0], keys[1]);
  CAF_CHECK_EQUAL(bodies(), R"({"sku":"tea"} {"n":1} {"sku":"tea"} {"n":1} )");
}

CAF_TEST(a body that makes no sense is refused and the run left as it is) {
  const auto id = faulted();
  for (const std::string body : {"[]", "{", R"({"task": 1})", R"({"task": ""})", R"({"x": 1})"})
    CAF_CHECK_EQUAL(retry(id, body).word(), "invalid-request");
  CAF_CHECK_EQUAL(retry(id, R"({"task": "nothing"})").word(), "unprocessable");
  CAF_CHECK_EQUAL(retry(id, R"({"task": "done"})").word(), "unprocessable"); // never entered
  CAF_CHECK_EQUAL(status(id), "faulted");
}

CAF_TEST(a cancelled run goes on with what it waited for) {
  service_answers = false;
  broken = false;
  const auto id = started("order");
  control(id, run_action::cancel);
  settle();
  CAF_CHECK_EQUAL(status(id), "cancelled");
  CAF_CHECK_EQUAL(retry(id).word(), "ok");
  service_answers = true;
  pass(1s);
  CAF_CHECK_EQUAL(status(id), "completed");
}

CAF_TEST(a run that never had an actor of its own is retried too) {
  deploy("odd", "do: [{check: {set: {is: '${ if .ok then 1 else error(\"no\") end }'}}}]");
  const auto id = started("odd", R"({"ok": false})");
  CAF_CHECK_EQUAL(status(id), "faulted");
  auto again = retry(id);
  CAF_CHECK_EQUAL(again.word(), "ok");
  CAF_CHECK_EQUAL(again.text("status"), "faulted"); // at once, for the same reason
  CAF_CHECK_EQUAL(retry(id, R"({"input": {"ok": true}})").text("status"), "completed");
  CAF_CHECK_EQUAL(status(id), "completed");
}

CAF_TEST(a timer of a retried run is durable) {
  deploy("nap", "do: [{rest: {wait: PT5M}}, {done: {set: {ok: 1}}}]");
  const auto id = started("nap");
  control(id, run_action::cancel);
  settle();
  CAF_CHECK_EQUAL(retry(id).text("status"), "waiting");
  const auto timers = reader->timers(std::nullopt, 10).value();
  CAF_REQUIRE_EQUAL(timers.size(), 1u);
  CAF_CHECK_EQUAL(timers[0].due_us, now_us() + 300'000'000);
  crash_server();
  boot();
  pass(5min);
  CAF_CHECK_EQUAL(status(id), "completed");
}

CAF_TEST(a retried child completes though its parent has gone on) {
  deploy("parent", R"(do:
  - guard:
      try: [{sub: {run: {workflow: {namespace: test, name: order, version: '1.0.0'}}}}]
      catch: {do: [{note: {set: {gave_up: true}}}]}
)");
  const auto parent = started("parent");
  pass(1s);
  CAF_CHECK_EQUAL(row(parent).output.value_or("-"), R"({"gave_up":true})");
  run_id child;
  for (const auto& r : runs())
    if (r.id != parent) child = r.id;
  broken = false;
  service_answers = false;
  CAF_CHECK_EQUAL(retry(child).word(), "ok");
  crash_server();
  boot();
  service_answers = true;
  pass(1s);
  CAF_CHECK_EQUAL(status(child), "completed");
  CAF_CHECK_EQUAL(row(parent).output.value_or("-"), R"({"gave_up":true})");
}

CAF_TEST_FIXTURE_SCOPE_END()
