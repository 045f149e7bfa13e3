#define CAF_SUITE memory_conformance

#include "caf/test/dsl.hpp"
#include "tests/simulation/memory_store.hpp"
#include "tests/store/conformance.hpp"

using namespace steward;
using namespace steward::store::tests;

namespace {

void check(std::span<const requirement> list) {
  for (const auto& requirement : list) {
    CAF_MESSAGE(requirement.says);
    const auto disk = std::make_shared<simulation::memory_disk>();
    session s{[disk] { return simulation::open_memory_store(disk); }};
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
