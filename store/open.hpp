#pragma once

#include "store/store.hpp"

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

/// The one place that chooses an engine. `warn` is told what an operator should know.
result<std::unique_ptr<engine>> open(const location& where,
                                     std::function<void(const std::string&)> warn);

} // namespace steward::store
