#include "tests/simulation/memory_records.hpp"

#include "store/record_matching.hpp"
#include "store/record_sql.hpp"
#include "workflow/json.hpp"

#include <algorithm>

namespace steward::simulation {

namespace {

using store::compare_records;

workflow::value read(const record_row& row) { return workflow::parse_json(row.data).value(); }

std::optional<uint64_t> version_of(const std::map<std::string, record_row>& records,
                                   const std::string& id) {
  const auto found = records.find(id);
  if (found == records.end()) return std::nullopt;
  return found->second.version;
}

} // namespace

memory_collection::refusal memory_collection::change(const put_collection& op, uint64_t& version) {
  const auto number = row.number;
  version = row.version + 1;
  const auto before = row.indexes;
  row = op.row;
  row.number = number;
  row.version = version;
  store::plan_indexes(before, row.indexes);
  if (!std::ranges::all_of(row.indexes, [&](const auto& index) { return is_unique(index); }))
    return store::not_unique();
  return std::nullopt;
}

bool memory_collection::is_unique(const record_index& index) const {
  if (!index.unique) return true;
  std::vector<record_order> order;
  for (const auto& field : index.fields) order.push_back({field, false});
  std::vector<record_cursor> taken;
  for (const auto& [id, record] : records) {
    auto values = cursor_after(order, read(record), "");
    if (std::ranges::none_of(values.values, &workflow::value::is_null))
      taken.push_back(std::move(values));
  }
  std::ranges::sort(taken,
                    [&](const auto& a, const auto& b) { return compare_records(order, a, b) < 0; });
  return std::ranges::adjacent_find(taken, [&](const auto& a, const auto& b) {
           return compare_records(order, a, b) == 0;
         }) == taken.end();
}

memory_collection::refusal memory_collection::put(const put_record& op, record_result& result) {
  const auto old = version_of(records, op.id);
  if (auto refused = store::refuse(op, collection_edition{row.number, row.version}, old))
    return refused;
  result = {++newest_version, !old, old ? records.at(op.id).created_us : op.time_us};
  const record_row now{op.id, result.version, op.data, result.created_us, op.time_us};
  records[op.id] = now;
  if (!std::ranges::all_of(row.indexes, [&](const auto& index) { return is_unique(index); }))
    return store::not_unique();
  if (row.keeps_history) history[{op.id, result.version}] = now;
  return std::nullopt;
}

memory_collection::refusal memory_collection::remove(const delete_record& op,
                                                     record_result& result) {
  const auto old = version_of(records, op.id);
  if (auto refused = store::refuse(op, collection_edition{row.number, row.version}, old))
    return refused;
  if (!old) return std::nullopt;
  result.version = ++newest_version;
  if (row.keeps_history)
    history[{op.id, result.version}] = {
        op.id, result.version, {}, records.at(op.id).created_us, op.time_us};
  records.erase(op.id);
  return std::nullopt;
}

std::vector<record_row> memory_collection::find(const record_query& query) const {
  std::vector<std::pair<record_cursor, const record_row*>> found;
  for (const auto& [id, record] : records) {
    const auto data = read(record);
    if (!store::matches(query.filter, data)) continue;
    auto at = cursor_after(query.order, data, id);
    if (!query.after || compare_records(query.order, *query.after, at) < 0)
      found.emplace_back(std::move(at), &record);
  }
  std::ranges::sort(found, [&](const auto& a, const auto& b) {
    return compare_records(query.order, a.first, b.first) < 0;
  });
  store::record_page page{std::clamp<size_t>(query.limit, 1, 1'000)};
  for (const auto& [at, record] : found)
    if (!page.full()) page.add(*record);
  return page.take();
}

std::vector<record_row> memory_collection::versions(const std::string& id, uint64_t before) const {
  std::vector<record_row> list;
  for (const auto& [key, record] : history)
    if (key.first == id && key.second < before) list.push_back(record);
  std::ranges::reverse(list);
  return list;
}

} // namespace steward::simulation
