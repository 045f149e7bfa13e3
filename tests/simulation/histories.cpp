#define CAF_SUITE histories

#include "caf/test/dsl.hpp"
#include "tests/simulation/history.hpp"

#include <chrono>
#include <cstdlib>

using namespace steward::simulation;

namespace {

uint64_t number(const char* variable, uint64_t otherwise) {
  const auto* text = std::getenv(variable);
  return text ? std::stoull(text) : otherwise;
}

/// Tells it once more, so that the end of it can be read.
std::string retold(uint64_t seed) {
  return history{seed, sabotage::none, number("STEWARD_SIM_MESSAGES", 40)}.tell().text();
}

} // namespace

CAF_TEST(whatever goes wrong nothing is lost doubled early or out of order) {
  const auto first = number("STEWARD_SIM_SEED", 1);
  const auto seconds = number("STEWARD_SIM_SECONDS", 0);
  const auto seeds = number("STEWARD_SIM_SEEDS", seconds > 0 ? ~0ull - first : 100);
  const auto began = std::chrono::steady_clock::now();
  const auto until = began + std::chrono::seconds{seconds > 0 ? seconds : 1'000'000};
  uint64_t told = 0, messages = 0, runs = 0, crashes = 0, kills = 0, bad = 0;
  for (; told < seeds && bad < 5 && std::chrono::steady_clock::now() < until; ++told) {
    const auto v = history{first + told}.tell();
    messages += v.messages;
    runs += v.runs;
    crashes += v.crashes;
    kills += v.kills;
    if (v.violations.empty()) continue;
    ++bad;
    CAF_ERROR(retold(v.seed));
  }
  CAF_MESSAGE(told << " histories from seed " << first << ": " << messages << " messages, " << runs
                   << " runs, " << crashes << " crashes of the process, " << kills << " of actors");
  CAF_CHECK_EQUAL(bad, 0u);
}

CAF_TEST(one seed is one history) {
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    const auto once = history{seed}.tell(), again = history{seed}.tell();
    CAF_CHECK_EQUAL(once.messages, again.messages);
    CAF_CHECK_EQUAL(once.fingerprint, again.fingerprint);
    CAF_CHECK(once.fingerprint != history{seed + 100}.tell().fingerprint);
  }
}
