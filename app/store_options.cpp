#include "app/store_options.hpp"

#include "app/files.hpp"
#include "config/loader.hpp"

#include <CLI/CLI.hpp>

namespace steward::app {

void store_options::add_to(CLI::App& command) {
  command.add_option("--data", data, "Folder of the embedded store, default ./var");
  command.add_option("--database", database,
                     "postgresql://USER@HOST/NAME in place of the embedded store");
  command.add_option("--config", config, "Configuration file (YAML)");
}

std::optional<std::string> settle(const store_options& o, config::settings& s) {
  if (!o.config.empty()) {
    const auto text = read_file(o.config);
    if (!text) return "the configuration can't be read";
    const auto problems = config::load(*text, s);
    std::string all;
    for (const auto& p : problems) all += "\n  " + p;
    if (!problems.empty()) return o.config + " is not a valid configuration:" + all;
  }
  if (!o.data.empty()) s.store.data = o.data;
  if (!o.database.empty()) s.database.url = o.database;
  return std::nullopt;
}

store::location location_of(const config::settings& s) { return {s.store.data, s.database.url}; }

} // namespace steward::app
