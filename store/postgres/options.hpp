#pragma once

#include "store/membership.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string>

namespace steward::store::postgres {

using std::chrono::milliseconds;

struct options {
  /// postgresql://user:password@host:port/name?sslmode=verify-full&... as libpq reads it. Goes to
  /// the server itself, or through a pooler of sessions: one of transactions would lose the
  /// writer's lock.
  std::string url;

  milliseconds connect_timeout{2'000}; ///< Whole seconds, 2 at least: libpq's.
  milliseconds statement_timeout{30'000};
  /// A server that has not answered so long after the end of a statement's time is given up: it is
  /// stopped or cut off, though its connection stands. 0 for `statement_timeout`: never.
  milliseconds silence{5'000};
  /// What was sent and not even acknowledged for so long went nowhere: the connection is given up.
  milliseconds unacknowledged{15'000};
  milliseconds keepalive{10'000};   ///< A connection that says nothing is asked so often.
  milliseconds lock_timeout{5'000}; ///< How long an earlier writer is waited for.
  /// Between attempts to connect; doubles from the first to the last.
  milliseconds first_pause{50}, last_pause{1'000};
  /// How long a commit waits to learn what became of it after its connection was lost.
  milliseconds doubt_patience{1'000};
  /// Told what an operator should know, though it is no error. May be empty.
  std::function<void(const std::string&)> warn = {};
  std::optional<cluster_identity> cluster = {}; ///< None: the only steward on the database.
};

} // namespace steward::store::postgres
