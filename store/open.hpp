#pragma once

#include "store/archive.hpp"
#include "store/membership.hpp"

#include <filesystem>
#include <functional>

namespace steward::store {

/// Where the durable state lives.
struct location {
  std::filesystem::path data; ///< Folder of the embedded store, made when missing.
  std::string database;       ///< URL of a database in its place; empty: none.
};

/// The same for people: without passwords.
std::string describe(const location& where);

/// The one place that chooses an engine. `warn` is told what an operator should know. With a
/// `cluster` the store is shared with its other members, which takes PostgreSQL.
result<std::unique_ptr<engine>> open(const location& where,
                                     std::function<void(const std::string&)> warn,
                                     std::optional<cluster_identity> cluster = {});

// Beside a server that may be using the store: neither makes it, nor brings it up to date.
result<std::unique_ptr<reader>> open_reader(const location& where);
result<std::unique_ptr<row_source>> open_source(const location& where);

/// To fill a store that is empty or not there yet. No server may use it meanwhile.
result<std::unique_ptr<row_sink>> open_sink(const location& where);

} // namespace steward::store
