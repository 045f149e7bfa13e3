#pragma once

#include "store/postgres/connection.hpp"
#include "store/postgres/options.hpp"

#include <chrono>

namespace steward::store::postgres {

/// A connection that is made when it is needed, and again when it was lost. Between attempts there
/// are pauses, in which everybody is told at once that the database is away.
class session {
public:
  using clock = std::chrono::steady_clock;
  /// What makes a fresh connection fit for work. It throws `sql_error` when it can't; then the
  /// connection is given up.
  using setup = std::function<void(connection&)>;

  /// `name` is what the server's administrators see.
  session(const options& o, std::string name, setup fit)
      : options_(o), name_(std::move(name)), fit_(std::move(fit)) {}

  /// Connected and fit for work, or throws `sql_error`, `lost`.
  connection& get();
  /// The connection is no good any more; the next one is made without a pause.
  void drop();
  bool is_open() const { return connection_ && connection_->is_open(); }
  clock::time_point next_attempt() const { return next_attempt_; }
  /// How many connections it has had.
  uint64_t generation() const { return generation_; }

private:
  void connect();

  const options& options_;
  std::string name_;
  setup fit_;
  std::unique_ptr<connection> connection_;
  clock::time_point next_attempt_{};
  milliseconds pause_{0};
  std::string why_; ///< The last attempt failed.
  uint64_t generation_ = 0;
};

/// A connection for one purpose, with the settings of each session. Throws `sql_error`.
std::unique_ptr<connection> connect(const options& o, const std::string& name);

} // namespace steward::store::postgres
