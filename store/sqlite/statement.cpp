#include "store/sqlite/statement.hpp"

#include <cstring>

namespace steward::store::sqlite {

namespace {

[[noreturn]] void fail(sqlite3_stmt* statement, int code) {
  const char* sql = sqlite3_sql(statement);
  throw sql_error{code, std::string{sqlite3_errmsg(sqlite3_db_handle(statement))} + " (" +
                            std::string{sql ? sql : ""}.substr(0, 200) + ")"};
}

} // namespace

bool rows::next() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) fail(statement_, code);
  return false;
}

std::optional<int64_t> rows::maybe_integer(int column) const {
  if (is_null(column)) return std::nullopt;
  return integer(column);
}

std::string_view rows::view(int column) const {
  const void* bytes = sqlite3_column_blob(statement_, column);
  if (!bytes) return {};
  return {static_cast<const char*>(bytes),
          static_cast<size_t>(sqlite3_column_bytes(statement_, column))};
}

std::optional<std::string> rows::maybe_string(int column) const {
  if (is_null(column)) return std::nullopt;
  return string(column);
}

run_id rows::id(int column) const {
  const auto bytes = view(column);
  run_id result;
  if (bytes.size() != result.bytes.size())
    throw sql_error{SQLITE_CORRUPT, "a run id has " + std::to_string(bytes.size()) + " bytes"};
  std::memcpy(result.bytes.data(), bytes.data(), bytes.size());
  return result;
}

statement::statement(connection& on, std::string_view sql) {
  const int code = sqlite3_prepare_v3(on.handle(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &handle_, nullptr);
  if (code != SQLITE_OK) on.fail(code, std::string{sql});
}

void statement::refuse(int code) const { fail(handle_, code); }

} // namespace steward::store::sqlite
