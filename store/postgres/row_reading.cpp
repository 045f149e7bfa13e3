#include "store/postgres/row_reading.hpp"

namespace steward::store::postgres {

run_status to_status(const row& from, int column) {
  const auto number = from.integer(column);
  if (number < 0 || number > static_cast<int64_t>(run_status::completed))
    corrupt("a run has the status " + std::to_string(number));
  return static_cast<run_status>(number);
}

run_row to_run(const row& from) {
  run_row r;
  r.id = from.id(0);
  r.workflow_id = from.integer(1);
  r.workflow = {from.string(2), from.string(3), from.string(4)};
  r.status = to_status(from, 5);
  r.input = from.string(6);
  r.output = from.maybe_string(7);
  r.error = from.maybe_string(8);
  r.created_us = from.integer(9);
  r.started_us = from.maybe_integer(10);
  r.ended_us = from.maybe_integer(11);
  r.attempts = from.number(12);
  if (!from.is_null(13)) r.parent = from.id(13);
  r.parent_effect = from.number(14);
  return r;
}

std::vector<run_row> to_runs(const rows& from) {
  std::vector<run_row> list;
  list.reserve(from.size());
  for (const auto row : from) list.push_back(to_run(row));
  return list;
}

workflow_row to_workflow(const row& from) {
  workflow_row w;
  w.id = from.integer(0);
  w.ref = {from.string(1), from.string(2), from.string(3)};
  w.digest = from.string(4);
  w.created_us = from.integer(5);
  return w;
}

std::optional<workflow_row> to_deployed(const rows& from) {
  if (from.empty()) return std::nullopt;
  auto w = to_workflow(from[0]);
  w.source = from[0].string(6);
  w.resources = from[0].string(7);
  return w;
}

std::vector<tenant_id> to_names(const rows& from) {
  std::vector<tenant_id> list;
  for (const auto row : from) list.push_back(row.string(0));
  return list;
}

} // namespace steward::store::postgres
