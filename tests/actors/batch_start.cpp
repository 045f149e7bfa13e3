#define CAF_SUITE batch_start

#include "tests/actors/steward_rig.hpp"
#include "workflow/json.hpp"

using namespace steward;
using namespace steward::actors::testing;

namespace {

config::settings small() {
  config::settings s;
  s.tenant.active_runs = 4;
  s.tenant.admission.burst = 50;
  s.tenant.admission.rate_per_s = 10;
  return s;
}

struct fixture : steward_rig {
  fixture() : steward_rig(small()) {
    deploy("double", "do: [{one: {set: {twice: '${ . * 2 }'}}}]");
    deploy("fetch", "do: [{ask: {call: http, with: {method: get, endpoint: 'http://svc/a'}}}]");
    deploy("rest", "do: [{rest: {wait: PT1H}}]");
  }
  asked start_all(const std::string& name, std::vector<std::string> inputs,
                  const std::string& key = {}) {
    return ask_tenant(start_runs{"default", "test", name, "", std::move(inputs), key});
  }
  static std::vector<run_id> ids(asked& a) {
    std::vector<run_id> list;
    const auto answer = workflow::parse_json(a.answer().json).value();
    const auto texts = answer.get("ids");
    for (const auto& text : texts.items()) list.push_back(*run_id::parse(text.as_string()));
    return list;
  }
  static std::vector<std::string> numbers(int count) {
    std::vector<std::string> inputs;
    for (int i = 0; i < count; ++i) inputs.push_back(std::to_string(i));
    return inputs;
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(batch_start_tests, fixture)

CAF_TEST(runs that end by themselves are stored with their ends in one commit) {
  started("double", "0"); // loads the tenant
  const auto commits = n->counters.batches.load();
  auto a = start_all("double", numbers(5));
  settle();
  CAF_REQUIRE_EQUAL(a.word(), "accepted");
  const auto all = ids(a);
  CAF_REQUIRE_EQUAL(all.size(), 5u);
  CAF_CHECK_EQUAL(n->counters.batches.load() - commits, 1u);
  for (size_t i = 0; i < all.size(); ++i) {
    const auto stored = row(all[i]);
    CAF_CHECK_EQUAL(stored.input, std::to_string(i));
    CAF_CHECK_EQUAL(stored.output.value_or(""), "{\"twice\":" + std::to_string(2 * i) + "}");
  }
  CAF_CHECK_EQUAL(runs().size(), 6u);
  CAF_CHECK_EQUAL(n->counters.runs_completed.load(), 6u);
}

CAF_TEST(what a run emits on its way to its end is kept) {
  deploy("tell", "do: [{tell: {emit: {event: {with: {type: told, data: '${ . }'}}}}}]");
  auto a = start_all("tell", {"1", "2"});
  settle();
  CAF_REQUIRE_EQUAL(a.word(), "accepted");
  for (const auto& id : ids(a)) CAF_CHECK_EQUAL(status(id), "completed");
  CAF_CHECK_EQUAL(reader->inbox_range("default").value().newest, 2u);
}

CAF_TEST(what a run emits is kept also when it is long or calls) {
  deploy("long", R"yaml(do:
- each:
    for: {each: n, in: '${ [range(3000)] }'}
    do: [{keep: {set: '${ . }'}}]
- tell: {emit: {event: {with: {type: told}}}}
)yaml");
  deploy("mixed", R"yaml(do:
- tell: {emit: {event: {with: {type: told}}}}
- ask: {call: http, with: {method: get, endpoint: 'http://svc/a'}}
)yaml");
  auto first = start_all("long", {"1"}), second = start_all("mixed", {"1"});
  pass(1s);
  CAF_REQUIRE_EQUAL(first.word() + second.word(), "acceptedaccepted");
  CAF_CHECK_EQUAL(status(ids(first)[0]), "completed");
  CAF_CHECK_EQUAL(status(ids(second)[0]), "completed");
  CAF_CHECK_EQUAL(reader->inbox_range("default").value().newest, 2u);
  crash_server(); // and what was emitted is not emitted again
  boot();
  pass(1s);
  CAF_CHECK_EQUAL(reader->inbox_range("default").value().newest, 2u);
}

CAF_TEST(all of them start or none) {
  auto a = start_all("double", {"1", "{", "3"});
  settle();
  CAF_CHECK_EQUAL(a.word(), "invalid-request");
  const auto& problems = a.answer().why.problems;
  CAF_REQUIRE_EQUAL(problems.size(), 1u);
  CAF_CHECK(problems[0].pointer == "/inputs/1");
  auto b = start_all("nothing", numbers(2));
  settle();
  CAF_CHECK_EQUAL(b.word(), "not-found");
  CAF_CHECK(runs().empty());
}

CAF_TEST(one that faults does not take the others with it) {
  auto a = start_all("double", {"1", "{}", "3"});
  settle();
  const auto all = ids(a);
  CAF_CHECK_EQUAL(status(all.at(0)), "completed");
  CAF_CHECK_EQUAL(status(all.at(1)), "faulted");
  CAF_CHECK_EQUAL(status(all.at(2)), "completed");
}

CAF_TEST(a key gives the same runs again and another request with it is refused) {
  auto a = start_all("double", numbers(3), "monday");
  settle();
  auto b = start_all("double", numbers(3), "monday");
  settle();
  CAF_REQUIRE_EQUAL(b.word(), "accepted");
  CAF_CHECK(ids(a) == ids(b));
  CAF_CHECK_EQUAL(runs().size(), 3u);
  auto c = start_all("double", numbers(4), "monday");
  settle();
  CAF_CHECK_EQUAL(c.word(), "unprocessable");
  CAF_CHECK_EQUAL(runs().size(), 3u);
}

CAF_TEST(more runs than may be awake take turns) {
  auto a = start_all("fetch", numbers(9));
  settle();
  CAF_REQUIRE_EQUAL(a.word(), "accepted");
  CAF_CHECK(n->counters.runs_awake.load() <= 2);
  pass(60s);
  for (const auto& id : ids(a)) CAF_CHECK_EQUAL(status(id), "completed");
  CAF_CHECK_EQUAL(service.deliveries.size(), 9u);
}

CAF_TEST(a crash before they were woken loses none) {
  service_answers = false;
  auto a = start_all("fetch", numbers(9));
  settle();
  const auto all = ids(a);
  crash_server();
  service_answers = true;
  boot();
  pass(60s);
  for (const auto& id : all) CAF_CHECK_EQUAL(status(id), "completed");
}

CAF_TEST(runs that only wait are stored waiting and never woken before) {
  auto a = start_all("rest", numbers(9));
  settle();
  CAF_CHECK_EQUAL(n->counters.runs_awake.load(), 0);
  for (const auto& id : ids(a)) CAF_CHECK_EQUAL(status(id), "waiting");
  pass(3600s);
  pass(60s);
  for (const auto& id : ids(a)) CAF_CHECK_EQUAL(status(id), "completed");
}

CAF_TEST(runs that listen hear what comes later) {
  deploy("hear", "do: [{hear: {listen: {to: {one: {with: {type: order.paid}}}}}}]");
  auto a = start_all("hear", numbers(3));
  settle();
  CAF_CHECK_EQUAL(n->counters.runs_awake.load(), 0);
  auto b = ask_tenant(publish_events{
      "default",
      {R"json({"specversion":"1.0","id":"1","source":"x","type":"order.paid","data":7})json"}});
  pass(1s);
  for (const auto& id : ids(a)) CAF_CHECK_EQUAL(status(id), "completed");
}

CAF_TEST(a batch counts as many requests as it has runs) {
  pass(60s);
  auto a = start_all("double", numbers(3));
  settle();
  CAF_REQUIRE_EQUAL(a.word(), "accepted");
  const auto door = n->tenant_doors->find("default");
  CAF_CHECK(static_cast<bool>(door->try_enter(now_us(), 100))); // into debt
  CAF_CHECK(!door->try_enter(now_us(), 1));
  pass(7s);
  CAF_CHECK(static_cast<bool>(door->try_enter(now_us(), 1)));
}

CAF_TEST_FIXTURE_SCOPE_END()
