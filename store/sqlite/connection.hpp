#pragma once

#include <sqlite3.h>

#include <filesystem>
#include <stdexcept>
#include <string>

namespace steward::store::sqlite {

/// What SQLite refused. Thrown and caught inside this folder only: the engine, the writer and the
/// reader turn it into results.
class sql_error : public std::runtime_error {
public:
  sql_error(int code, const std::string& what) : std::runtime_error(what), code_(code) {}
  int code() const { return code_ & 0xff; } ///< Primary result code, e.g. SQLITE_FULL.
  /// True if the data were at fault (a constraint, a value too large), so that the same write can
  /// never succeed; false if the disk, the file or the memory was.
  bool blames_data() const;
  /// True if what was read can't be a healthy store.
  bool blames_file() const { return code() == SQLITE_CORRUPT || code() == SQLITE_NOTADB; }

private:
  int code_;
};

/// One SQLite connection, for one thread at a time.
class connection {
public:
  enum class access { writing, reading };

  /// Opens the file and sets what holds for the connection alone (timeouts, cache). Throws
  /// `sql_error`.
  connection(const std::filesystem::path& file, access mode);
  ~connection();
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  /// Any number of statements without parameters and results.
  void execute(const std::string& sql);
  /// First column of the first row, as a number or as text; 0 and "" when there is no row.
  int64_t number(const std::string& sql);
  std::string text(const std::string& sql);

  bool in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }
  /// Rows that the last INSERT, UPDATE or DELETE touched.
  int64_t changes() const { return sqlite3_changes64(handle_); }
  int64_t last_row() const { return sqlite3_last_insert_rowid(handle_); }
  sqlite3* handle() const { return handle_; }

  /// Throws the connection's last error.
  [[noreturn]] void fail(int code, const std::string& doing) const;

private:
  sqlite3* handle_ = nullptr;
};

} // namespace steward::store::sqlite
