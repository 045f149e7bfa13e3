#include "store/archive.hpp"

#include "workflow/json.hpp"

#include <algorithm>

namespace steward::store {

namespace {

using workflow::value;

bool is_hex(std::string_view text) {
  return text.size() % 2 == 0 && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

bool is_object(std::string_view text) {
  const auto read = workflow::parse_json(text);
  return read && read->is_object();
}

bool fits(const archive_column& column, const value& cell) {
  if (cell.is_null()) return column.may_be_null;
  switch (column.kind) {
  case archive_kind::number:
    return cell.is_int();
  case archive_kind::flag:
    return cell.is_int() && (cell.as_int() == 0 || cell.as_int() == 1);
  case archive_kind::text:
    return cell.is_string();
  case archive_kind::json:
    return cell.is_string() && is_object(cell.as_string());
  case archive_kind::id:
    return cell.is_string() && cell.size() == 32 && is_hex(cell.as_string());
  case archive_kind::bytes:
    return cell.is_string() && is_hex(cell.as_string());
  }
  return false;
}

} // namespace

std::span<const archive_table> archive_tables() {
  using enum archive_kind;
  static const std::vector<archive_table> tables{
      {"tenants",
       {{"id", number}, {"name", text}, {"newest_event", number}, {"newest_in_inbox", number}},
       "id"},
      {"workflows",
       {{"id", number},
        {"tenant", number},
        {"family", number},
        {"namespace", text},
        {"name", text},
        {"version", text},
        {"digest", text},
        {"source", text},
        {"resources", text},
        {"created_us", number}},
       "id"},
      {"runs",
       {{"tenant", number},
        {"id", id},
        {"workflow", number},
        {"family", number},
        {"status", number},
        {"input", text},
        {"output", text, true},
        {"error", text, true},
        {"created_us", number},
        {"started_us", number, true},
        {"ended_us", number, true},
        {"attempts", number},
        {"parent", id, true},
        {"parent_effect", number}},
       "tenant, id"},
      {"journal",
       {{"tenant", number}, {"run", id}, {"seq", number}, {"entry", bytes}},
       "tenant, run, seq"},
      {"snapshots",
       {{"tenant", number}, {"run", id}, {"seq", number}, {"state", bytes}},
       "tenant, run"},
      {"timers",
       {{"tenant", number}, {"run", id}, {"effect", number}, {"due_us", number}},
       "tenant, run, effect"},
      {"keys",
       {{"tenant", number},
        {"key", text},
        {"run", id},
        {"fingerprint", text},
        {"created_us", number}},
       "tenant, key"},
      {"feed",
       {{"tenant", number},
        {"first", number},
        {"last", number},
        {"time_us", number},
        {"events", bytes}},
       "tenant, last"},
      {"inbox",
       {{"tenant", number},
        {"sequence", number},
        {"received_us", number},
        {"source", text},
        {"id", text},
        {"event", text}},
       "tenant, sequence"},
      {"listeners",
       {{"tenant", number},
        {"run", id},
        {"effect", number},
        {"trigger", text},
        {"routes", text},
        {"cursor", number}},
       "tenant, run, effect, trigger"},
      {"schedules",
       {{"tenant", number}, {"namespace", text}, {"name", text}, {"state", text}},
       "tenant, namespace, name"},
      {"collections",
       {{"id", number},
        {"tenant", number},
        {"name", text},
        {"schema", text},
        {"indexes", text},
        {"keeps_history", flag},
        {"version", number},
        {"updated_us", number},
        {"newest_version", number}},
       "id"},
      {"records",
       {{"tenant", number},
        {"collection", number},
        {"id", text},
        {"version", number},
        {"created_us", number},
        {"updated_us", number},
        {"data", json}},
       "collection, id"},
      {"record_history",
       {{"tenant", number},
        {"collection", number},
        {"id", text},
        {"version", number},
        {"created_us", number},
        {"updated_us", number},
        {"data", json, true}},
       "collection, id, version"},
  };
  return tables;
}

std::string problem_of(std::string_view line) {
  const auto row = workflow::parse_json(line, {.depth = 4});
  if (!row || !row->is_array()) return "this is no row";
  const auto table = std::ranges::find(archive_tables(), table_of(line), &archive_table::name);
  if (table == archive_tables().end()) return "there is no such table";
  const auto cells = row->items();
  if (cells.size() != table->columns.size() + 1)
    return "this is no row of " + std::string{table->name};
  for (size_t i = 0; i < table->columns.size(); ++i)
    if (!fits(table->columns[i], cells[i + 1]))
      return "its " + std::string{table->columns[i].name} + " is none of " +
             std::string{table->name};
  return {};
}

std::string_view table_of(std::string_view line) {
  if (!line.starts_with("[\"")) return {};
  const auto end = line.find('"', 2);
  return end == std::string_view::npos ? std::string_view{} : line.substr(2, end - 2);
}

} // namespace steward::store
