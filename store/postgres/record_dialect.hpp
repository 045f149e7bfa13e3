#pragma once

#include "store/postgres/parameters.hpp"
#include "store/record_shapes.hpp"

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

  std::string number(int64_t number); ///< Which becomes a parameter.

  /// Of $1, $2, ...
  const parameters& values() const { return values_; }

private:
  parameters values_;
};

/// All of a view, but for its name. `collection` is its number.
std::string view_sql(int64_t collection, const std::vector<std::string>& columns);

/// One range of the query, at most so many rows of it.
std::string select_sql(const record_place& place, const record_query& query, size_t range,
                       size_t rows, record_dialect& dialect);

/// The statements that make an index of a shape (two for a unique one), or take it away.
std::string create_index_sql(const shape_index& made);
std::string drop_index_sql(const shape_index& gone);
/// Keeps the shape, or forgets it when it is null.
std::string write_shape_sql(int64_t number, const record_shape* shape);
/// Gives the collection's records its shape.
std::string move_records_sql(const record_place& to);
/// The collection's view.
std::string create_view_sql(const collection_row& row, const std::vector<std::string>& columns);
/// The same where it may be there, or there may be too many to make it: what others were granted on
/// it stays while its columns do.
std::string replace_view_sql(const collection_row& row, const std::vector<std::string>& columns);

} // namespace steward::store::postgres
