#pragma once

#include "workflow/machine/errors.hpp"
#include "workflow/machine/frames.hpp"
#include "workflow/machine/variables.hpp"

#include <map>

namespace steward::workflow {

/// What is behind `machine`: the run's state and the rules that change it.
///
/// One event is applied at a time, and only to a run that has come to rest (blocked, suspended or
/// ended); events that arrive while a slice is unfinished are queued. So where slices end can't
/// change what comes out. Inside, a task that fails throws `task_failure`; `run` catches it and
/// unwinds the stack to the `try` that handles it.
///
/// The files: interpreter.cpp (events, the run's beginning and end), stepping.cpp (from task to
/// task), data_flow.cpp (expressions, schemas, filters), tasks.cpp (what each kind of task does),
/// catching.cpp (try, catch, retry), effects.cpp (what is asked of the world, and its answers).
class interpreter {
public:
  interpreter(std::shared_ptr<const definition> d, machine_limits limits);

  advance_result advance(const event& e, step_observer* observer);
  advance_result proceed(step_observer* observer);
  bool wants(const event& e) const;

  run_status status() const;
  const value& output() const { return output_; }
  const std::optional<run_error>& error() const { return error_; }
  uint64_t attempts() const { return 1 + retries_; }
  std::vector<command> outstanding() const;

private:
  using purpose = open_effect::purpose;

  // interpreter.cpp
  void apply(event e);
  void start(const run_started& e);
  void cancel(const cancel_requested& e);
  void finish(value result);
  void fault(run_error e);
  void close(run_status how);
  bool ended() const { return is_final(ended_as_); }
  bool ready() const { return !main_.frames.empty() && !ended() && main_.blocked_on == 0; }

  // stepping.cpp
  void run();
  void step_once();
  void enter(const task& t);
  void count_step();
  void leave_scope();
  void complete(value raw_output, flow then);
  void pass_on(value result, flow then);
  void end_workflow(value result);
  void unwind(run_error e);
  void abandon_above(size_t depth);
  void pop_frame();
  frame& top() { return main_.frames.back(); }

  // data_flow.cpp
  scope_view view() const { return scope_view{run_, main_.frames}; }
  value evaluate(const value_template& what, const value& input, const scope_view& variables,
                 std::string_view field) const;
  bool holds(const expression& condition, const value& input, const scope_view& variables,
             std::string_view field) const;
  int64_t instant_after(const duration_source& length, int64_t start_us, const value& input,
                        const scope_view& variables, std::string_view field) const;
  int64_t deadline_after(const duration_source& length, const value& input,
                         std::string_view field) const;
  void check(const std::optional<json_schema>& schema, const value& data,
             std::string_view field) const;
  void check_size(const value& data, std::string_view field) const;
  value filter_input(const input_filter& filter, value raw) const;
  value filter_output(const output_filter& filter, value raw) const;
  void update_context(const output_filter& filter, const value& output);

  // tasks.cpp: each begins the task whose frame is on top.
  void begin(const task& t, const do_task& body);
  void begin(const task& t, const set_task& body);
  void begin(const task& t, const switch_task& body);
  void begin(const task& t, const for_task& body);
  void begin(const task& t, const try_task& body);
  void begin(const task& t, const raise_task& body);
  void begin(const task& t, const wait_task& body);
  void begin(const task& t, const call_http_task& body);
  void begin(const task& t, const run_workflow_task& body);
  void next_iteration();

  // catching.cpp
  void begin_attempt();
  bool handle(run_error& e);
  bool catches(const try_task& body, const run_error& e, const value& shown) const;
  std::optional<int64_t> next_attempt_at(const retry_policy& policy, const run_error& e,
                                         const value& shown);
  int attempt_here() const;

  // effects.cpp
  template <class Command>
  void ask(Command sent);
  void arm(deadline& d, purpose use, size_t depth);
  void arm_deadlines();
  void raise_overdue();
  void raise_timeout(size_t depth, purpose use);
  void drop(effect_id id);
  void drop_deadline(deadline& d);
  void deliver(const event& e);
  void take_answer(const open_effect& effect, const event& e);
  std::string idempotency_key() const;

  void observe(std::string_view type, value data) const;
  /// Tells of something that happened to the task on top; the value is built only if someone looks.
  void tell(std::string_view type, std::string_view key, const value& data) const;

  machine_limits limits_;
  run_facts run_;
  branch main_;
  std::map<effect_id, open_effect> effects_;
  effect_id last_effect_ = 0;
  /// Starts of children nobody waits for: no answer tells that they arrived.
  std::vector<command> unanswered_;

  int64_t now_us_ = 0;
  uint64_t steps_ = 0;
  uint64_t slice_left_ = 0;
  uint64_t retries_ = 0;
  bool suspended_ = false;
  run_status ended_as_ = run_status::pending; ///< Final once the run has ended.
  value output_;
  std::optional<run_error> error_;

  std::vector<event> queue_;   ///< Events to apply once the run rests.
  std::vector<event> arrived_; ///< Answers not yet acted on: suspension keeps them here.

  advance_result* result_ = nullptr; ///< Of the call that is going on.
  step_observer* observer_ = nullptr;
};

} // namespace steward::workflow
