#include "tests/simulation/telling.hpp"

#include "caf/test/dsl.hpp"

#include <chrono>
#include <cstdlib>

namespace steward::simulation {

namespace {

uint64_t number(const char* variable, uint64_t otherwise) {
  const auto* text = std::getenv(variable);
  return text ? std::stoull(text) : otherwise;
}

/// Tells it once more, so that the end of it can be read.
std::string retold(uint64_t seed, size_t servers) {
  return history{seed, sabotage::none, number("STEWARD_SIM_MESSAGES", 40), servers}.tell().text();
}

} // namespace

void tell_histories(const std::function<size_t(uint64_t seed)>& servers) {
  const auto first = number("STEWARD_SIM_SEED", 1);
  const auto seconds = number("STEWARD_SIM_SECONDS", 0);
  const auto seeds = number("STEWARD_SIM_SEEDS", seconds > 0 ? ~0ull - first : 100);
  const auto began = std::chrono::steady_clock::now();
  const auto until = began + std::chrono::seconds{seconds > 0 ? seconds : 1'000'000};
  uint64_t told = 0, messages = 0, runs = 0, crashes = 0, kills = 0, bad = 0;
  for (; told < seeds && bad < 5 && std::chrono::steady_clock::now() < until; ++told) {
    const auto v = history{first + told, sabotage::none, 0, servers(first + told)}.tell();
    messages += v.messages;
    runs += v.runs;
    crashes += v.crashes;
    kills += v.kills;
    if (v.violations.empty()) continue;
    ++bad;
    CAF_ERROR(retold(v.seed, servers(v.seed)));
  }
  CAF_MESSAGE(told << " histories from seed " << first << ": " << messages << " messages, " << runs
                   << " runs, " << crashes << " crashes of the process, " << kills << " of actors");
  CAF_CHECK_EQUAL(bad, 0u);
}

} // namespace steward::simulation
