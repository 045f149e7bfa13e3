#include "workflow/machine/variables.hpp"

#include "workflow/machine/errors.hpp"

#include <chrono>
#include <cstdio>

namespace steward::workflow {

namespace {

/// The version of the engine's rules, not of the program: it changes only when a run may come out
/// differently, since an old run that reads it must replay the same.
constexpr std::string_view rules_version = "1.0.0";

/// `{iso8601, epoch: {seconds, milliseconds}}`
value describe_instant(int64_t time_us) {
  using namespace std::chrono;
  auto since = microseconds{time_us};
  auto epoch =
      value::object({{"seconds", value{int64_t{floor<seconds>(since).count()}}},
                     {"milliseconds", value{int64_t{floor<milliseconds>(since).count()}}}});
  return value::object({{"iso8601", value{instant_text(time_us)}}, {"epoch", std::move(epoch)}});
}

value describe_runtime() {
  return value::object({{"name", value{"steward"}},
                        {"version", value{rules_version}},
                        {"metadata", value::empty_object()}});
}

} // namespace

std::string instant_text(int64_t time_us) {
  using namespace std::chrono;
  auto since = microseconds{time_us};
  auto day = floor<days>(since);
  auto date = year_month_day{sys_days{day}};
  auto clock = hh_mm_ss{floor<milliseconds>(since - day)};
  char text[64];
  std::snprintf(
      text, sizeof(text), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
  return text;
}

value scope_view::lookup(std::string_view name) const {
  auto made = value{};
  if (auto found = local(name, made)) return *found;
  if (name == "context") return branch_.context;
  if (name == "input") return open_.back().input;
  if (name == "output") return output_ ? *output_ : value{};
  if (name == "task") return describe_task();
  if (name == "workflow") return describe_workflow();
  if (name == "runtime") return describe_runtime();
  if (name == "secrets") return secrets();
  return {};
}

/// The specification wants this error for a secret that the workflow can't have.
const value& scope_view::secrets() const {
  for (const auto& declared : run_.what->secrets)
    if (!run_.secrets.find(declared))
      fail_task("authorization", "the secret `" + declared + "` is not there");
  return run_.secrets;
}

/// A loop or catch variable, from the innermost scope outwards, through the branches around.
const value* scope_view::local(std::string_view name, value& made) const {
  if (error_ && (name == error_name_ || name == "error")) return error_;
  for (auto f = open_.rbegin(); f != open_.rend(); ++f)
    if (auto found = local(*f, name, made)) return found;
  for (auto outer = branch_.parent; outer; outer = outer->parent)
    for (auto f = outer->frames.rbegin(); f != outer->frames.rend(); ++f)
      if (auto found = local(*f, name, made)) return found;
  return nullptr;
}

const value* scope_view::local(const frame& f, std::string_view name, value& made) {
  auto number = [&made](size_t index) {
    made = value{static_cast<uint64_t>(index)};
    return &made;
  };
  if (f.loop && f.loop->iterating) {
    const auto& loop = std::get<for_task>(f.what->body);
    if (name == loop.each) return &f.loop->items.items()[f.loop->index];
    if (name == loop.at) return number(f.loop->index);
  }
  if (f.listening && f.listening->iterating) {
    const auto& each = *std::get<listen_task>(f.what->body).each;
    if (name == each.item) return &f.listening->item;
    if (name == each.at) return number(f.listening->index);
  }
  if (f.runs_handler() && name == std::get<try_task>(f.what->body).as) return &f.attempt->caught;
  return nullptr;
}

value scope_view::describe_task() const {
  const auto& f = open_.back();
  if (!f.what) return {};
  auto members = std::vector<member>{};
  if (spread_definition_ && f.what->definition.is_object())
    for (const auto& [key, item] : f.what->definition.members())
      if (key.as_string() != "input" && key.as_string() != "output")
        members.emplace_back(key, item);
  members.emplace_back("name", value{f.what->name});
  members.emplace_back("reference", value{f.what->pointer});
  members.emplace_back("definition", f.what->definition);
  members.emplace_back("input", f.raw_input);
  if (raw_output_) members.emplace_back("output", *raw_output_);
  members.emplace_back("startedAt", describe_instant(f.started_us));
  return value::object(std::move(members));
}

value scope_view::describe_workflow() const {
  return value::object({{"id", value{run_.id}},
                        {"definition", run_.what->document},
                        {"input", run_.input},
                        {"startedAt", describe_instant(run_.started_us)}});
}

} // namespace steward::workflow
