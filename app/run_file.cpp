#include "app/ask.hpp"
#include "app/commands.hpp"
#include "app/files.hpp"
#include "app/runtime.hpp"
#include "connectors/resource_fetcher.hpp"
#include "store/sqlite/engine.hpp"
#include "workflow/duration.hpp"
#include "workflow/json.hpp"

#include <CLI/CLI.hpp>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <cstdio>
#include <filesystem>
#include <unistd.h>

namespace steward::app {

namespace {

using namespace std::chrono_literals;
using workflow::value;

constexpr char tenant[] = "default";

struct run_options {
  std::string file;
  std::vector<std::string> with;
  std::string input = "null";
  std::string timeout = "30s";
  bool verbose = false;
};

/// A folder that is gone when the command ends.
class throwaway_folder {
public:
  throwaway_folder() {
    auto pattern = (std::filesystem::temp_directory_path() / "steward-run-XXXXXX").string();
    if (!::mkdtemp(pattern.data())) throw std::runtime_error("no temporary folder can be made");
    path_ = pattern;
  }
  ~throwaway_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  throwaway_folder(const throwaway_folder&) = delete;
  throwaway_folder& operator=(const throwaway_folder&) = delete;
  const std::filesystem::path& path() const { return path_; }

private:
  std::filesystem::path path_;
};

/// "30s", "500ms", "2m", "1h", or ISO 8601.
std::optional<std::chrono::milliseconds> read_timeout(const std::string& text) {
  if (const auto iso = workflow::parse_duration(text))
    return std::chrono::milliseconds{iso->after(0) / 1000};
  size_t digits = 0;
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') ++digits;
  if (digits == 0 || digits > 9) return std::nullopt;
  const auto count = std::stoll(text.substr(0, digits));
  const auto unit = text.substr(digits);
  if (unit == "ms") return std::chrono::milliseconds{count};
  if (unit == "s" || unit.empty()) return std::chrono::seconds{count};
  if (unit == "m") return std::chrono::minutes{count};
  if (unit == "h") return std::chrono::hours{count};
  return std::nullopt;
}

std::optional<std::string> read_input(const std::string& option) {
  if (option == "-") return read_file("-");
  if (option.starts_with('@')) return read_file(option.substr(1));
  return option;
}

/// Reads the definition for its problems' places, then deploys it. The workflow's reference.
std::optional<workflow_ref> deploy(runtime& steward, const std::string& file) {
  auto text = read_file(file);
  if (!text) return std::nullopt;
  connectors::resource_fetcher fetcher{{}, {}};
  const auto read = workflow::read_definition(*text, {}, &fetcher);
  if (!read) {
    print_problems(file, read.error());
    return std::nullopt;
  }
  const auto answer =
      ask(steward.shared()->library, deploy_workflow{tenant, std::move(*text)}, 10s);
  if (answer.what == reply::kind::failed) {
    std::fprintf(stderr, "steward: %s: %s\n", file.c_str(), answer.why.detail.c_str());
    return std::nullopt;
  }
  return (*read)->ref;
}

/// Prints the steps that were not printed before.
class progress_printer {
public:
  void show(runtime& steward, const run_id& run) {
    const auto answer = ask(steward.shared()->queries, get_history{tenant, run}, 2s);
    if (answer.what == reply::kind::failed) return;
    const auto history = workflow::parse_json(answer.json);
    if (!history) return;
    const auto items = history->get("items");
    for (; shown_ < items.size(); ++shown_) print(items.items()[shown_]);
  }

private:
  static void print(const value& step) {
    const auto type = step.get("type"), task = step.get("task"), data = step.get("data"),
               time = step.get("time");
    std::string line{type.as_string()};
    if (line.starts_with("io.serverlessworkflow.")) line = line.substr(22, line.size() - 25);
    if (task.is_string()) line += " " + std::string{task.as_string()};
    if (const auto* error = data.find("error")) line += " " + workflow::to_json(*error);
    if (const auto* delay = data.find("delay_ms"))
      line += " (again in " + workflow::to_json(*delay) + " ms)";
    std::fprintf(stderr, "%s  %s\n", std::string{time.as_string()}.c_str(), line.c_str());
  }
  size_t shown_ = 0;
};

/// The ended run's document, or nothing when the time is over.
std::optional<value> wait_for_end(runtime& steward, const run_id& run,
                                  std::chrono::milliseconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  const bool live = ::isatty(STDERR_FILENO) != 0;
  progress_printer printer;
  while (true) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    if (live) printer.show(steward, run);
    if (left.count() <= 0) return std::nullopt;
    // Waits for the end; comes back in between only to show progress.
    question q;
    const auto step = live ? std::min<std::chrono::milliseconds>(left, 200ms) : left;
    if (const auto handle = steward.shared()->tenant_or_loader(tenant))
      caf::anon_send(handle, await_run{tenant, run, step}, q.slot());
    const auto answer = q.wait(step + 5s);
    if (!answer || answer->what == reply::kind::failed) continue;
    auto document = workflow::parse_json(answer->json);
    if (!document) continue;
    const auto status = document->get("status");
    const auto known = workflow::run_status_from(status.as_string());
    if (!known || !workflow::is_final(*known)) continue;
    if (live) printer.show(steward, run);
    return std::move(*document);
  }
}

int report(const value& run) {
  const auto status = run.get("status");
  if (status.as_string() == "completed") {
    std::printf("%s\n", workflow::to_json(run.get("output")).c_str());
    return exit_completed;
  }
  std::fprintf(stderr, "steward: the run is %s\n%s\n", std::string{status.as_string()}.c_str(),
               workflow::to_pretty_json(run.get("error")).c_str());
  return exit_faulted;
}

int run_file(const run_options& o) {
  spdlog::set_default_logger(spdlog::stderr_logger_mt("steward"));
  spdlog::set_level(o.verbose ? spdlog::level::info : spdlog::level::critical);
  const auto limit = read_timeout(o.timeout);
  if (!limit) {
    std::fprintf(stderr, "steward: --timeout %s is not a duration such as 30s, 500ms or PT1M\n",
                 o.timeout.c_str());
    return exit_invalid;
  }
  const auto input = read_input(o.input);
  if (!input) return exit_invalid;
  if (const auto parsed = workflow::parse_json(*input); !parsed) {
    std::fprintf(stderr, "steward: the input is not JSON: %s at byte %zu\n",
                 parsed.error().reason.c_str(), parsed.error().offset);
    return exit_invalid;
  }
  const throwaway_folder folder;
  auto engine = store::sqlite::open({folder.path() / "run.db", false});
  if (!engine) {
    std::fprintf(stderr, "steward: %s\n", engine.error().reason.c_str());
    return exit_faulted;
  }
  runtime steward{config::settings{}, std::move(*engine)};
  for (const auto& file : o.with)
    if (!deploy(steward, file)) return exit_invalid;
  const auto ref = deploy(steward, o.file);
  if (!ref) return exit_invalid;
  const auto started =
      ask(steward.shared()->tenants,
          start_run{tenant, ref->namespace_, ref->name, ref->version, *input, "", 0ms}, 10s);
  if (started.what == reply::kind::failed) {
    std::fprintf(stderr, "steward: %s\n", started.why.detail.c_str());
    return exit_faulted;
  }
  const auto document = workflow::parse_json(started.json);
  const auto id_text = document ? document->get("id") : value{};
  const auto id = id_text.is_string() ? run_id::parse(id_text.as_string()) : std::nullopt;
  if (!id) {
    std::fprintf(stderr, "steward: the run could not be followed\n");
    return exit_faulted;
  }
  const auto ended = wait_for_end(steward, *id, *limit);
  if (!ended) {
    std::fprintf(stderr, "steward: the run did not end within %s\n", o.timeout.c_str());
    return exit_faulted;
  }
  return report(*ended);
}

} // namespace

command add_run(CLI::App& cli) {
  auto o = std::make_shared<run_options>();
  auto* sub = cli.add_subcommand("run", "Run one workflow to its end, with a throwaway store");
  sub->add_option("FILE", o->file, "The definition, YAML or JSON; - for standard input")
      ->required();
  sub->add_option("--input", o->input, "JSON, @file, or - for standard input");
  sub->add_option("--timeout", o->timeout, "How long to wait for the end, e.g. 30s");
  sub->add_option("--with", o->with, "Definitions that the workflow starts as children");
  sub->add_flag("--verbose", o->verbose, "Log to stderr");
  return [o] { return run_file(*o); };
}

} // namespace steward::app
