#pragma once

#include "store/record_sql.hpp"
#include "store/sqlite/statement.hpp"

#include <variant>

namespace steward::store::sqlite {

/// Records in SQLite: JSON text in the column `data`. Keys are numbers, texts and blobs, which
/// SQLite orders just so.
class record_dialect final : public store::record_dialect {
public:
  std::string key(std::string_view field) const override;
  std::string key_of(const workflow::value& v) override;
  std::string strings_begin() const override { return "''"; }
  std::string booleans_begin() const override { return "x''"; }
  std::string exists(std::string_view field) const override;
  std::string is_null(std::string_view field) const override;
  std::string has_element(std::string_view field, const workflow::value& v) override;
  std::string has_part(std::string_view field, std::string_view text) override;
  std::string text(std::string_view text) override;

  using parameter = std::variant<int64_t, std::string>;
  /// Of ?1, ?2, ...
  const std::vector<parameter>& parameters() const { return parameters_; }

private:
  std::string add(parameter value);

  std::vector<parameter> parameters_;
};

/// All of a view, but for its name. `collection` is its number.
std::string view_sql(int64_t collection, const std::vector<std::string>& columns);

/// The statements that make an index of a collection (two for a unique one), and its view.
std::string create_index_sql(int64_t collection, const record_index& index);
std::string create_view_sql(const collection_row& row, const std::vector<std::string>& columns);

} // namespace steward::store::sqlite
