#pragma once

#include "config/settings.hpp"
#include "store/open.hpp"

#include <CLI/App.hpp>

#include <optional>

namespace steward::app {

/// --data, --database and --config: which store a command is about.
struct store_options {
  std::string data, database, config;
  void add_to(CLI::App& command);
};

/// Lays the file and the options over the defaults; the reason when they don't fit together.
std::optional<std::string> settle(const store_options& o, config::settings& s);
store::location location_of(const config::settings& s);

} // namespace steward::app
