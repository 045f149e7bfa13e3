#pragma once

#include "workflow/simulation/world.hpp"

namespace steward::workflow::simulation {

/// What a life came to, in a few words that are the same for all lives of that kind.
std::string outcome_of(const life_report& life);

/// Why the life is not as it should be, each reason once; empty when it is. Invariants must hold in
/// every life. What is expected must hold too; but a life in which something went wrong on purpose
/// may end by an error that came from outside, or by being cancelled on purpose.
std::vector<std::string> judge(const life_report& life, const expectation* expected);

} // namespace steward::workflow::simulation
