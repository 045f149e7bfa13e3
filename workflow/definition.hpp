#pragma once

#include "workflow/duration.hpp"
#include "workflow/expression.hpp"
#include "workflow/schedule/plan.hpp"
#include "workflow/schema.hpp"
#include "workflow/template.hpp"
#include "workflow/value.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

/// A workflow definition (CNCF Serverless Workflow DSL 1.0) that has been read, checked and
/// compiled: what the machine runs. Plain immutable data, shared by all runs of that version.
/// `workflow/reader.hpp` makes it from text; whatever is in here is valid and supported.
namespace steward::workflow {

namespace schema {
class pattern;
}

struct task;
/// Tasks of one scope, in order. A `then` names one of them by index.
using task_list = std::vector<task>;

/// Where flow goes after a task.
struct flow {
  enum class kind : uint8_t { next, exit, end, jump };
  kind what = kind::next; ///< next: `continue`; exit: leave this scope; end: end the workflow.
  size_t target = 0;      ///< jump: index into the same task list.
};

/// `input:` of a workflow or task.
struct input_filter {
  std::optional<json_schema> schema;
  std::optional<value_template> from;
};
/// `output:` and `export:`.
struct output_filter {
  std::optional<value_template> as;
  std::optional<json_schema> schema;
};

/// A duration that is known, or an expression that gives an ISO 8601 text or a duration object.
using duration_source = std::variant<duration, expression>;

/// An error as written: each text may be an expression. `type` and `status` are always set.
struct error_template {
  value_template type;
  value_template status;
  std::optional<value_template> instance; ///< Default: the pointer of the raising task.
  std::optional<value_template> title;
  std::optional<value_template> detail;
};

struct do_task {
  task_list tasks;
};
struct set_task {
  value_template what;
};
struct switch_case {
  std::string name;
  std::optional<expression> when; ///< None: the default case.
  flow then;
};
struct switch_task {
  std::vector<switch_case> cases;
};
struct for_task {
  std::string each = "item";
  std::string at = "index";
  value_template in;
  std::optional<expression> while_;
  task_list tasks;
};
struct retry_policy {
  enum class growth : uint8_t { constant, linear, exponential };
  std::optional<expression> when;
  std::optional<expression> except_when;
  std::optional<duration_source> delay;
  growth backoff = growth::constant;
  std::optional<uint64_t> attempt_count;           ///< limit.attempt.count: retries at most.
  std::optional<duration_source> attempt_duration; ///< limit.attempt.duration
  std::optional<duration_source> total_duration;   ///< limit.duration
  std::optional<std::pair<duration_source, duration_source>> jitter; ///< from, to
};
/// `catch.errors.with`: what is set must match. Types match by their last segment when both are of
/// one of the specification's families, else exactly.
struct error_filter {
  std::optional<std::string> type;
  std::optional<int64_t> status;
  std::optional<std::string> instance;
  std::optional<std::string> title;
  std::optional<std::string> detail;
};
struct try_task {
  task_list tasks;
  std::optional<error_filter> with;
  std::string as = "error";
  std::optional<expression> when;
  std::optional<expression> except_when;
  std::optional<retry_policy> retry;
  task_list handler; ///< catch.do; may be empty.
  flow then;         ///< catch.then: where flow goes after the handler.
};
struct raise_task {
  error_template error;
};
struct wait_task {
  duration_source length;
};

enum class auth_scheme : uint8_t { basic, bearer, digest, oauth2, oidc };
/// An authentication policy. Whoever sends the request resolves it: the machine only says what was
/// written, so that tokens are fetched, cached and renewed outside of it.
struct authentication {
  auth_scheme scheme = auth_scheme::basic;
  value_template properties; ///< An object, as the language writes the scheme's properties.
  std::string secret;        ///< `use`: the secret that holds the properties instead; else empty.
};

/// `output` of calls: what of the response becomes the task's output.
enum class call_result : uint8_t { content, raw, response };

struct call_http_task {
  std::string method; ///< Upper case.
  /// Text with `{name}` placeholders (RFC 6570 level 1, from the task input's top level), or an
  /// expression that gives the whole address.
  value_template endpoint;
  bool endpoint_is_template = false;
  std::optional<authentication> auth;
  std::optional<value_template> headers; ///< Gives an object of texts.
  std::optional<value_template> query;   ///< Gives an object.
  std::optional<value_template> body;
  call_result output = call_result::content;
  bool redirect = false; ///< true: redirects are followed and 3xx is no error.
};

/// One operation of an OpenAPI 3.x or Swagger 2.0 document, resolved when the definition was read.
struct api_operation {
  /// form: a member of the body, whatever its content type; body: the body as a whole.
  enum class place : uint8_t { path, query, header, cookie, form, body };
  struct parameter {
    std::string name;
    place in = place::query;
    bool required = false;
    /// The document's `style` (or collectionFormat in its terms): form, spaceDelimited, simple,
    /// ...; "json" for a text of JSON.
    std::string style;
    bool explode = false;
  };
  std::string id;
  std::string method;       ///< Upper case.
  std::string url;          ///< Server and path, with `{name}` for path parameters.
  std::string content_type; ///< Of the body; empty when the operation takes none.
  std::vector<parameter> parameters;
};
struct call_openapi_task {
  api_operation operation;
  std::optional<value_template> parameters; ///< Gives an object, by parameter name.
  std::optional<authentication> auth;
  call_result output = call_result::content;
  bool redirect = false;
};
/// A function of `use.functions` or of a catalog.
struct call_function_task {
  size_t function = 0;                ///< Index into definition::functions.
  std::optional<value_template> with; ///< Its input; default: the task's input.
};
struct run_workflow_task {
  std::string namespace_, name, version; ///< version "latest" or empty: the newest deployed.
  std::optional<value_template> input;   ///< Default: the task's input.
  bool await = true;
};

struct fork_task {
  std::vector<task_list> branches; ///< Each is a list of one task.
  bool compete = false;            ///< The first that succeeds wins.
};
struct emit_task {
  value_template event; ///< Gives an object: a CloudEvent's attributes and `data`.
};

/// Which events are meant: all conditions hold. Text is a constant, or a regular expression that
/// matches as a whole; an expression sees the attribute's event (for `data`: its data) as `.` and
/// gives true, or what the attribute must equal.
struct event_filter {
  struct condition {
    std::string attribute;
    std::variant<value, std::shared_ptr<const schema::pattern>, value_template> expected;
  };
  struct correlation {
    std::string name;
    expression from;                      ///< Of the event.
    std::optional<value_template> expect; ///< None: the first value that was extracted.
  };
  std::vector<condition> conditions;
  std::vector<correlation> correlations;
};
/// Which events are consumed, and when that is done.
struct event_strategy {
  enum class kind : uint8_t { one, any, all };
  kind what = kind::one;
  std::vector<event_filter> filters; ///< one: exactly one. any without a filter: every event.
  /// any only: goes on until this holds of the events consumed, or until these events are consumed.
  std::variant<std::monostate, expression, std::shared_ptr<const event_strategy>> until;
};
/// How a consumed event is given: its data, the whole CloudEvent, or its data as it was sent.
enum class event_reading : uint8_t { data, envelope, raw };
/// `foreach` of a listen task.
struct event_iteration {
  std::string item = "item";
  std::string at = "index";
  task_list tasks; ///< May be empty.
  output_filter output, export_;
};
struct listen_task {
  event_strategy to;
  event_reading read = event_reading::data;
  std::optional<event_iteration> each;
};

struct task {
  std::string name;
  std::string pointer; ///< JSON pointer into the definition, e.g. "/do/0/getPet".
  std::optional<expression> if_;
  input_filter input;
  output_filter output, export_;
  std::optional<duration_source> timeout;
  flow then;
  std::variant<do_task, set_task, switch_task, for_task, try_task, raise_task, wait_task,
               call_http_task, run_workflow_task, fork_task, emit_task, listen_task,
               call_openapi_task, call_function_task>
      body;
  value definition; ///< As written: `$task.definition`.

  /// The word that tells tasks apart in the language: "do", "set", "call", ...
  std::string_view kind() const;
};

/// namespace, name and version of a workflow.
struct workflow_ref {
  std::string namespace_, name, version;
  friend bool operator==(const workflow_ref&, const workflow_ref&) = default;
};

/// `use.extensions`: tasks around tasks of a kind.
struct extension {
  std::string name;
  std::string
      extend; ///< A kind of task as the language names it here ("composite" is do), or "all".
  std::optional<expression> when;
  task_list before, after;
};

/// `schedule.on`: a run for each time the events were consumed; they are its input, as an array.
struct event_trigger {
  event_strategy to;
  event_reading read = event_reading::data;
};

struct definition {
  workflow_ref ref;
  std::string dsl, title, summary;
  value document; ///< The whole definition as written: `$workflow.definition`.
  input_filter input;
  output_filter output;
  std::optional<duration_source> timeout;
  task_list tasks;
  std::vector<task_list> functions; ///< Each is a list of one task.
  std::vector<extension> extensions;
  std::vector<std::string> secrets; ///< Names of `use.secrets`.
  std::variant<std::monostate, schedule::schedule_plan, event_trigger> starts; ///< `schedule`
  /// True if some task calls, emits, listens, waits or starts a child: such a run gets an actor of
  /// its own at once.
  bool may_wait = false;
  /// What was fetched when the definition was read, by address: reading it again takes these.
  std::map<std::string, std::string, std::less<>> resources;
};

} // namespace steward::workflow
