#define CAF_SUITE snapshots

#include "tests/actors/steward_rig.hpp"

using namespace steward;
using namespace steward::actors::testing;

namespace {

struct fixture : steward_rig {
  fixture() {
    deploy("count", R"yaml(do:
- each:
    for: {each: n, in: '${ [range(.times)] }'}
    do:
    - rest: {wait: PT1M}
    - note: {set: {times: '${ .times }', count: '${ .count + 1 }'}}
)yaml");
    deploy("parent", R"yaml(do:
- child: {run: {workflow: {namespace: test, name: count, version: '1.0.0', input: {times: 500}}, await: false}}
- each:
    for: {each: n, in: '${ [range(.times)] }'}
    do:
    - rest: {wait: PT1M}
)yaml");
  }
  void minutes(int count) {
    for (int i = 0; i < count; ++i) pass(60s);
  }
  store::stored_run stored(const run_id& id, store::run_part part = store::run_part::state) {
    return **reader->load_run("default", id, part);
  }
  void put(write_op op) {
    caf::anon_send(at("store/journal"), commit_request{{"default", {std::move(op)}}, {}});
    settle();
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(snapshots_tests, fixture)

CAF_TEST(a run that wakes often is replayed from its last snapshot only) {
  const auto id = started("count", R"({"times":300,"count":0})");
  minutes(250);
  const auto now = stored(id);
  CAF_REQUIRE(now.snapshot.has_value());
  CAF_CHECK(now.snapshot->seq >= 200u);
  CAF_CHECK(now.journal.size() <= 50u);
  CAF_CHECK(stored(id, store::run_part::history).journal.size() >= 250u);
  crash_server();
  boot();
  minutes(60);
  CAF_CHECK_EQUAL(status(id), "completed");
  CAF_CHECK(row(id).output.value_or("").find("300") != std::string::npos);
  // Its history is whole, and tells the same steps as a run that never left memory.
  auto steps = ask("store/queries", get_history{"default", id, 0, 10'000});
  settle();
  CAF_CHECK(steps.answer().json.find("\"next\":null") != std::string::npos);
}

CAF_TEST(a snapshot that can not be read is passed over) {
  const auto id = started("count", R"({"times":120,"count":0})");
  minutes(60);
  const auto seq = stored(id).snapshot.value().seq;
  for (const auto* broken :
       {"", "{}", "{\"steps\":1,\"time_us\":1,\"children\":{},\"dropped\":[]}\n{}"}) {
    crash_server();
    boot();
    put(put_snapshot{id, seq, broken});
    minutes(5);
    CAF_CHECK_EQUAL(status(id), "waiting");
  }
  minutes(60);
  CAF_CHECK_EQUAL(status(id), "completed");
}

CAF_TEST(a run remembers its child across a snapshot) {
  const auto id = started("parent", R"({"times":70})");
  minutes(65);
  CAF_CHECK(stored(id).snapshot.has_value());
  crash_server();
  boot();
  minutes(10);
  CAF_CHECK_EQUAL(status(id), "completed");
  CAF_CHECK_EQUAL(runs().size(), 2u);
}

CAF_TEST_FIXTURE_SCOPE_END()
