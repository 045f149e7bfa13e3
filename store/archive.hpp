#pragma once

#include "store/store.hpp"

#include <span>

/// A whole store as lines of text, the same for every engine: what `steward backup` keeps and
/// `steward restore` brings into any of them. A line is a JSON array: the name of a table, then the
/// values of one row in the order of its columns.
namespace steward::store {

enum class archive_kind : uint8_t {
  number,
  flag, ///< 0 or 1.
  text,
  json,  ///< JSON text of an object, which an engine may keep in a form of its own.
  id,    ///< 16 bytes as hexadecimal digits.
  bytes, ///< As hexadecimal digits.
};
struct archive_column {
  std::string_view name;
  archive_kind kind;
  bool may_be_null = false;
};
struct archive_table {
  std::string_view name;
  std::vector<archive_column> columns;
  std::string_view key; ///< Its rows are unique by these columns, and come in their order.
};
/// In the order in which they are written and read back.
std::span<const archive_table> archive_tables();

/// Reads one moment of a store, from its first line to its last.
class row_source {
public:
  virtual ~row_source() = default;
  /// False at the end.
  virtual result<bool> next(std::string& line) = 0;
};

/// Fills an empty store. Nothing of it is there before `finish`, and all of it afterwards.
class row_sink {
public:
  virtual ~row_sink() = default;
  /// `corrupt_data` for a line that is none.
  virtual result<bool> put(std::string_view line) = 0;
  /// Makes what follows from the rows (counts, declared indexes, views), and commits.
  virtual result<bool> finish() = 0;
};

/// Why the line is no row of its table; empty when it is one.
std::string problem_of(std::string_view line);

/// "runs" of ["runs",...]; empty when the line is none.
std::string_view table_of(std::string_view line);

} // namespace steward::store
