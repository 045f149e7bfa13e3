#include "app/commands.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <map>

int main(int argc, char** argv) {
  using namespace steward::app;
  CLI::App cli{
      "Steward runs a business's operations by itself: durable workflows under supervision."};
  cli.require_subcommand(1);
  std::map<std::string, command> commands;
  commands["serve"] = add_serve(cli);
  commands["run"] = add_run(cli);
  commands["validate"] = add_validate(cli);
  commands["simulate"] = add_simulate(cli);
  commands["demo"] = add_demo(cli);
  commands["backup"] = add_backup(cli);
  commands["restore"] = add_restore(cli);
  commands["check"] = add_check(cli);
  commands["audit"] = add_audit(cli);
  commands["tree"] = add_tree(cli);
  commands["key"] = add_key(cli);
  commands["config"] = add_config(cli);
  commands["version"] = add_version(cli);
  try {
    cli.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    const bool asked_for_help = e.get_exit_code() == 0;
    cli.exit(e);
    return asked_for_help ? exit_completed : exit_invalid;
  }
  try {
    return commands.at(cli.get_subcommands().front()->get_name())();
  } catch (const std::exception& e) {
    std::fprintf(stderr, "steward: %s\n", e.what());
    return exit_faulted;
  }
}
