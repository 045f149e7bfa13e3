#pragma once

#include "store/postgres/connection.hpp"
#include "store/store.hpp"

/// Rows of results as what the store's interface tells.
namespace steward::store::postgres {

run_status to_status(const row& from, int column);
/// Columns as in STEWARD_RUN of sql_reading.hpp.
run_row to_run(const row& from);
std::vector<run_row> to_runs(const rows& from);
/// Columns as in STEWARD_WORKFLOW of sql_reading.hpp, without the source and what it was read with.
workflow_row to_workflow(const row& from);
std::optional<workflow_row> to_deployed(const rows& from);
std::vector<tenant_id> to_names(const rows& from);

} // namespace steward::store::postgres
