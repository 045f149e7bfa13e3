#pragma once

#include <memory>
#include <pqxx/pqxx>
#include <string>
#include <string_view>
#include <vector>

/// What differs between the releases of libpqxx (6.4 on Debian 12, 7.8 on Ubuntu 24.04, 7.10 on
/// Debian 13), and nothing else.
namespace steward::store::postgres::libpqxx {

/// Connects, once: a connection that is lost stays lost. Release 6 would make a new one unasked, in
/// the middle of a commit too, without the settings of the session.
inline std::unique_ptr<pqxx::connection> connect(const std::string& url) {
  auto made = std::make_unique<pqxx::connection>(url);
#if PQXX_VERSION_MAJOR < 7
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
  made->inhibit_reactivation(true);
#pragma GCC diagnostic pop
#endif
  return made;
}

// All values travel in PostgreSQL's binary form.
#if PQXX_VERSION_MAJOR < 7
inline std::vector<pqxx::binarystring> binary(const std::vector<std::string>& values) {
  std::vector<pqxx::binarystring> bytes;
  bytes.reserve(values.size());
  for (const auto& value : values) bytes.emplace_back(value);
  return bytes;
}
#else
inline pqxx::params binary(const std::vector<std::string>& values) {
  pqxx::params bytes;
  bytes.reserve(values.size());
  for (const auto& value : values)
    bytes.append(std::basic_string_view<std::byte>{reinterpret_cast<const std::byte*>(value.data()),
                                                   value.size()});
  return bytes;
}
#endif

/// Runs a prepared statement.
inline pqxx::result exec_prepared(pqxx::transaction_base& on, const std::string& name,
                                  const std::vector<std::string>& values) {
  const auto bytes = binary(values);
#if PQXX_VERSION_MAJOR < 7
  return on.exec_prepared(name, pqxx::prepare::make_dynamic_params(bytes));
#elif PQXX_VERSION_MAJOR > 7 || PQXX_VERSION_MINOR >= 10
  return on.exec(pqxx::prepped{name}, bytes);
#else
  return on.exec_prepared(name, bytes);
#endif
}

/// Runs a statement once.
inline pqxx::result exec_params(pqxx::transaction_base& on, const std::string& sql,
                                const std::vector<std::string>& values) {
  const auto bytes = binary(values);
#if PQXX_VERSION_MAJOR < 7
  return on.exec_params(sql, pqxx::prepare::make_dynamic_params(bytes));
#elif PQXX_VERSION_MAJOR > 7 || PQXX_VERSION_MINOR >= 10
  return on.exec(sql, bytes);
#else
  return on.exec_params(sql, bytes);
#endif
}

/// Of what a statement threw; empty when it has none. Release 6 throws two of them without it.
inline std::string sqlstate(const std::exception& thrown) {
  if (dynamic_cast<const pqxx::deadlock_detected*>(&thrown)) return "40P01";
  if (dynamic_cast<const pqxx::serialization_failure*>(&thrown)) return "40001";
  const auto* error = dynamic_cast<const pqxx::sql_error*>(&thrown);
  return error ? error->sqlstate() : std::string{};
}

} // namespace steward::store::postgres::libpqxx
