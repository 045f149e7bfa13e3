#include "workflow/json.hpp"
#include "workflow/machine/errors.hpp"
#include "workflow/reader/fields.hpp"
#include "workflow/reader/nearest.hpp"
#include "workflow/reader/source.hpp"
#include "workflow/simulation/scenario.hpp"

#include <algorithm>
#include <array>

namespace steward::workflow::simulation {

namespace {

using namespace reader;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c & ~0x20) : c; }

bool check_array(problem_list& problems, const place& where, std::string_view what) {
  if (where.content().is_array()) return true;
  problems.at(where,
              std::string{what} + " must be an array, but is " +
                  std::string{describe(where.content())},
              "an array");
  return false;
}

std::optional<int64_t> read_count(problem_list& problems, const fields& f, std::string_view name,
                                  int64_t low, int64_t high) {
  auto where = f.get(name);
  if (!where) return std::nullopt;
  const auto& v = where->content();
  if (v.is_int() && v.as_int() >= low && v.as_int() <= high) return v.as_int();
  auto range = "a whole number from " + std::to_string(low) + " to " + std::to_string(high);
  problems.at(*where, "\"" + std::string{name} + "\" must be " + range, range);
  return std::nullopt;
}

void read_length(problem_list& problems, const fields& f, std::string_view name, duration& into) {
  auto where = f.get(name);
  if (!where) return;
  if (auto length = read_duration(where->content()))
    into = *length;
  else
    problems.at(*where, "\"" + std::string{name} + "\" is no length of time", length.error());
}

/// RFC 3339, by the expression engine's reading of it.
std::optional<int64_t> read_instant(problem_list& problems, const fields& f,
                                    std::string_view name) {
  struct no_variables : variable_source {
    value lookup(std::string_view) const override { return {}; }
  };
  static const auto program = expression::compile("fromdate");
  auto text = f.text(name);
  if (!text) return std::nullopt;
  auto seconds = program->evaluate_one(value{*text}, no_variables{}, 0);
  if (seconds && seconds->is_number()) return static_cast<int64_t>(seconds->as_double() * 1e6);
  problems.at(*f.get(name), "\"" + *text + "\" is no instant",
              "an instant in UTC, such as '2025-01-31T12:00:00Z'");
  return std::nullopt;
}

call_match read_match(problem_list& problems, const place& where) {
  auto match = call_match{};
  auto f = fields{problems, where, "\"match\"", {"method", "url"}};
  match.method = f.text("method").value_or("");
  std::ranges::transform(match.method, match.method.begin(), upper);
  match.url = f.text("url").value_or("");
  if (match.url.empty()) return match;
  auto compiled = compile_url_pattern(match.url);
  if (compiled)
    match.pattern = *compiled;
  else
    problems.at(*f.get("url"), "\"url\" is no regular expression: " + compiled.error(),
                "an address with * for any characters, or /a regular expression/");
  return match;
}

service_answer read_answer(problem_list& problems, const place& where) {
  auto answer = service_answer{};
  auto f = fields{problems, where, "an answer", {"status", "headers", "body", "delay", "failure"}};
  if (!f.is_object()) return answer;
  answer.status = static_cast<int>(read_count(problems, f, "status", 100, 599).value_or(200));
  read_length(problems, f, "delay", answer.delay);
  if (auto failure = f.word("failure", {"timeout", "unreachable"}))
    answer.fails = *failure == "timeout" ? service_answer::failure::timeout
                                         : service_answer::failure::unreachable;
  auto is_text = false;
  if (auto body = f.get("body")) {
    is_text = body->content().is_string();
    answer.body = is_text ? std::string{body->content().as_string()} : to_json(body->content());
  }
  auto typed = false;
  if (auto headers = f.get("headers"); headers && check_object(problems, *headers, "\"headers\""))
    for (size_t i = 0; i < headers->size(); ++i) {
      auto header = place{*headers, i};
      auto name = std::string{header.key()};
      std::ranges::transform(name, name.begin(), lower);
      typed = typed || name == "content-type";
      if (auto text = read_text(problems, header, "a header"))
        answer.headers.emplace_back(std::move(name), *std::move(text));
    }
  if (!typed)
    answer.headers.emplace_back("content-type", is_text ? "text/plain" : "application/json");
  return answer;
}

service read_service(problem_list& problems, const place& where) {
  auto s = service{};
  auto f = fields{problems, where, "a service", {"match", "answers"}};
  if (auto match = f.get("match")) s.match = read_match(problems, *match);
  auto answers = f.require("answers");
  if (!answers || !check_array(problems, *answers, "\"answers\"")) return s;
  if (answers->size() == 0)
    problems.at(*answers, "a service has no answers", "at least one answer");
  for (size_t i = 0; i < answers->size(); ++i)
    s.answers.push_back(read_answer(problems, place{*answers, i}));
  return s;
}

run_error read_child_error(problem_list& problems, const place& where) {
  auto f = fields{problems, where, "\"error\"", {"type", "status", "title", "detail"}};
  auto e = standard_error("runtime", f.text("detail").value_or(""));
  if (auto type = f.text("type"))
    e.type = type->find('/') == type->npos ? error_type(*type) : *type;
  if (auto status = read_count(problems, f, "status", 100, 599)) e.status = *status;
  if (auto title = f.text("title")) e.title = *title;
  return e;
}

void read_children(problem_list& problems, const place& where, scenario& into) {
  if (!check_object(problems, where, "\"children\"")) return;
  for (size_t i = 0; i < where.size(); ++i) {
    auto child = place{where, i};
    auto plan = child_plan{};
    if (child.key().find('/') == std::string_view::npos)
      problems.at_key(child, "\"" + std::string{child.key()} + "\" names no workflow",
                      "namespace/name");
    auto f = fields{problems, child, "a child", {"output", "error", "file", "delay"}};
    if (auto output = f.get("output")) plan.output = output->content();
    if (auto error = f.get("error")) plan.error = read_child_error(problems, *error);
    plan.file = f.text("file").value_or("");
    read_length(problems, f, "delay", plan.delay);
    if (f.has("output") + f.has("error") + f.has("file") > 1)
      problems.at(child, "a child ends in one way", "one of \"output\", \"error\" and \"file\"");
    into.children.emplace(std::string{child.key()}, std::move(plan));
  }
}

void read_events(problem_list& problems, const place& where, scenario& into) {
  into.events.emplace();
  if (!check_array(problems, where, "\"events\"")) return;
  for (size_t i = 0; i < where.size(); ++i) {
    auto one = place{where, i};
    auto plan = event_plan{};
    auto f = fields{problems, one, "an event", {"after", "at", "event"}};
    read_length(problems, f, "after", plan.after);
    plan.at_us = read_instant(problems, f, "at");
    if (f.has("after") && f.has("at"))
      problems.at(one, "an event comes at one time", "one of \"after\" and \"at\"");
    auto event = f.require("event");
    if (event && check_object(problems, *event, "\"event\"")) {
      auto type = event->content().find("type");
      if (!type || !type->is_string() || type->size() == 0)
        problems.at(*event, "the event has no \"type\"", "a CloudEvent's attributes and \"data\"");
      plan.event = event->content();
    }
    into.events->push_back(std::move(plan));
  }
}

void read_calls(problem_list& problems, const place& where, expectation& into) {
  if (!check_array(problems, where, "\"calls\"")) return;
  for (size_t i = 0; i < where.size(); ++i) {
    auto one = place{where, i};
    auto f = fields{problems, one, "a call", {"match", "count", "atLeast", "atMost"}};
    auto call = call_expectation{};
    if (auto match = f.require("match")) call.match = read_match(problems, *match);
    constexpr int64_t most = 1'000'000'000;
    call.count = read_count(problems, f, "count", 0, most);
    call.at_least = read_count(problems, f, "atLeast", 0, most);
    call.at_most = read_count(problems, f, "atMost", 0, most);
    if (!f.has("count") && !f.has("atLeast") && !f.has("atMost")) call.at_least = 1;
    into.calls.push_back(std::move(call));
  }
}

void read_expectation(problem_list& problems, const place& where, scenario& into) {
  auto f = fields{problems, where, "\"expect\"", {"status", "output", "check", "error", "calls"}};
  auto e = expectation{};
  e.status = f.word("status", {"completed", "faulted", "cancelled", "waiting"}).value_or("");
  if (auto output = f.get("output")) e.output = output->content();
  e.error = f.text("error").value_or("");
  if (e.status.empty() && !e.error.empty()) e.status = "faulted";
  if (e.status.empty() && (e.output || f.has("check"))) e.status = "completed";
  if (auto source = f.text("check")) {
    auto check = expression::compile(*source);
    if (check && check->free_variables().empty())
      e.check = *std::move(check);
    else if (check)
      problems.at(*f.get("check"),
                  "\"check\" knows no variables, and no $" + *check->free_variables().begin(),
                  "a jq program about the output");
    else
      problems.in_text(*f.get("check"), check.error().offset, check.error().reason,
                       "a jq program about the output");
  }
  if (auto calls = f.get("calls")) read_calls(problems, *calls, e);
  into.expect = std::move(e);
}

void read_faults(problem_list& problems, const place& where, fault_rates& into) {
  const std::array known{std::pair{std::string_view{"serverError"}, &into.server_error},
                         std::pair{std::string_view{"timeout"}, &into.timeout},
                         std::pair{std::string_view{"unreachable"}, &into.unreachable},
                         std::pair{std::string_view{"slow"}, &into.slow},
                         std::pair{std::string_view{"brokenJson"}, &into.broken_json},
                         std::pair{std::string_view{"duplicate"}, &into.duplicate},
                         std::pair{std::string_view{"early"}, &into.early},
                         std::pair{std::string_view{"late"}, &into.late},
                         std::pair{std::string_view{"outOfOrder"}, &into.out_of_order},
                         std::pair{std::string_view{"crash"}, &into.crash},
                         std::pair{std::string_view{"suspend"}, &into.suspend},
                         std::pair{std::string_view{"cancel"}, &into.cancel}};
  auto names = std::vector<std::string_view>{};
  for (const auto& [name, rate] : known) names.push_back(name);
  auto f = fields{problems, where, "\"faults\"", names};
  for (const auto& [name, rate] : known) {
    auto given = f.get(name);
    if (!given) continue;
    const auto& v = given->content();
    if (v.is_number() && v.as_double() >= 0 && v.as_double() <= 1)
      *rate = v.as_double();
    else
      problems.at(*given, "\"" + std::string{name} + "\" must be a rate", "a number from 0 to 1");
  }
}

void read_whole(problem_list& problems, const place& top, scenario& into) {
  auto f = fields{problems,
                  top,
                  "the scenario",
                  {"input", "inputs", "start", "services", "children", "events", "secrets",
                   "faults", "expect"}};
  if (!f.is_object()) return;
  if (auto input = f.get("input")) into.inputs.push_back(input->content());
  if (auto inputs = f.get("inputs"); inputs && check_array(problems, *inputs, "\"inputs\""))
    for (const auto& input : inputs->content().items()) into.inputs.push_back(input);
  if (f.has("input") && f.has("inputs"))
    problems.at_key(*f.get("inputs"), "there are \"input\" and \"inputs\"", "one of them");
  if (auto start = read_instant(problems, f, "start")) into.start_us = *start;
  if (auto services = f.get("services");
      services && check_array(problems, *services, "\"services\""))
    for (size_t i = 0; i < services->size(); ++i)
      into.services.push_back(read_service(problems, place{*services, i}));
  if (auto children = f.get("children")) read_children(problems, *children, into);
  if (auto events = f.get("events")) read_events(problems, *events, into);
  if (auto secrets = f.get("secrets"); secrets && check_object(problems, *secrets, "\"secrets\""))
    into.secrets = secrets->content();
  if (auto faults = f.get("faults")) read_faults(problems, *faults, into.faults);
  if (auto expect = f.get("expect")) read_expectation(problems, *expect, into);
}

} // namespace

outcome<scenario, std::vector<definition_problem>> read_scenario(std::string_view text) {
  auto limits = reader_limits{};
  auto found = std::vector<source_problem>{};
  auto root = read_source(text, limits, found);
  auto problems = problem_list{limits.problems};
  for (auto& p : found) problems.add({}, p.at, std::move(p.message), std::move(p.expected));
  auto result = scenario{};
  if (root) read_whole(problems, place{*root}, result);
  if (!problems.empty()) return failed{std::move(problems).take()};
  return result;
}

} // namespace steward::workflow::simulation
