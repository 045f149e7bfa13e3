#define CAF_SUITE histories

#include "caf/test/dsl.hpp"
#include "tests/simulation/telling.hpp"

using namespace steward::simulation;

CAF_TEST(whatever goes wrong nothing is lost doubled early or out of order) {
  tell_histories([](uint64_t) { return size_t{1}; });
}

CAF_TEST(one seed is one history) {
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    const auto once = history{seed}.tell(), again = history{seed}.tell();
    CAF_CHECK_EQUAL(once.messages, again.messages);
    CAF_CHECK_EQUAL(once.fingerprint, again.fingerprint);
    CAF_CHECK(once.fingerprint != history{seed + 100}.tell().fingerprint);
  }
}
