#include "actors/store_check.hpp"
#include "app/commands.hpp"
#include "app/store_options.hpp"

#include <CLI/CLI.hpp>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <cstdio>

namespace steward::app {

namespace {

int check(const store_options& o) {
  config::settings s;
  if (const auto why = settle(o, s)) {
    std::fprintf(stderr, "steward: %s\n", why->c_str());
    return exit_invalid;
  }
  // Results go to stdout, and nothing else.
  spdlog::set_default_logger(spdlog::stderr_logger_mt("steward"));
  const auto where = location_of(s);
  const auto reader = store::open_reader(where);
  const auto report =
      reader ? check_store(**reader, s,
                           [](const std::string& problem) { std::printf("%s\n", problem.c_str()); })
             : store::result<check_report>{failed{reader.error()}};
  if (!report) {
    std::fprintf(stderr, "steward: %s\n", report.error().reason.c_str());
    return exit_invalid;
  }
  const auto number = [](uint64_t n) { return static_cast<unsigned long long>(n); };
  std::printf("%s: %llu runs of %llu tenants, %llu journal entries, %llu snapshots: %llu broken\n",
              store::describe(where).c_str(), number(report->runs), number(report->tenants),
              number(report->entries), number(report->snapshots), number(report->broken));
  return report->broken == 0 ? exit_completed : exit_faulted;
}

} // namespace

command add_check(CLI::App& cli) {
  auto o = std::make_shared<store_options>();
  auto* sub = cli.add_subcommand("check", "Replay the journal of every run, and compare");
  o->add_to(*sub);
  return [o] { return check(*o); };
}

} // namespace steward::app
