#include "workflow/simulation/judge.hpp"

#include "workflow/json.hpp"
#include "workflow/machine/errors.hpp"

#include <algorithm>

namespace steward::workflow::simulation {

namespace {

std::string last_segment(const std::string& type) { return type.substr(type.rfind('/') + 1); }

std::string_view status_of(const life_report& life) {
  switch (life.how) {
  case life_report::end::completed:
    return "completed";
  case life_report::end::faulted:
    return "faulted";
  case life_report::end::cancelled:
    return "cancelled";
  case life_report::end::endless:
    return "waiting";
  }
  return "waiting";
}

/// An error that the faults make, or that the definition raises itself. What its own expressions
/// make of a fault is its author's mistake.
bool is_excused(const life_report& life) {
  if (life.how == life_report::end::cancelled) return life.cancelled_by_us;
  if (life.how != life_report::end::faulted || life.faults == 0) return false;
  return !same_error_type(life.error->type, error_type("expression")) &&
         !same_error_type(life.error->type, error_type("runtime"));
}

bool holds(const expression& check, const value& output) {
  struct no_variables : variable_source {
    value lookup(std::string_view) const override { return {}; }
  };
  auto result = check.evaluate_one(output, no_variables{}, 0);
  return result && *result == value{true};
}

std::string check_calls(const life_report& life, const call_expectation& expected) {
  auto count = int64_t{0};
  for (const auto& [key, work] : life.work)
    if (expected.match.matches(work.method, work.url)) ++count;
  auto wrong = (expected.count && count != *expected.count) ||
               (expected.at_least && count < *expected.at_least) ||
               (expected.at_most && count > *expected.at_most);
  if (!wrong) return {};
  auto text = "calls of " + (expected.match.method.empty() ? "any method" : expected.match.method) +
              " " + (expected.match.url.empty() ? "*" : expected.match.url) + ": " +
              std::to_string(count) + ", expected";
  if (expected.count) text += " " + std::to_string(*expected.count);
  if (expected.at_least) text += " at least " + std::to_string(*expected.at_least);
  if (expected.at_most) text += " at most " + std::to_string(*expected.at_most);
  return text;
}

void check_expected(const life_report& life, const expectation& e,
                    std::vector<std::string>& problems) {
  auto status = status_of(life);
  if (!e.status.empty() && status != e.status) {
    problems.push_back("expected to be " + e.status + ", but: " + outcome_of(life));
    return;
  }
  if (e.output && life.output != *e.output)
    problems.push_back("the output is " + to_json(life.output) + ", expected " +
                       to_json(*e.output));
  if (e.check && !holds(*e.check, life.output))
    problems.push_back("the check `" + e.check->source() + "` does not hold of the output " +
                       to_json(life.output));
  if (!e.error.empty() && life.error && !same_error_type(life.error->type, e.error) &&
      last_segment(life.error->type) != e.error)
    problems.push_back("the error is " + life.error->type + ", expected " + e.error);
  for (const auto& call : e.calls)
    if (auto wrong = check_calls(life, call); !wrong.empty()) problems.push_back(wrong);
}

} // namespace

std::string outcome_of(const life_report& life) {
  auto text = std::string{status_of(life)};
  if (life.how == life_report::end::faulted)
    return text + ": " + last_segment(life.error->type) + " " + std::to_string(life.error->status);
  if (life.how == life_report::end::endless)
    return "never ends: " + (life.waits_for.empty() ? "waits for nothing" : life.waits_for);
  return text;
}

std::vector<std::string> judge(const life_report& life, const expectation* expected) {
  auto problems = std::vector<std::string>{};
  for (const auto& what : life.broken)
    if (std::ranges::find(problems, what) == problems.end()) problems.push_back(what);
  if (life.how == life_report::end::endless && life.waits_for.empty())
    problems.push_back("the run is not at its end, but waits for nothing");
  if (expected && !is_excused(life)) check_expected(life, *expected, problems);
  return problems;
}

} // namespace steward::workflow::simulation
