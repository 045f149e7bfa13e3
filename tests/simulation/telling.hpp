#pragma once

#include "tests/simulation/history.hpp"

#include <functional>

namespace steward::simulation {

/// As many histories as the environment says (STEWARD_SIM_SEEDS, _SECONDS), from the seed that it
/// says (STEWARD_SIM_SEED); `servers` each. One that went wrong fails the test with its last
/// messages (STEWARD_SIM_MESSAGES).
void tell_histories(const std::function<size_t(uint64_t seed)>& servers);

} // namespace steward::simulation
