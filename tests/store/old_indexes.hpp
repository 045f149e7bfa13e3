#pragma once

#include "tests/store/samples.hpp"

/// What a store looked like when each collection had indexes of its own in the database.
namespace steward::store::tests {

/// As collections declare them: by total, and by a code that is unique.
extern const char* const old_indexes;
/// A store that had them on orders1 of acme and orders2 of zeta, and none on orders3 of zeta; each
/// with records a and b whose codes are their ids, and whose totals are 7. Leaves it as it was.
void check_shapes_of_old_store(session& s);

} // namespace steward::store::tests
