#define CAF_SUITE quarantine

#include "tests/actors/steward_rig.hpp"

using namespace steward;
using namespace steward::actors::testing;

namespace {

struct fixture : steward_rig {
  fixture() {
    deploy("pause", "do: [{rest: {wait: PT30S}}]");
    deploy("fetch", "do: [{ask: {call: http, with: {method: get, endpoint: 'http://svc/a'}}}]");
    deploy("parent", "do: [{child: {run: {workflow: {namespace: test, name: pause, version: "
                     "'1.0.0'}}}}]");
  }
  /// Kills the run's actor, and each that takes its place, before it sees any message.
  void kill_in_a_row(const run_id& id, int times) {
    while (times > 0) {
      if (kill(run_now("default", id))) {
        --times;
      } else if (!deliver()) {
        sched.trigger_timeout();
      }
    }
  }
  void write(write_op op) {
    commit_request commit;
    commit.batch = {"default", {std::move(op)}};
    caf::anon_send(n->journal->get(), std::move(commit));
    settle();
  }
  size_t ends(const run_id& id) {
    size_t count = 0;
    for (const auto& e : events())
      if (e.subject == "runs/" + id.text() && e.type == "io.serverlessworkflow.workflow.faulted.v1")
        ++count;
    return count;
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(quarantine_tests, fixture)

CAF_TEST(a run that crashes its actor five times in a row is given up with its journal kept) {
  service_answers = false;
  const auto id = started("fetch"), neighbour = started("fetch");
  kill_in_a_row(id, 4);
  pass(1s);
  CAF_CHECK_EQUAL(status(id), "running");
  kill_in_a_row(id, 1);
  pass(1s);
  CAF_CHECK_EQUAL(status(id), "faulted");
  const auto error = row(id).error.value_or("");
  CAF_CHECK(error.find("/runtime\"") != std::string::npos);
  CAF_CHECK(error.find("quarantined") != std::string::npos);
  const auto journal = (*reader->load_run("default", id).value()).journal;
  CAF_REQUIRE(!journal.empty());
  CAF_CHECK(journal.back().find("quarantined") != std::string::npos);
  CAF_CHECK_EQUAL(ends(id), 1u);
  CAF_CHECK_EQUAL(n->counters.runs_quarantined.load(), 1u);
  service_answers = true;
  pass(1s);
  CAF_CHECK_EQUAL(status(neighbour), "completed");
  CAF_CHECK_EQUAL(started("fetch") == id, false);
}

CAF_TEST(a journal entry that can not be read leads to quarantine and nothing else) {
  const auto id = started("pause"), neighbour = started("pause");
  write(append_journal{id, 1, "this is no event"});
  kill(run_now("default", id));
  pass(60s);
  CAF_CHECK_EQUAL(status(id), "faulted");
  const auto journal = (*reader->load_run("default", id).value()).journal;
  CAF_CHECK_EQUAL(journal.at(0), "this is no event");
  CAF_CHECK_EQUAL(ends(id), 1u);
  CAF_CHECK_EQUAL(status(neighbour), "completed");
  CAF_CHECK_EQUAL(tree().state, "running");
  auto history = ask("store/queries", get_history{"default", id});
  settle();
  CAF_CHECK_EQUAL(history.word(), "corrupt-data");
}

CAF_TEST(the parent of a quarantined child is told that it faulted) {
  const auto parent = started("parent");
  for (const auto& r : runs())
    if (r.parent) kill_in_a_row(r.id, 5);
  pass(2s);
  CAF_CHECK_EQUAL(status(parent), "faulted");
}

CAF_TEST_FIXTURE_SCOPE_END()
