#pragma once

#include "messages/records.hpp"

/// Questions about records, and what their collections need, as SQL. No text of a client gets into
/// it: values are parameters, fields pass a strict grammar and one function that quotes, all other
/// names are made of numbers.
namespace steward::store {

/// How an engine says what the builder needs. A *key* is an SQL expression, never NULL, whose order
/// is that of record_query: numbers, strings, false, true, nothing.
class record_dialect {
public:
  virtual ~record_dialect() = default;

  /// Of the field, as the indexes have it.
  virtual std::string key(std::string_view field) const = 0;
  /// Of a number, string or boolean, which becomes a parameter; of null: that of nothing, without
  /// a parameter.
  virtual std::string key_of(const workflow::value& v) = 0;
  /// Before all strings, and after all numbers; before all booleans, and after all strings.
  virtual std::string strings_begin() const = 0;
  virtual std::string booleans_begin() const = 0;

  virtual std::string exists(std::string_view field) const = 0;
  /// Missing or null.
  virtual std::string is_null(std::string_view field) const = 0;
  /// An array that has this value among its elements.
  virtual std::string has_element(std::string_view field, const workflow::value& v) = 0;
  /// A string that has this one in it.
  virtual std::string has_part(std::string_view field, std::string_view text) = 0;
  /// Some text, which becomes a parameter.
  virtual std::string text(std::string_view text) = 0;
};

/// A condition that is true or false, never NULL.
std::string to_sql(const record_filter& filter, record_dialect& dialect);

/// What follows a cursor, as conditions of ranges. Read one after the other, each in the query's
/// order, they make the whole: so each is one range of an index, which a comparison of rows with
/// several columns would not be. Without a cursor: one range, of everything.
size_t count_ranges(const record_query& query);
std::string range_sql(const record_query& query, size_t number, record_dialect& dialect);

/// "key, key DESC, id DESC": of a range. What all of it have alike is left out, for SQLite would
/// sort by it even where the index has it in order.
std::string order_sql(const record_query& query, size_t number, const record_dialect& dialect);
/// Where the records of a collection are.
struct record_place {
  int64_t collection = 0;
  int64_t shape = 0; ///< Of its indexes (record_shapes.hpp); 0 where none of them is to be used.
};
/// Whether one of the indexes may have the answer in one stretch. An engine is shown them only
/// then: it knows too little of a collection to be trusted with indexes that don't help.
bool may_serve(const std::vector<record_index>& indexes, const record_query& query);

/// The collection, the keys of an index, and the id after them.
std::string index_sql(const record_index& index, const record_dialect& dialect);

/// The collection and the keys: of its unique twin. And the records that it is about: " AND ...".
std::string unique_sql(const record_index& index, const record_dialect& dialect);
std::string unique_where_sql(const record_index& index, record_dialect& dialect);

/// What has to happen to the indexes of a collection, or of a shape.
struct index_changes {
  std::vector<record_index> drop, create;
};
/// Numbers those of `after`: an index that stays as it was keeps its number, and its name may
/// change.
index_changes plan_indexes(const std::vector<record_index>& before,
                           std::vector<record_index>& after);

/// "records_shape_3_1", "records_shape_3_1_unique": of a shape and an index by their numbers.
std::string index_name(int64_t shape, const record_index& index);
std::string unique_index_name(int64_t shape, const record_index& index);
/// "records_3_orders": what BI tools read.
std::string view_name(const collection_row& collection);

/// A name in double quotes.
std::string quoted_name(std::string_view name);
/// A text in single quotes.
std::string quoted_text(std::string_view text);
/// Those that can be columns in every engine: at most 63 bytes of UTF-8 without quotes, backslashes
/// and control characters, and no two that differ in case only.
std::vector<std::string> view_columns(const std::vector<std::string>& properties);

/// The successor of all strings with this prefix; nothing when there is none.
std::optional<std::string> after_prefix(std::string_view prefix);

} // namespace steward::store
