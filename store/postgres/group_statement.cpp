#include "store/postgres/group_statement.hpp"

#include <cctype>

namespace steward::store::postgres {

namespace {

/// Renames $1, $2, ... to $(1 + by), $(2 + by), ...
std::string shifted(std::string_view sql, size_t by) {
  std::string out;
  for (size_t at = 0; at < sql.size();) {
    out += sql[at];
    if (sql[at++] != '$') continue;
    size_t number = 0;
    while (at < sql.size() && std::isdigit(static_cast<unsigned char>(sql[at])))
      number = number * 10 + static_cast<size_t>(sql[at++] - '0');
    out += std::to_string(number + by);
  }
  return out;
}

} // namespace

statement group_statement::compose() const {
  uint32_t which = 0;
  for (const auto* part : parts_) which |= 1u << part->number;
  statement all{"group_" + std::to_string(which) + (shards_.any() ? "_of_shards" : ""), {}};
  size_t from = 0;
  for (size_t i = 0; i < parts_.size(); ++i) {
    all.sql += (i == 0 ? "WITH part" : ", part") + std::to_string(i) + " AS (" +
               shifted(parts_[i]->sql, from) + ")";
    from = ends_[i];
  }
  all.sql += " SELECT steward.fence($" + std::to_string(from + 1) + "::bigint, $" +
             std::to_string(from + 2) + "::bigint" +
             (shards_.any() ? ", $" + std::to_string(from + 3) + "::smallint[])" : ")");
  return all;
}

void group_statement::run(connection& on, int64_t epoch, uint64_t number) const {
  auto values = values_;
  values.add(epoch);
  values.add(static_cast<int64_t>(number));
  if (shards_.any()) {
    column<int16_t> shards;
    for (shard s = 0; s < shard_count; ++s)
      if (shards_[s]) shards.add(static_cast<int16_t>(s));
    values.add(shards);
  }
  on.run(compose(), values);
}

} // namespace steward::store::postgres
