#pragma once

#include <CLI/App.hpp>

#include <functional>
#include <memory>

/// The subcommands of `steward`. Each adds itself to the command line and answers with the function
/// that carries it out and returns the process's exit code.
namespace steward::app {

using command = std::function<int()>;

command add_serve(CLI::App& cli);
command add_run(CLI::App& cli);
command add_validate(CLI::App& cli);
command add_simulate(CLI::App& cli);
command add_demo(CLI::App& cli);
command add_backup(CLI::App& cli);
command add_restore(CLI::App& cli);
command add_check(CLI::App& cli);
command add_audit(CLI::App& cli);
command add_tree(CLI::App& cli);
command add_key(CLI::App& cli);
command add_version(CLI::App& cli);
command add_config(CLI::App& cli);

// Exit codes of those that don't serve.
inline constexpr int exit_completed = 0;
inline constexpr int exit_faulted = 1;
inline constexpr int exit_invalid = 2;

} // namespace steward::app
