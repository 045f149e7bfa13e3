#pragma once

#include "store/record_shapes.hpp"
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
  std::string number(int64_t number);

  using parameter = std::variant<int64_t, std::string>;
  /// Of ?1, ?2, ...
  const std::vector<parameter>& parameters() const { return parameters_; }

private:
  std::string add(parameter value);

  std::vector<parameter> parameters_;
};

/// All of a view, but for its name. `collection` is its number.
std::string view_sql(int64_t collection, const std::vector<std::string>& columns);

/// One range of the query, at most so many rows of it.
std::string select_sql(const record_place& place, const record_query& query, size_t range,
                       size_t rows, record_dialect& dialect);

/// The statements that make an index of a shape (two for a unique one), or take it away.
std::string create_index_sql(const shape_index& made);
std::string drop_index_sql(const shape_index& gone);
int64_t count_views(connection& db);
/// The collection's view.
std::string create_view_sql(const collection_row& row, const std::vector<std::string>& columns);

} // namespace steward::store::sqlite
