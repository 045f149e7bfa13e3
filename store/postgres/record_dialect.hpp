#pragma once

#include "store/postgres/parameters.hpp"
#include "store/record_sql.hpp"

namespace steward::store::postgres {

/// Records in PostgreSQL: jsonb in the column `data`. Keys are of the type steward.sort_key.
class record_dialect final : public store::record_dialect {
public:
  std::string key(std::string_view field) const override;
  std::string key_of(const workflow::value& v) override;
  std::string strings_begin() const override { return "ROW(1, 0, '')::steward.sort_key"; }
  std::string booleans_begin() const override { return "ROW(2, 0, '')::steward.sort_key"; }
  std::string exists(std::string_view field) const override;
  std::string is_null(std::string_view field) const override;
  std::string has_element(std::string_view field, const workflow::value& v) override;
  std::string has_part(std::string_view field, std::string_view text) override;
  std::string text(std::string_view text) override;

  /// Of $1, $2, ...
  const parameters& values() const { return values_; }

private:
  parameters values_;
};

/// All of a view, but for its name. `collection` is its number.
std::string view_sql(int64_t collection, const std::vector<std::string>& columns);

/// The statements that make an index of a collection (two for a unique one), and its view.
std::string create_index_sql(int64_t collection, const record_index& index);
std::string create_view_sql(const collection_row& row, const std::vector<std::string>& columns);
/// The same where it may be there: what others were granted on it stays while its columns do.
std::string replace_view_sql(const collection_row& row, const std::vector<std::string>& columns);

} // namespace steward::store::postgres
