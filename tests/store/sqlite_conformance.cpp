#define CAF_SUITE sqlite_conformance

#include "caf/test/dsl.hpp"
#include "store/sqlite/engine.hpp"
#include "tests/store/conformance.hpp"

using namespace steward::store;
using namespace steward::store::tests;

namespace {

void check(std::span<const requirement> list) {
  for (const auto& requirement : list) {
    CAF_MESSAGE(requirement.says);
    scratch_folder folder;
    session s{[&] {
      auto opened = sqlite::open({folder.path() / "steward.db", false});
      if (!opened) CAF_FAIL(opened.error().reason);
      return std::move(opened).value();
    }};
    requirement.check(s);
  }
}

} // namespace

CAF_TEST(runs) { check(runs_conformance()); }
CAF_TEST(journals and timers) { check(journal_conformance()); }
CAF_TEST(workflows) { check(workflows_conformance()); }
CAF_TEST(the feed) { check(feed_conformance()); }
CAF_TEST(the inbox and who waits for it) { check(events_conformance()); }
CAF_TEST(snapshots and what ages out) { check(retention_conformance()); }
CAF_TEST(groups) { check(groups_conformance()); }
CAF_TEST(records) { check(records_conformance()); }
