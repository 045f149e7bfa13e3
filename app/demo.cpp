#include "app/commands.hpp"
#include "app/demo/salon_run.hpp"
#include "workflow/json.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace steward::app {

namespace {

struct demo_options {
  salon_run_options run;
  std::string agents, speed = "1440", owner = "human", keep, start = "2026-11-23";
  bool json = false;
};

volatile std::sig_atomic_t interrupted = 0;

/// A folder that goes away with it, unless it is to be kept.
class demo_folder {
public:
  explicit demo_folder(const std::string& keep) : kept_(!keep.empty()) {
    if (kept_) {
      path_ = keep;
      std::filesystem::create_directories(path_);
      return;
    }
    auto name = (std::filesystem::temp_directory_path() / "steward-demo-XXXXXX").string();
    if (!mkdtemp(name.data())) throw std::runtime_error{"no temporary folder is to be had"};
    path_ = name;
  }
  ~demo_folder() {
    std::error_code ignored;
    if (!kept_) std::filesystem::remove_all(path_, ignored);
  }
  demo_folder(const demo_folder&) = delete;
  demo_folder& operator=(const demo_folder&) = delete;
  const std::filesystem::path& path() const { return path_; }

private:
  std::filesystem::path path_;
  bool kept_;
};

int refuse(const std::string& why) {
  std::fprintf(stderr, "steward: %s\n", why.c_str());
  return exit_invalid;
}

/// The reason when the options don't fit together.
std::optional<std::string> settle(demo_options& o) {
  auto& r = o.run;
  if (o.agents.empty()) o.agents = r.server.empty() ? "both" : "on";
  if (!r.server.empty() && o.agents == "both")
    return "--agents both needs two fresh servers, which it starts itself: leave --server out";
  if (!r.server.empty() && r.kills > 0)
    return "--kill kills only a server that the demo has started: leave --server out";
  if (o.speed != "max") {
    char* end = nullptr;
    r.speed = std::strtod(o.speed.c_str(), &end);
    if (*end != '\0' || !(r.speed > 0)) return "--speed is a number above 0, or max";
  }
  r.owner = o.owner == "never"    ? owner_kind::never
            : o.owner == "always" ? owner_kind::always
                                  : owner_kind::human;
  const auto zone = workflow::schedule::time_zone::find(r.salon.zone);
  if (!zone) return zone.error();
  const auto midnight = intelligence::parse_instant(o.start);
  if (!midnight) return "--start " + o.start + " is not a date such as 2026-11-23";
  r.salon.start_us = zone->to_utc(*midnight);
  while (!r.server.empty() && r.server.back() == '/') r.server.pop_back();
  return std::nullopt;
}

int demo_salon(demo_options& o) {
  if (const auto why = settle(o)) return refuse(*why);
  std::signal(SIGINT, [](int) { interrupted = 1; });
  std::signal(SIGTERM, [](int) { interrupted = 1; });
  std::signal(SIGPIPE, SIG_IGN);
  const demo_folder folder{o.keep};
  std::vector<salon_figures> runs;
  for (const bool agents : {false, true}) {
    if (o.agents == (agents ? "off" : "on")) continue;
    auto run = o.run;
    run.agents = agents;
    run.folder = folder.path() / (agents ? "agents-on" : "agents-off");
    if (run.server.empty() && std::filesystem::exists(run.folder / "store"))
      return refuse(run.folder.string() + " has the data of an earlier demo already");
    runs.push_back(run_salon(run, interrupted));
  }
  const bool good = std::all_of(runs.begin(), runs.end(),
                                [](const auto& one) { return one.differences.empty(); });
  if (o.json) {
    auto all = workflow::value::empty_array();
    for (const auto& one : runs) all.push_back(to_value(one));
    const auto report = workflow::value::object(
        {{"seed", o.run.salon.seed}, {"days", o.run.days}, {"runs", all}, {"ok", good}});
    std::printf("%s\n", workflow::to_pretty_json(report).c_str());
  } else {
    std::fputs(to_table(runs).c_str(), stdout);
  }
  return good ? exit_completed : exit_faulted;
}

} // namespace

command add_demo(CLI::App& cli) {
  auto o = std::make_shared<demo_options>();
  auto* demo = cli.add_subcommand("demo", "Let a simulated business live against a server");
  demo->require_subcommand(1);
  auto* salon = demo->add_subcommand(
      "salon", "A salon with its customers: agents off against agents on, checked by a ledger");
  auto& r = o->run;
  salon->add_option("--days", r.days, "How many simulated days")->check(CLI::Range(1, 60));
  salon->add_option("--seed", r.salon.seed, "Another seed, another salon");
  salon->add_option("--staff", r.salon.staff)->check(CLI::Range(1, 200));
  salon->add_option("--customers", r.salon.customers)->check(CLI::Range(1, 9'999));
  salon->add_option("--start", o->start, "The first day");
  salon->add_option("--agents", o->agents, "on, off or both (default; on with --server)")
      ->check(CLI::IsMember({"on", "off", "both"}));
  salon->add_option("--speed", o->speed,
                    "Simulated seconds in a real one, or max; default a day in a minute");
  salon->add_option("--owner", o->owner, "Who answers approvals: never, always, human")
      ->check(CLI::IsMember({"never", "always", "human"}));
  salon->add_option("--server", r.server, "URL of a server with --clock manual:...; else its own");
  salon->add_option("--key", r.key, "The key for that server");
  salon->add_option("--kill", r.kills, "Kill its own server so many times and start it again")
      ->check(CLI::Range(0, 100));
  salon->add_option("--keep", o->keep, "Keep the data of its own server in this folder");
  salon->add_flag("--json", o->json, "The result as JSON; progress stays on stderr");
  return [o] { return demo_salon(*o); };
}

} // namespace steward::app
