#include "workflow/machine/http_response.hpp"
#include "workflow/machine/interpreter.hpp"

namespace steward::workflow {

namespace {

drop_effect::kind kind_of(const command& sent) {
  if (std::holds_alternative<http_call>(sent)) return drop_effect::kind::http;
  if (std::holds_alternative<start_child>(sent)) return drop_effect::kind::child;
  return drop_effect::kind::timer;
}

value child_output(const child_ended& e) {
  if (e.status == run_status::completed) return e.output;
  if (e.status == run_status::cancelled) fail_task("runtime", "the child run was cancelled");
  auto error = e.error ? *e.error : standard_error("runtime", "the child run faulted");
  error.instance.clear(); // a pointer into the child's definition would mislead here
  throw task_failure{std::move(error)};
}

} // namespace

/// Asks the world for something that the task on top needs to go on.
template <class Command>
void interpreter::ask(Command sent) {
  sent.effect = ++last_effect_;
  top().waits_for = main_.blocked_on = sent.effect;
  result_->commands.push_back(sent);
  effects_.emplace(sent.effect,
                   open_effect{std::move(sent), purpose::answer, main_.frames.size() - 1});
}
template void interpreter::ask(http_call);
template void interpreter::ask(set_timer);
template void interpreter::ask(start_child);

void interpreter::arm(deadline& d, purpose use, size_t depth) {
  if (d.due_us == deadline::never || d.timer != 0) return;
  auto timer = set_timer{++last_effect_, d.due_us};
  d.timer = timer.effect;
  result_->commands.push_back(timer);
  effects_.emplace(timer.effect, open_effect{timer, use, depth});
}

/// The run is at rest: from now on only a timer can tell that a task takes too long.
void interpreter::arm_deadlines() {
  if (ended()) return;
  for (size_t depth = 0; depth < main_.frames.size(); ++depth) {
    auto& f = main_.frames[depth];
    arm(f.timeout, purpose::timeout, depth);
    if (f.attempt) arm(f.attempt->attempt, purpose::attempt_timeout, depth);
  }
}

/// Timers may come late or behind other events: whatever took too long by now has timed out, the
/// earliest first, the outer one of two at once.
void interpreter::raise_overdue() {
  while (!ended()) {
    auto earliest = deadline::never;
    auto use = purpose::timeout;
    size_t where = 0;
    auto consider = [&](const deadline& d, purpose p, size_t depth) {
      if (d.due_us > now_us_ || d.due_us >= earliest) return;
      earliest = d.due_us;
      use = p;
      where = depth;
    };
    for (size_t depth = 0; depth < main_.frames.size(); ++depth) {
      const auto& f = main_.frames[depth];
      consider(f.timeout, purpose::timeout, depth);
      if (f.attempt) consider(f.attempt->attempt, purpose::attempt_timeout, depth);
    }
    if (earliest == deadline::never) return;
    raise_timeout(where, use);
  }
}

void interpreter::raise_timeout(size_t depth, purpose use) {
  abandon_above(depth);
  auto& f = top();
  auto whole_task = use == purpose::timeout;
  auto error = standard_error("timeout", whole_task ? "`timeout.after` has passed"
                                                    : "`limit.attempt.duration` has passed");
  error.instance = f.what ? f.what->pointer : "/timeout";
  drop_deadline(whole_task ? f.timeout : f.attempt->attempt);
  // A `try` catches what goes wrong inside it, its attempts' timeouts included, but not its own.
  if (whole_task && f.attempt) f.attempt->at = try_state::phase::done;
  unwind(std::move(error));
}

void interpreter::drop(effect_id id) {
  auto found = effects_.find(id);
  if (found == effects_.end()) return;
  if (!found->second.answered)
    result_->commands.push_back(drop_effect{id, kind_of(found->second.sent)});
  if (main_.blocked_on == id) main_.blocked_on = 0;
  effects_.erase(found);
}

void interpreter::drop_deadline(deadline& d) {
  if (d.timer != 0) drop(d.timer);
  d = {};
}

/// The effect is no longer in the table: it has its answer.
void interpreter::take_answer(const open_effect& effect, const event& e) {
  if (effect.use != purpose::answer) return raise_timeout(effect.depth, effect.use);
  auto& f = top();
  f.waits_for = 0;
  main_.blocked_on = 0;
  const auto& t = *f.what;
  if (std::holds_alternative<try_task>(t.body)) return begin_attempt();
  if (std::holds_alternative<wait_task>(t.body)) return complete(f.input, t.then);
  if (auto child = std::get_if<child_ended>(&e.what)) {
    auto output = child_output(*child);
    check_size(output, "run.workflow");
    return complete(std::move(output), t.then);
  }
  if (auto failure = std::get_if<http_failed>(&e.what)) throw task_failure{http_failure(*failure)};
  complete(http_output(std::get<call_http_task>(t.body), std::get<http_call>(effect.sent),
                       std::get<http_answered>(e.what), limits_),
           t.then);
}

/// `run id/task pointer#iterations@visits`: the iteration of each loop around, outermost first,
/// and, once any task around was entered again by a `then`, how often each was. Attempts count
/// nowhere, so every attempt has the same key.
std::string interpreter::idempotency_key() const {
  auto loops = std::string{};
  auto visits = std::string{};
  auto again = false;
  for (size_t depth = 1; depth < main_.frames.size(); ++depth) {
    const auto& around = main_.frames[depth - 1];
    if (around.loop) {
      loops += loops.empty() ? '#' : '.';
      loops += std::to_string(around.loop->index);
    }
    auto count = around.visits[around.next];
    again = again || count > 1;
    visits += visits.empty() ? '@' : '.';
    visits += std::to_string(count);
  }
  auto key = run_.id + main_.frames.back().what->pointer + loops;
  return again ? key + visits : key;
}

} // namespace steward::workflow
