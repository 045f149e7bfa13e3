#include "store/sqlite/connection.hpp"

#include "store/sqlite/statement.hpp"

namespace steward::store::sqlite {

namespace {

/// Holds for every connection of the process. The counters behind SQLite's memory statistics cost a
/// mutex at every allocation, and nobody reads them.
void configure_library() {
  static const int once = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  static_cast<void>(once); // Refused when SQLite runs already; then it is only slower.
}

/// Idle memory stays small: a cache is filled as it is used, and these bound it.
constexpr auto writing_pragmas = "PRAGMA cache_size = -8000;"; // KiB
constexpr auto reading_pragmas = "PRAGMA cache_size = -1000; PRAGMA query_only = ON;";
constexpr auto common_pragmas = "PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0;"
                                // Zeroing what is deleted would write pages again for nothing.
                                "PRAGMA secure_delete = OFF;"
                                // SQLite 3.40 takes its own JSON functions for unsafe, and refuses
                                // them in an index. Nothing unsafe is there to be called.
                                "PRAGMA trusted_schema = ON;";
constexpr int busy_timeout_ms = 5000;

} // namespace

bool sql_error::blames_data() const {
  return code() == SQLITE_CONSTRAINT || code() == SQLITE_TOOBIG || code() == SQLITE_MISMATCH;
}

connection::connection(const std::filesystem::path& file, access mode) {
  configure_library();
  // A reader opens for writing too: the first one after a crash has to recover the log.
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  if (mode == access::writing) flags |= SQLITE_OPEN_CREATE;
  const int code = sqlite3_open_v2(file.c_str(), &handle_, flags, nullptr);
  try {
    if (code != SQLITE_OK) fail(code, "open " + file.string());
    sqlite3_busy_timeout(handle_, busy_timeout_ms);
    execute(common_pragmas);
    execute(mode == access::writing ? writing_pragmas : reading_pragmas);
  } catch (...) {
    sqlite3_close_v2(handle_);
    throw;
  }
}

connection::~connection() {
  sqlite3_close_v2(handle_); // Closes when the last statement is gone, in whatever order they go.
}

void connection::execute(const std::string& sql) {
  const int code = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) fail(code, sql);
}

int64_t connection::number(const std::string& sql) {
  statement query{*this, sql};
  auto row = query.run();
  return row.next() ? row.integer(0) : 0;
}

std::string connection::text(const std::string& sql) {
  statement query{*this, sql};
  auto row = query.run();
  return row.next() ? row.string(0) : std::string{};
}

void connection::fail(int code, const std::string& doing) const {
  // Without a handle (out of memory) there is no message of the connection.
  const char* said = handle_ ? sqlite3_errmsg(handle_) : sqlite3_errstr(code);
  throw sql_error{code, std::string{said} + " (" + doing.substr(0, 200) + ")"};
}

} // namespace steward::store::sqlite
