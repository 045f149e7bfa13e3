#include "app/commands.hpp"
#include "app/files.hpp"
#include "connectors/resource_fetcher.hpp"
#include "workflow/json.hpp"
#include "workflow/simulation/report.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <filesystem>
#include <fstream>

namespace steward::app {

namespace {

namespace simulation = workflow::simulation;

struct simulate_options {
  std::string file, scenario, faults = "http,events,crash", json, junit;
  uint64_t seeds = 100;
  std::optional<uint64_t> seed;
  double require_coverage = 0;
};

std::shared_ptr<const workflow::definition> read_workflow(const std::string& file) {
  const auto text = read_file(file);
  if (!text) return nullptr;
  connectors::resource_fetcher fetcher{{}, {}};
  const auto read = workflow::read_definition(*text, {}, &fetcher);
  if (read) return *read;
  print_problems(file, read.error());
  return nullptr;
}

/// With the definitions of children that are simulated too; their paths are seen from the scenario.
std::optional<simulation::scenario> read_scenario(const std::string& file) {
  if (file.empty()) return simulation::scenario{};
  const auto text = read_file(file);
  if (!text) return std::nullopt;
  auto read = simulation::read_scenario(*text);
  if (!read) {
    print_problems(file, read.error());
    return std::nullopt;
  }
  const auto folder = std::filesystem::path{file}.parent_path();
  for (auto& [name, child] : read->children) {
    if (child.file.empty()) continue;
    child.what = read_workflow((folder / child.file).string());
    if (!child.what) return std::nullopt;
  }
  return std::move(*read);
}

/// "http,events,crash,control", "none" or "all".
std::optional<simulation::fault_classes> read_faults(const std::string& text) {
  if (text == "all") return simulation::fault_classes{true, true, true, true};
  auto faults = simulation::fault_classes{false, false, false, false};
  if (text == "none") return faults;
  auto words = std::stringstream{text};
  for (std::string word; std::getline(words, word, ',');) {
    if (word == "http")
      faults.http = true;
    else if (word == "events")
      faults.events = true;
    else if (word == "crash")
      faults.crash = true;
    else if (word == "control")
      faults.control = true;
    else
      return std::nullopt;
  }
  return faults;
}

bool write_file(const std::string& path, const std::string& text) {
  if (path.empty()) return true;
  auto file = std::ofstream{path, std::ios::binary};
  file << text;
  file.close();
  if (file) return true;
  std::fprintf(stderr, "steward: %s can't be written\n", path.c_str());
  return false;
}

/// As a shell takes it.
std::string quoted(const std::string& word) {
  constexpr auto plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/,=";
  if (!word.empty() && word.find_first_not_of(plain) == word.npos) return word;
  auto out = std::string{"'"};
  for (const char c : word) out += c == '\'' ? std::string{"'\\''"} : std::string{c};
  return out + "'";
}

int simulate_file(const simulate_options& o) {
  const auto faults = read_faults(o.faults);
  if (!faults) {
    std::fprintf(stderr,
                 "steward: --faults %s is not a list of http, events, crash and control, and not "
                 "none or all\n",
                 o.faults.c_str());
    return exit_invalid;
  }
  const auto what = read_workflow(o.file);
  const auto scenario = read_scenario(o.scenario);
  if (!what || !scenario) return exit_invalid;
  auto options = simulation::simulation_options{};
  options.faults = *faults;
  options.first_seed = o.seed.value_or(0);
  options.seeds = o.seed ? 1 : o.seeds;
  options.trace = o.seed.has_value();
  auto shown = simulation::report_options{};
  shown.require_coverage = o.require_coverage;
  shown.replay = "steward simulate " + quoted(o.file);
  if (!o.scenario.empty()) shown.replay += " --scenario " + quoted(o.scenario);
  shown.replay += " --faults " + quoted(o.faults) + " --seed ";
  const auto report = simulation::simulate(what, *scenario, options);
  std::fputs(simulation::to_text(report, shown).c_str(), stdout);
  const auto written =
      write_file(o.json, workflow::to_pretty_json(simulation::to_value(report, shown)) + "\n") &&
      write_file(o.junit, simulation::to_junit(report, shown));
  return written && simulation::is_good(report, shown) ? exit_completed : exit_faulted;
}

} // namespace

command add_simulate(CLI::App& cli) {
  auto o = std::make_shared<simulate_options>();
  auto* sub = cli.add_subcommand(
      "simulate", "Run a workflow under virtual time with faults, many times; docs/simulate.md");
  sub->add_option("FILE", o->file, "The definition, YAML or JSON; - for standard input")
      ->required();
  sub->add_option("--scenario", o->scenario, "The world around it; without, answers are made up");
  sub->add_option("--seeds", o->seeds, "How many lives, from seed 0")
      ->check(CLI::Range(uint64_t{1}, uint64_t{1'000'000}));
  sub->add_option("--seed", o->seed, "Only this one, with its trace");
  sub->add_option("--faults", o->faults, "Of http,events,crash,control; none; all");
  sub->add_option("--require-coverage", o->require_coverage, "Percent; fails below")
      ->check(CLI::Range(0.0, 100.0));
  sub->add_option("--json", o->json, "Write the report to this file");
  sub->add_option("--junit", o->junit, "Write the report to this file, as JUnit's XML");
  return [o] { return simulate_file(*o); };
}

} // namespace steward::app
