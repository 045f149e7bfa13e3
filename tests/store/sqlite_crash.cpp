#define CAF_SUITE sqlite_crash

#include "caf/test/dsl.hpp"
#include "store/sqlite/engine.hpp"
#include "tests/store/samples.hpp"

#include <csignal>
#include <cstring>
#include <sys/wait.h>
#include <unistd.h>

using namespace steward;
using namespace steward::store;
using namespace steward::store::tests;

namespace {

struct fixture {
  scratch_folder folder;
  open_engine open = [this] { return std::move(sqlite::open({folder.path() / "s.db"}).value()); };

  /// Commits groups of three until it is killed; says the last sequence of each after its commit.
  [[noreturn]] void commit_for_ever(int report_to) {
    session s{open};
    auto workflow = s.workflow("acme", "order");
    if (workflow == 0) workflow = s.read().find_workflow("acme", {"shop", "order", ""}).value()->id;
    for (uint64_t n = s.read().feed_range("acme").value().newest + 1;; n += 3) {
      std::vector<write_batch> group;
      for (uint64_t i = n; i < n + 3; ++i)
        group.push_back(batch("acme", {start(i, workflow), append_journal{id(i), 1, "one"},
                                       event(std::to_string(i))}));
      const auto report = s.commit(group);
      const auto last = report.published.at(0).events.back().sequence;
      if (::write(report_to, &last, sizeof last) != sizeof last) ::_exit(1);
    }
  }
  /// The last sequence number that a child reported before it was killed.
  uint64_t run_and_kill(unsigned after_reports) {
    int ends[2];
    CAF_REQUIRE(::pipe(ends) == 0);
    const auto child = ::fork();
    if (child == 0) {
      ::close(ends[0]);
      commit_for_ever(ends[1]);
    }
    ::close(ends[1]);
    uint64_t last = 0, reports = 0, said = 0;
    while (::read(ends[0], &said, sizeof said) == sizeof said) {
      last = said;
      if (++reports == after_reports) ::kill(child, SIGKILL);
    }
    ::close(ends[0]);
    int status = 0;
    CAF_REQUIRE(::waitpid(child, &status, 0) == child);
    CAF_CHECK(WIFSIGNALED(status));
    CAF_CHECK(reports >= after_reports);
    return last;
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(crash_tests, fixture)

CAF_TEST(what was reported as committed survives a kill) {
  for (unsigned round = 0; round < 5; ++round) {
    const auto reported = run_and_kill(20 + 13 * round);
    session s{open};
    const auto newest = s.read().feed_range("acme").value().newest;
    CAF_CHECK(newest >= reported);
    CAF_CHECK_EQUAL(newest % 3, 0u); // Groups are there whole or not at all.
    const auto events = s.read().feed_after("acme", 0, 10'000).value();
    CAF_REQUIRE(events.size() == newest);
    for (uint64_t n = 1; n <= newest; ++n) {
      CAF_REQUIRE(events[n - 1].sequence == n);
      CAF_REQUIRE(events[n - 1].data == std::to_string(n));
      const auto loaded = s.read().load_run("acme", id(n)).value();
      CAF_REQUIRE(loaded && loaded->journal.size() == 1);
    }
    CAF_CHECK(!s.read().get_run("acme", id(newest + 1)).value());
    CAF_CHECK(s.read().count_runs("acme").value().at(6) == newest);
  }
}

CAF_TEST_FIXTURE_SCOPE_END()
