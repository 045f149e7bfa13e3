#define CAF_SUITE sabotage

#include "caf/test/dsl.hpp"
#include "tests/simulation/history.hpp"

using namespace steward::simulation;

namespace {

/// Whether one of the first histories notices it, in these words.
bool noticed(sabotage s, const std::string& words, uint64_t within) {
  for (uint64_t seed = 1; seed <= within; ++seed)
    for (const auto& violation : history{seed, s}.tell().violations)
      if (violation.find(words) != std::string::npos) {
        CAF_MESSAGE("seed " << seed << ": " << violation);
        return true;
      }
  return false;
}

} // namespace

CAF_TEST(a disk that answers before it has written is noticed) {
  CAF_CHECK(noticed(sabotage::lying_disk, "not durable", 20));
}

CAF_TEST(an accepted run that is lost is noticed) {
  CAF_CHECK(noticed(sabotage::loses_run, "an accepted run is lost", 20));
}

CAF_TEST(a lost journal entry is noticed) {
  CAF_CHECK(noticed(sabotage::loses_journal_entry, "the journal on disk lost a part", 20));
}

CAF_TEST(an event that the feed leaves out is noticed) {
  CAF_CHECK(noticed(sabotage::skips_feed_event, "the feed has a gap", 20));
}

CAF_TEST(a timer that fires early is noticed) {
  CAF_CHECK(noticed(sabotage::early_timer, "early", 20));
}

CAF_TEST(a run that never ends is noticed) {
  CAF_CHECK(noticed(sabotage::swallows_call, "comes to rest", 20));
}
