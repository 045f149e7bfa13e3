#include "app/commands.hpp"
#include "app/version.hpp"
#include "config/loader.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>

namespace steward::app {

command add_version(CLI::App& cli) {
  cli.add_subcommand("version", "Print the version");
  return [] {
    std::printf("steward %s\n", version);
    return exit_completed;
  };
}

command add_config(CLI::App& cli) {
  cli.add_subcommand("config", "Print every setting with its default, as a --config file");
  return [] {
    std::fputs(config::to_yaml({}).c_str(), stdout);
    return exit_completed;
  };
}

} // namespace steward::app
