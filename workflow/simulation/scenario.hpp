#pragma once

#include "workflow/machine.hpp"
#include "workflow/reader.hpp"

#include <map>

namespace re2 {
class RE2;
}

/// The world in which a workflow is simulated, as its author declares it (docs/simulate.md).
namespace steward::workflow::simulation {

/// Which calls are meant.
struct call_match {
  std::string method; ///< Upper case; empty: any.
  std::string url;    ///< As written: a glob with `*`, or `/a regular expression/`; empty: any.
  std::shared_ptr<const re2::RE2> pattern; ///< Of the url; null when it is empty.

  bool matches(std::string_view called_method, std::string_view called_url) const;
};

struct service_answer {
  enum class failure : uint8_t { none, timeout, unreachable };
  failure fails = failure::none; ///< Otherwise what follows does not count, but for the delay.
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers; ///< Names in lower case.
  std::string body = "{}";
  duration delay{0, 50'000};
};
/// Answers in sequence, the last again and again. At least one.
struct service {
  call_match match;
  std::vector<service_answer> answers;
};

/// How a child workflow ends. With a `file` it is simulated as well.
struct child_plan {
  value output = value::empty_object();
  std::optional<run_error> error;
  duration delay{0, 1'000'000};
  std::string file;                       ///< As written; empty: the end is declared.
  std::shared_ptr<const definition> what; ///< Of the file, by whoever reads files.
};

/// A CloudEvent that comes by itself.
struct event_plan {
  duration after;               ///< From the run's start.
  std::optional<int64_t> at_us; ///< Or at this instant.
  value event;
};

/// What must be so when the run has ended.
struct call_expectation {
  call_match match;
  std::optional<int64_t> count, at_least,
      at_most; ///< Of different pieces of work, not of attempts.
};
struct expectation {
  std::string status; ///< "completed", "faulted", "cancelled" or "waiting"; empty: any.
  std::optional<value> output;
  std::optional<expression> check; ///< True of the output.
  std::string error;               ///< Type of the error, or its last segment; empty: any.
  std::vector<call_expectation> calls;
};

/// How likely each fault is at each opportunity for it, 0 to 1.
struct fault_rates {
  double server_error = 0.06, timeout = 0.03, unreachable = 0.03, slow = 0.05, broken_json = 0.02;
  double duplicate = 0.15, early = 0.15, late = 0.1, out_of_order = 0.15;
  double crash = 0.1;
  double suspend = 0.02, cancel = 0.005;
};

struct scenario {
  int64_t start_us = 1'735'689'600'000'000; ///< 2025-01-01.
  std::vector<value> inputs;                ///< Seeds take turns; empty: made from the schema.
  std::vector<service> services;            ///< The first that matches answers; none: 200 and {}.
  std::map<std::string, child_plan, std::less<>> children; ///< By "namespace/name".
  std::optional<std::vector<event_plan>> events;           ///< None: made for whoever listens.
  value secrets = value::empty_object();
  fault_rates faults;
  std::optional<expectation> expect;
};

/// Reads and checks a scenario, YAML or JSON; tells every problem at once.
outcome<scenario, std::vector<definition_problem>> read_scenario(std::string_view text);

/// `*` stands for any characters; `/.../` is a regular expression that is found anywhere.
outcome<std::shared_ptr<const re2::RE2>, std::string> compile_url_pattern(std::string_view text);

} // namespace steward::workflow::simulation
