#pragma once

#include "store/postgres/options.hpp"
#include "store/store.hpp"

namespace steward::store::postgres {

/// Opens (or makes) the store in the schema `steward` of a database, migrations applied, and takes
/// its writer's seat. Fails with `conflict` for a newer schema, one of another application, or a
/// server that can't serve; with `unavailable` when the database is away or another steward writes
/// it. No password is in any message.
result<std::unique_ptr<engine>> open(const options& o);

} // namespace steward::store::postgres
