#pragma once

#include "workflow/machine/errors.hpp"
#include "workflow/machine/frames.hpp"
#include "workflow/machine/inspection.hpp"
#include "workflow/machine/variables.hpp"

#include <map>

namespace steward::workflow {

/// The effect that an event answers, or 0.
effect_id effect_of(const event& e);
/// Whether the event is the kind of answer that the command asks for.
bool answers(const event& e, const command& sent);

/// What is behind `machine`: the run's state and the rules that change it.
///
/// One event is applied at a time, and only to a run that has come to rest (blocked, suspended or
/// ended); events that arrive while a slice is unfinished are queued. So where slices end can't
/// change what comes out. Inside, a task that fails throws `task_failure`; `run` catches it and
/// unwinds the stack to the `try` that handles it.
///
/// The files: interpreter.cpp (events, the run's beginning and end), stepping.cpp (from task to
/// task), data_flow.cpp (expressions, schemas, filters), tasks.cpp (what each kind of task does),
/// catching.cpp (try, catch, retry), branches.cpp (fork), listening.cpp (listen, emit),
/// extending.cpp (extensions), effects.cpp (what is asked of the world, and its answers),
/// retrying.cpp (going on after the end), inspection.cpp (what people see of it), snapshot.hpp (all
/// of it as text).
class interpreter {
public:
  interpreter(std::shared_ptr<const definition> d, machine_limits limits, value secrets);

  advance_result advance(const event& e, step_observer* observer);
  advance_result proceed(step_observer* observer);
  bool wants(const event& e) const;

  run_status status() const;
  const value& output() const { return output_; }
  const std::optional<run_error>& error() const { return error_; }
  uint64_t attempts() const { return 1 + retries_; }
  std::vector<command> outstanding() const;
  uint64_t times_retried() const { return run_retries_; }
  std::optional<std::string> refuses(const retry_requested& e) const;
  run_picture inspect() const;

private:
  friend struct snapshot_access;
  using purpose = open_effect::purpose;

  // interpreter.cpp
  void apply(event e);
  void start(const run_started& e);
  void cancel(const cancel_requested& e);
  void finish(value result);
  void fault(run_error e);
  void close(run_status how);
  bool ended() const { return is_final(ended_as_); }
  bool ready() const { return !ready_.empty() && !ended(); }

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
  void propagate(run_error e);
  void abandon_above(size_t depth);
  void pop_frame();
  void release(frame& f);
  frame& top() { return now_->frames.back(); }
  const frame& top() const { return now_->frames.back(); }

  // branches.cpp: `now_` is the branch that goes on.
  void begin(const task& t, const fork_task& body);
  void end_branch(value result);
  void join(frame& fork);
  void branch_failed(run_error e);
  void cancel_branches(frame& fork);
  void cancel_branch(branch_id id);
  void leave_to(branch& parent);
  branch* find_branch(branch_id id);
  /// Puts the branch among those that are ready, if it is.
  void wake(branch& b);
  template <class Action>
  void each_branch(Action&& action) {
    action(main_);
    for (auto& [id, b] : branches_) action(*b);
  }
  void apply_exports(const std::vector<pending_export>& exports);

  // retrying.cpp
  /// Where a retry starts: the task at `index` in the scope that frame `depth` of the branch runs.
  struct place {
    branch_id where = 0;
    size_t depth = 0, index = 0;
  };
  using retry_point = outcome<std::optional<place>, std::string>;
  void let_fall();
  void forget_fallen();
  void keep_fallen();
  retry_point find_retry(const retry_requested& e) const;
  retry_point find_named(const retry_requested& e) const;
  const branch& line(branch_id id) const { return id == 0 ? main_ : *branches_.at(id); }
  void retry(const retry_requested& e);
  void restart(const place& at, const retry_requested& e);
  void renew_deadlines(branch& b);
  void go_on(branch& b);
  void enter_again(branch& b, size_t depth, size_t index, value input);
  void cut(branch& b, size_t depth);
  void listen_again(branch& b);

  // inspection.cpp
  void picture(run_picture& p, const branch& line, std::vector<uint32_t>& path) const;

  // listening.cpp
  class filter_evaluator;
  void begin(const task& t, const emit_task& body);
  void begin(const task& t, const listen_task& body);
  void take_event(const open_effect& effect, const event_received& e);
  bool wants_event(const open_effect& effect, const event_received& e) const;
  void queue_event(listen_state& l, const listen_task& body, const value& event);
  void stop_listening(listen_state& l);
  void go_on_listening();
  void end_iteration();
  void end_event();
  void remember_consumed(uint64_t sequence);

  // extending.cpp
  bool begin_extended(const task& t);
  bool applies(const extension& e) const;
  void next_extension();
  bool begin_after(value& result, flow then);

  // data_flow.cpp
  scope_view view() const { return scope_view{run_, *now_}; }
  value evaluate(const value_template& what, const value& input, const variable_source& variables,
                 std::string_view field) const;
  bool holds(const expression& condition, const value& input, const scope_view& variables,
             std::string_view field) const;
  int64_t instant_after(const duration_source& length, int64_t start_us, const value& input,
                        const scope_view& variables, std::string_view field) const;
  deadline deadline_after(const duration_source& length, const value& input,
                          std::string_view field) const;
  void check(const std::optional<json_schema>& schema, const value& data,
             std::string_view field) const;
  void check_size(const value& data, std::string_view field) const;
  value filter_input(const input_filter& filter, value raw) const;
  value filter_output(const output_filter& filter, value raw) const;
  void update_context(const output_filter& filter, const value& output, const value& raw);

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
  void begin(const task& t, const call_openapi_task& body);
  void begin(const task& t, const call_function_task& body);
  void begin_body(const task& t);
  void next_iteration();

  // catching.cpp
  void begin_attempt();
  bool handle(run_error& e);
  bool catches(const try_task& body, const run_error& e, const value& shown) const;
  std::optional<int64_t> next_attempt_at(const retry_policy& policy, const run_error& e,
                                         const value& shown);
  int attempt_here() const { return attempt_of(*now_, now_->frames.size() - 1); }
  int attempt_of(const branch& line, size_t depth) const;

  // effects.cpp
  template <class Command>
  void ask(Command sent);
  void arm(deadline& d, purpose use, branch_id where, size_t depth);
  void arm_deadlines();
  void raise_overdue();
  void raise_timeout(branch_id where, size_t depth, purpose use);
  void drop(effect_id id);
  void drop_deadline(deadline& d);
  void deliver(const event& e);
  void take_answer(const open_effect& effect, const event& e);
  std::string idempotency_key() const;
  /// `!n.m`: how often each `try` around has tried again, outermost first; empty if none has.
  std::string attempts_around() const;

  void observe(std::string_view type, value data) const;
  /// Tells of something that happened to the task on top; the value is built only if someone looks.
  void tell(std::string_view type, std::string_view key, const value& data) const;

  machine_limits limits_;
  run_facts run_;
  branch main_;
  branch* now_ = &main_;                                  ///< The branch that goes on.
  std::map<branch_id, std::unique_ptr<branch>> branches_; ///< The others.
  branch_id last_branch_ = 0;
  std::map<branch_id, std::unique_ptr<branch>> fallen_branches_; ///< See `branch::fallen`.
  std::optional<branch_id> failed_in_; ///< Whose first fallen frame is the task that failed.
  std::vector<branch_id> ready_;       ///< In the order in which they became ready.
  std::map<effect_id, open_effect> effects_;
  effect_id last_effect_ = 0;
  /// Starts of children nobody waits for: no answer tells that they arrived.
  std::vector<command> unanswered_;
  /// Inbox places of events that the run consumed, with how many came before: a listener that
  /// begins later is not given them again. The oldest are forgotten.
  std::map<uint64_t, uint64_t> consumed_;
  uint64_t consumed_count_ = 0;

  int64_t now_us_ = 0;
  uint64_t steps_ = 0;
  uint64_t slice_left_ = 0;
  uint64_t retries_ = 0;
  uint64_t run_retries_ = 0;    ///< Of the run itself, after its end.
  uint64_t changed_inputs_ = 0; ///< Those that changed a task's input.
  bool suspended_ = false;
  run_status ended_as_ = run_status::pending; ///< Final once the run has ended.
  value output_;
  std::optional<run_error> error_;

  std::vector<event> queue_;   ///< Events to apply once the run rests.
  std::vector<event> arrived_; ///< Answers not yet acted on: suspension keeps them here.

  advance_result* result_ = nullptr; ///< Of the call that is going on.
  step_observer* observer_ = nullptr;
};

struct machine::state : interpreter {
  using interpreter::interpreter;
};

} // namespace steward::workflow
