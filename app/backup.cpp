#include "app/commands.hpp"
#include "app/store_options.hpp"
#include "app/version.hpp"
#include "store/archive_file.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <cstdio>

namespace steward::app {

namespace {

struct backup_options {
  store_options store;
  std::string file;
};

int refuse(const std::string& why) {
  std::fprintf(stderr, "steward: %s\n", why.c_str());
  return exit_faulted;
}

/// To stderr: a backup itself may go to stdout.
void tell(const char* what, const store::archive_report& report, const std::string& where) {
  std::fprintf(stderr, "%s %llu rows %s\n", what, static_cast<unsigned long long>(report.total()),
               where.c_str());
  for (const auto& [table, count] : report.rows)
    std::fprintf(stderr, "  %-16s %llu\n", table.c_str(), static_cast<unsigned long long>(count));
}

int64_t now_us() {
  using namespace std::chrono;
  return duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
}

int back_up(const backup_options& o) {
  config::settings s;
  if (const auto why = settle(o.store, s)) return refuse(*why);
  const auto where = location_of(s);
  const auto source = store::open_source(where);
  if (!source) return refuse(source.error().reason);
  const auto report = store::write_archive(**source, o.file, version, now_us());
  if (!report) return refuse(report.error().reason);
  tell("backed up", *report, "of " + store::describe(where));
  return exit_completed;
}

int restore(const backup_options& o) {
  config::settings s;
  if (const auto why = settle(o.store, s)) return refuse(*why);
  const auto where = location_of(s);
  if (const auto problem = store::check_archive(o.file))
    return refuse(problem->reason + "; nothing was restored");
  const auto sink = store::open_sink(where);
  if (!sink) return refuse(sink.error().reason);
  const auto report = store::read_archive(o.file, **sink);
  if (!report) return refuse(report.error().reason + "; nothing was restored");
  tell("restored", *report, "into " + store::describe(where));
  return exit_completed;
}

std::shared_ptr<backup_options> add(CLI::App& cli, const char* name, const char* does,
                                    const char* file) {
  auto o = std::make_shared<backup_options>();
  auto* sub = cli.add_subcommand(name, does);
  sub->add_option("file", o->file, file)->required();
  o->store.add_to(*sub);
  return o;
}

} // namespace

command add_backup(CLI::App& cli) {
  return [o = add(cli, "backup", "Write the whole store to a file, while a server uses it",
                  "The file to make; - for standard output")] { return back_up(*o); };
}

command add_restore(CLI::App& cli) {
  return [o = add(cli, "restore", "Fill an empty store of either engine from a backup",
                  "What `steward backup` made; - for standard input")] { return restore(*o); };
}

} // namespace steward::app
