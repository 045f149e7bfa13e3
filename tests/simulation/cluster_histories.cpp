#define CAF_SUITE cluster_histories

#include "caf/test/dsl.hpp"
#include "tests/simulation/telling.hpp"

using namespace steward::simulation;

CAF_TEST(whatever goes wrong among several servers nothing is lost doubled early or out of order) {
  tell_histories([](uint64_t seed) { return 2 + seed % 3; });
}

CAF_TEST(one seed is one history of several servers) {
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    const auto once = history{seed, sabotage::none, 0, 3}.tell();
    const auto again = history{seed, sabotage::none, 0, 3}.tell();
    CAF_CHECK_EQUAL(once.messages, again.messages);
    CAF_CHECK_EQUAL(once.fingerprint, again.fingerprint);
  }
}
