#pragma once

#include "store/archive.hpp"
#include "store/postgres/options.hpp"

namespace steward::store::postgres {

/// One moment of the database, which a server may go on using meanwhile. `conflict` for a schema
/// that is not this program's.
result<std::unique_ptr<row_source>> open_source(const options& o);

/// Fills the schema `steward`, which is made when missing; `conflict` when it has anything in it.
/// Takes the writer's seat: no server may use it meanwhile.
result<std::unique_ptr<row_sink>> open_sink(const options& o);

/// Only to read, whoever else uses the database. `conflict` for another schema.
result<std::unique_ptr<reader>> open_reader(const options& o);

} // namespace steward::store::postgres
