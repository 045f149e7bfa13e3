#pragma once

#include "workflow/definition.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// The pure, deterministic state machine of one run: `advance(event) -> commands`.
///
/// Events are what happened to the run; commands are what it wants of the world. The machine never
/// reads a clock, draws a random number or touches a socket: time comes with the event, randomness
/// is a hash of the run's id and the place. So a run is its definition plus its events, and
/// replaying them rebuilds it exactly.
namespace steward::workflow {

/// RFC 9457 shape: `{type, status, instance, title, detail}`.
struct run_error {
  std::string type;
  int64_t status = 500;
  std::string instance;
  std::string title;
  std::string detail;
  friend bool operator==(const run_error&, const run_error&) = default;
};
value to_value(const run_error& e);
run_error run_error_from(const value& v);

/// The specification's standard error types; `error_type("timeout")` is its URI.
std::string error_type(std::string_view name);

enum class run_status : uint8_t {
  pending,
  running,
  waiting,
  suspended,
  cancelled,
  faulted,
  completed
};
std::string_view to_string(run_status s);
std::optional<run_status> run_status_from(std::string_view text);
constexpr bool is_final(run_status s) { return s >= run_status::cancelled; }

/// Names an effect of a run (a call, a timer, a child): unique in the run, given in order from 1,
/// the same on replay.
using effect_id = uint64_t;

// --- events: the journal holds these, and nothing else ---

/// Always the first event.
struct run_started {
  std::string run_id;
  value input;
};
/// What came back from the service, any status.
struct http_answered {
  effect_id effect = 0;
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers; ///< Names in lower case.
  std::string body;                                         ///< Bytes.
};
/// No answer: not resolved, refused, broken off, too large, too slow. `timed_out` tells the last.
struct http_failed {
  effect_id effect = 0;
  bool timed_out = false;
  std::string reason;
  /// The specification's error type, e.g. "authentication" when no token could be had; empty: the
  /// service could not be reached ("communication").
  std::string error = {};
};
struct timer_fired {
  effect_id effect = 0;
};
struct child_ended {
  effect_id effect = 0;
  run_status status = run_status::completed; ///< A final one.
  value output;                              ///< When completed.
  std::optional<run_error> error;            ///< When faulted.
};
/// A CloudEvent that a listener takes. `sequence` is its place in the tenant's inbox: a listener is
/// offered events in this order.
struct event_received {
  effect_id effect = 0;
  uint64_t sequence = 0;
  value event;
};
struct suspend_requested {};
struct resume_requested {};
struct cancel_requested {
  std::string reason;
};
/// The run broke its actor again and again and is given up; its journal stays.
struct quarantined {
  std::string reason;
};

/// The run, which faulted or was cancelled, goes on: from the task whose error ended it, or from
/// the one that is named. Other branches go on where they were; timeouts and the retries of every
/// `try` around start again.
struct retry_requested {
  std::string task;           ///< A pointer, or a name in a scope that was open; empty: as above.
  std::optional<value> input; ///< The task's raw input; none: as it was, if the task was open.
  bool changed = false;       ///< The input is not what it was: idempotency keys change with it.
};

struct event {
  int64_t time_us = 0; ///< Microseconds since 1970. Never less than that of the event before.
  std::variant<run_started, http_answered, http_failed, timer_fired, child_ended, event_received,
               suspend_requested, resume_requested, cancel_requested, quarantined, retry_requested>
      what;
};

/// The journal's text form: one JSON object with `kind`, `v` (1) and `t` (microseconds). Old
/// versions stay readable. Bodies that are not UTF-8 travel as base64.
std::string encode_event(const event& e);
outcome<event, std::string> decode_event(std::string_view json);

// --- commands ---

/// How a request authenticates. Whoever sends it resolves this.
struct call_authentication {
  auth_scheme scheme = auth_scheme::basic;
  value properties;   ///< An object, as the language writes the scheme's properties; or null, ...
  std::string secret; ///< ... and the secret that holds them.
};
/// Send this request; answer with `http_answered` or `http_failed`.
struct http_call {
  effect_id effect = 0;
  /// `run id/task pointer/iteration`: the same on every attempt and after every crash. Sent as the
  /// `Idempotency-Key` header unless the author sets one.
  std::string idempotency_key;
  std::string task; ///< Pointer, for people.
  std::string method;
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::optional<std::string> body;
  std::optional<call_authentication> auth;
  bool follow_redirects = false;
  int attempt = 1;
};
/// Answer with `timer_fired` at `due_us`, not before. Durable.
struct set_timer {
  effect_id effect = 0;
  int64_t due_us = 0;
};
/// What narrows down the events of a listener without looking at its definition: it wants only
/// events of this type for which each program gives the value beside it. A coarse sieve: whether an
/// event is taken, the machine says (`wants`).
struct event_route {
  std::string type; ///< Empty: any.
  std::vector<std::pair<std::string, value>> keys;
  friend bool operator==(const event_route&, const event_route&) = default;
};
/// Offer events of the inbox, the kept ones first, to the machine as `event_received`, in order,
/// until the effect is dropped.
struct listen_for {
  effect_id effect = 0;
  std::vector<event_route> routes; ///< An event that passes one of them is offered.
  uint64_t after = 0;              ///< The newest event that it has taken, of those outstanding.
  std::string task;
};
/// Put this CloudEvent into the inbox, with the commit that caused it. It has no answer.
struct emit_event {
  value event;
  std::string task;
};
/// The timer, call, child or listener is no longer wanted; an answer that still comes is ignored.
struct drop_effect {
  effect_id effect = 0;
  enum class kind : uint8_t { timer, http, child, listener } what = kind::timer;
};
/// Start a run of another workflow; answer with `child_ended` (unless `await` is false).
struct start_child {
  effect_id effect = 0;
  std::string idempotency_key; ///< As for calls: starting twice gives the same child.
  workflow_ref workflow;
  value input;
  bool await = true;
  std::string task;
};
using command =
    std::variant<http_call, set_timer, drop_effect, start_child, listen_for, emit_event>;

// --- what people see ---

/// One step of a run's life, told while the machine advances and never stored: a history is made by
/// replaying. `type` is the specification's lifecycle type without prefix and version, e.g.
/// "task.started", "task.retried", "workflow.completed".
struct step {
  int64_t time_us = 0;
  std::string_view type;
  std::string_view task; ///< JSON pointer; empty for the workflow itself.
  std::string_view name; ///< Task name.
  int attempt = 1;
  value data; ///< started: {input}; completed: {output}; faulted: {error}; retried: {delay_ms}; ...
};
class step_observer {
public:
  virtual ~step_observer() = default;
  virtual void on_step(const step& s) = 0;
};

struct run_picture; // workflow/machine/inspection.hpp

struct machine_limits {
  uint64_t steps = 1'000'000;    ///< Tasks entered in one run's life; past it the run faults.
  uint64_t slice = 2'000;        ///< Tasks entered in one call of advance; past it `more` is true.
  uint32_t nesting = 256;        ///< Scopes inside scopes at run time.
  uint32_t branches = 10'000;    ///< Concurrent branches of one run.
  size_t data_bytes = 16u << 20; ///< One value that flows: approximated by its JSON size.
  evaluation_budget expression;
};

struct advance_result {
  std::vector<command> commands;
  /// The slice is used up: call `proceed` for the rest. No event is needed for it, and where slices
  /// end changes nothing in the outcome.
  bool more = false;
};

class machine {
public:
  /// `secrets` is what `$secrets` gives: an object by name. It is not part of what happened to the
  /// run, so a replay with other secrets may differ where flow depends on them.
  explicit machine(std::shared_ptr<const definition> d, machine_limits limits = {},
                   value secrets = value::empty_object());
  machine(machine&&) noexcept;
  machine& operator=(machine&&) noexcept;
  ~machine();

  /// Applies one event. Events that no longer concern the run (an answer to a dropped effect, one
  /// that comes twice, anything after the end) change nothing and give no command.
  advance_result advance(const event& e, step_observer* observer = nullptr);
  advance_result proceed(step_observer* observer = nullptr);

  run_status status() const;
  const value& output() const;                   ///< Null until completed.
  const std::optional<run_error>& error() const; ///< Set when faulted.
  uint64_t attempts() const;                     ///< 1 + retries so far, of all tasks.
  /// Commands whose answer has not come: what a restarted run sends again. Starts of children that
  /// are not awaited have no answer; they are among them until the run ends.
  std::vector<command> outstanding() const;
  /// True if the event would change something: what a run asks before it journals it.
  bool wants(const event& e) const;
  /// Why a retry is not wanted, for people.
  std::optional<std::string> refuses(const retry_requested& e) const;
  uint64_t times_retried() const; ///< How often the run went on after its end.
  /// What it is doing, for people. Also from within `on_step`, and after a bad end.
  run_picture inspect() const;

private:
  friend struct snapshot_access; // workflow/machine/snapshot.hpp
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace steward::workflow
