#pragma once

#include "store/postgres/connection.hpp"
#include "store/postgres/engine.hpp"
#include "tests/store/samples.hpp"

#include <sys/types.h>

/// A PostgreSQL of the tests' own: in a scratch folder, on a Unix socket, with nothing switched off
/// that keeps data safe. It ends with the process, however that ends. Throws when PostgreSQL is not
/// installed: its tests must not pass unnoticed.
namespace steward::store::tests {

class postgres_server {
public:
  /// The one that the tests of a program share.
  static postgres_server& shared();

  postgres_server();
  ~postgres_server();
  postgres_server(const postgres_server&) = delete;
  postgres_server& operator=(const postgres_server&) = delete;

  void start(); ///< Returns when it answers.
  /// At once, as a crash would: SIGQUIT (the server ends its processes), or SIGKILL (it can't).
  void stop(int signal);

  /// Makes an empty database that belongs to an ordinary role; its name.
  std::string make_database();
  /// As that role, by the server's socket or by another's in `folder`.
  std::string url(const std::string& database) const { return url(database, folder_.path()); }
  std::string url(const std::string& database, const std::filesystem::path& folder) const;
  std::string socket() const { return (folder_.path() / ".s.PGSQL.5432").string(); }
  /// As the administrator.
  std::unique_ptr<postgres::connection> admin(const std::string& database = "postgres") const;

private:
  void run(const std::vector<std::string>& command) const;
  pid_t spawn(const std::vector<std::string>& command) const;

  scratch_folder folder_;
  std::filesystem::path programs_;
  pid_t process_ = 0;
  int databases_ = 0;
};

/// Opens the store in that database of the shared server, as the server would.
open_engine postgres_opener(const std::string& database);

} // namespace steward::store::tests
