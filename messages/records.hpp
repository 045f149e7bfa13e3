#pragma once

#include "workflow/value.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// Records: JSON objects by collection and id, as they are stored, written and asked for.
namespace steward {

/// An index that a collection declares. Fields are as `is_record_field` knows them.
struct record_index {
  std::string name;
  std::vector<std::string> fields;
  /// No two records have the same values in all fields. Records in which one of them has no number,
  /// string or boolean are free.
  bool unique = false;
  uint32_t number = 0; ///< Given by the store, unique in the collection.
  friend bool operator==(const record_index&, const record_index&) = default;
};

/// A collection as stored: one row.
struct collection_row {
  std::string name;
  std::string schema; ///< JSON text of a JSON Schema, which the store does not look at.
  std::vector<record_index> indexes;
  bool keeps_history = false; ///< Each version of a record stays readable.
  int64_t updated_us = 0;
  // Given by the store.
  int64_t number = 0;   ///< Unique among all collections of all tenants.
  uint64_t version = 0; ///< From 1, one more with each change of the collection itself.
};

/// Which state of which collection: one that was removed and made again has another number.
struct collection_edition {
  int64_t number = 0;
  uint64_t version = 0;
  friend bool operator==(const collection_edition&, const collection_edition&) = default;
};

/// A record, or one of its versions. `version` comes from a count that all records of the
/// collection share: it grows with each change and is never used again.
struct record_row {
  std::string id;
  uint64_t version = 0;
  std::string data; ///< JSON text of an object; empty in a history: it was deleted.
  int64_t created_us = 0;
  int64_t updated_us = 0;
};

// --- operations ---

/// Makes the collection, or changes it. Builds and drops its indexes and its view: it takes as long
/// as that takes. A unique index that the records don't allow is a conflict.
struct put_collection {
  collection_row row;
  std::vector<std::string> columns = {}; ///< Of its view: names of top-level properties.
};
/// Refused unless the collection is empty. Its history goes as well.
struct drop_collection {
  std::string name;
};
/// Makes the record or replaces it whole, and publishes that.
struct put_record {
  std::string collection, id;
  std::string data; ///< JSON text of an object.
  int64_t time_us = 0;
  std::optional<uint64_t> if_version =
      {};                     ///< Only while it has this version; 0: only if it is new.
  /// Only while the collection is this one: what its schema said still holds.
  std::optional<collection_edition> of_collection = {};
};
/// Publishes that; a record that is not there is none the worse.
struct delete_record {
  std::string collection, id;
  int64_t time_us = 0;
  std::optional<uint64_t> if_version = {};
};

/// Why a batch with records was a conflict.
enum class record_refusal : uint8_t {
  none,
  no_collection,      ///< There is none of that name.
  collection_changed, ///< It is not what `of_collection` says.
  version,            ///< The record has another version than `if_version`.
  not_unique,         ///< Another record has the same values in a unique index.
  not_empty,          ///< `drop_collection` of one with records.
};

/// What became of a `put_record` or `delete_record`.
struct record_result {
  uint64_t version = 0; ///< The new one; 0: there was nothing to delete.
  bool created = false;
  int64_t created_us = 0; ///< Of what was put.
  friend bool operator==(const record_result&, const record_result&) = default;
};

// --- questions ---

enum class record_op : uint8_t { eq, ne, lt, le, gt, ge, in, prefix, contains, exists, is_null };

/// A comparison with one field. Values are numbers, strings and booleans, and are only ever found
/// among their like: 5 is less than 7, and neither less nor more than "7".
///   eq ne        one value; a field without a value is `ne` to everything
///   lt le gt ge  one number or string
///   in           any number of values: equal to one of them
///   prefix       one string, with which the field's string begins
///   contains     one value: an element of the field's array equals it, or the field's string has
///                it as a part
///   exists       one boolean: whether the field is there, if only as null
///   is_null      one boolean: whether the field is missing or null
struct record_condition {
  std::string field;
  record_op op = record_op::eq;
  std::vector<workflow::value> values;
};

/// A tree of conditions. `all` of nothing is true, `any` of nothing false; `none` is not any.
struct record_filter {
  enum class kind : uint8_t { all, any, none, condition };
  kind what = kind::all;
  std::vector<record_filter> parts = {};
  record_condition condition = {};
};

struct record_order {
  std::string field;
  bool descending = false;
  friend bool operator==(const record_order&, const record_order&) = default;
};

/// The last record of a page: a page that follows begins after it.
struct record_cursor {
  std::vector<workflow::value> values; ///< One for each field of the order; null: it has none.
  std::string id;
};

/// A page of records that the filter lets pass. The order of values: numbers, strings by their
/// bytes, false, true, and then all fields without such a value (missing, null, array or object).
/// Records that are equal in the order go by id, in the direction of the order's last field.
struct record_query {
  std::string collection;
  record_filter filter;
  std::vector<record_order> order;
  std::optional<record_cursor> after;
  size_t limit = 50; ///< 1 to 1000.
};

/// "name" or "name.inner": up to 5 steps of 1 to 63 ASCII letters, digits, `_` and `-` that begin
/// with a letter or `_`.
bool is_record_field(std::string_view text);
/// Its steps. Of a field only.
std::vector<std::string_view> record_field_steps(std::string_view field);
/// What the field has in this record; null when it has nothing. Valid as long as the record.
const workflow::value* find_record_field(const workflow::value& record, std::string_view field);
/// Whether a value has a place in the order of its own: a number, a string or a boolean.
bool is_record_scalar(const workflow::value& v);

/// Where the next page begins when this record was the last of one.
record_cursor cursor_after(const std::vector<record_order>& order, const workflow::value& record,
                           const std::string& id);

/// 1 to 128 ASCII letters, digits and `._~:@-`.
bool is_record_id(std::string_view text);
/// 1 to 40 of a to z, 0 to 9 and `_`, beginning with a letter.
bool is_collection_name(std::string_view text);

} // namespace steward
