#pragma once

#include "messages/ids.hpp"
#include "store/sqlite/connection.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace steward::store::sqlite {

/// Bytes, where a bare string would be stored as text.
struct blob {
  std::string_view bytes;
};

/// The result of one execution, row by row. Puts its statement back for the next one when it goes.
class rows {
public:
  explicit rows(sqlite3_stmt* statement) : statement_(statement) {}
  ~rows() { sqlite3_reset(statement_); }
  rows(const rows&) = delete;
  rows& operator=(const rows&) = delete;

  /// Moves to the first or next row; false at the end. Throws `sql_error`.
  bool next();

  // Columns count from 0. Views hold until the next row.
  int64_t integer(int column) const { return sqlite3_column_int64(statement_, column); }
  uint64_t number(int column) const { return static_cast<uint64_t>(integer(column)); }
  std::optional<int64_t> maybe_integer(int column) const;
  std::string_view view(int column) const;
  std::string string(int column) const { return std::string{view(column)}; }
  std::optional<std::string> maybe_string(int column) const;
  /// Throws SQLITE_CORRUPT unless the column has 16 bytes.
  run_id id(int column) const;
  bool is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }

private:
  sqlite3_stmt* statement_;
};

/// A prepared statement, kept for as long as its connection. Values are given to each execution by
/// reference, not copied: they must outlive the `rows`.
class statement {
public:
  statement(connection& on, std::string_view sql);
  ~statement() { sqlite3_finalize(handle_); }
  statement(const statement&) = delete;
  statement& operator=(const statement&) = delete;

  /// Binds ?1, ?2, ... in order.
  template <class... Values>
  rows run(const Values&... values) {
    int at = 0, code = SQLITE_OK;
    ((code |= bind(++at, values)), ...);
    if (code != SQLITE_OK) refuse(code);
    return rows{handle_};
  }
  /// Binds a list of numbers and texts.
  rows run_list(const std::vector<std::variant<int64_t, std::string>>& values) {
    int at = 0, code = SQLITE_OK;
    for (const auto& each : values)
      code |= std::visit([&](const auto& value) { return bind(++at, value); }, each);
    if (code != SQLITE_OK) refuse(code);
    return rows{handle_};
  }
  /// Runs it to its end, for statements without result.
  template <class... Values>
  void execute(const Values&... values) {
    auto result = run(values...);
    while (result.next()) {
    }
  }

private:
  int bind(int at, int64_t value) { return sqlite3_bind_int64(handle_, at, value); }
  int bind(int at, uint64_t value) { return bind(at, static_cast<int64_t>(value)); }
  int bind(int at, std::string_view text) {
    // A null pointer would bind NULL, and an empty view may hold one.
    return sqlite3_bind_text64(handle_, at, text.empty() ? "" : text.data(), text.size(),
                               SQLITE_STATIC, SQLITE_UTF8);
  }
  int bind(int at, const std::string& text) { return bind(at, std::string_view{text}); }
  int bind(int at, blob value) {
    return sqlite3_bind_blob64(handle_, at, value.bytes.empty() ? "" : value.bytes.data(),
                               value.bytes.size(), SQLITE_STATIC);
  }
  int bind(int at, const run_id& id) { return bind(at, blob{id.view()}); }
  int bind(int at, std::nullptr_t) { return sqlite3_bind_null(handle_, at); }
  template <class Value>
  int bind(int at, const std::optional<Value>& value) {
    return value ? bind(at, *value) : bind(at, nullptr);
  }
  [[noreturn]] void refuse(int code) const;

  sqlite3_stmt* handle_ = nullptr;
};

} // namespace steward::store::sqlite
