#include "workflow/machine/http_response.hpp"
#include "workflow/machine/interpreter.hpp"

namespace steward::workflow {

namespace {

drop_effect::kind kind_of(const command& sent) {
  if (std::holds_alternative<http_call>(sent)) return drop_effect::kind::http;
  if (std::holds_alternative<start_child>(sent)) return drop_effect::kind::child;
  if (std::holds_alternative<listen_for>(sent)) return drop_effect::kind::listener;
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
  top().waits_for = now_->blocked_on = sent.effect;
  result_->commands.push_back(sent);
  effects_.emplace(sent.effect, open_effect{std::move(sent), purpose::answer, now_->id,
                                            now_->frames.size() - 1});
}
template void interpreter::ask(http_call);
template void interpreter::ask(set_timer);
template void interpreter::ask(start_child);
template void interpreter::ask(listen_for);

void interpreter::arm(deadline& d, purpose use, branch_id where, size_t depth) {
  if (d.due_us == deadline::never || d.timer != 0) return;
  auto timer = set_timer{++last_effect_, d.due_us};
  d.timer = timer.effect;
  result_->commands.push_back(timer);
  effects_.emplace(timer.effect, open_effect{timer, use, where, depth});
}

/// The run is at rest: from now on only a timer can tell that a task takes too long.
void interpreter::arm_deadlines() {
  if (ended()) return;
  each_branch([this](branch& b) {
    for (size_t depth = 0; depth < b.frames.size(); ++depth) {
      auto& f = b.frames[depth];
      arm(f.timeout, purpose::timeout, b.id, depth);
      if (f.attempt) arm(f.attempt->attempt, purpose::attempt_timeout, b.id, depth);
    }
  });
}

/// Timers may come late or behind other events: whatever took too long by now has timed out, the
/// earliest first, the outer one of two at once.
void interpreter::raise_overdue() {
  while (!ended()) {
    auto earliest = deadline::never;
    auto use = purpose::timeout;
    branch_id where = 0;
    size_t at = 0;
    auto consider = [&](const deadline& d, purpose p, branch_id b, size_t depth) {
      if (d.due_us > now_us_ || d.due_us >= earliest) return;
      earliest = d.due_us;
      use = p;
      where = b;
      at = depth;
    };
    each_branch([&](branch& b) {
      for (size_t depth = 0; depth < b.frames.size(); ++depth) {
        const auto& f = b.frames[depth];
        consider(f.timeout, purpose::timeout, b.id, depth);
        if (f.attempt) consider(f.attempt->attempt, purpose::attempt_timeout, b.id, depth);
      }
    });
    if (earliest == deadline::never) return;
    raise_timeout(where, at, use);
  }
}

void interpreter::raise_timeout(branch_id where, size_t depth, purpose use) {
  now_ = find_branch(where);
  abandon_above(depth);
  auto& f = top();
  auto whole_task = use == purpose::timeout;
  auto error = standard_error("timeout", whole_task ? "`timeout.after` has passed"
                                                    : "`limit.attempt.duration` has passed");
  error.instance = f.what ? f.what->pointer : "/timeout";
  // The run's own is kept: it ends the run, and a retry of the run starts it again.
  if (f.what) drop_deadline(whole_task ? f.timeout : f.attempt->attempt);
  // A `try` catches what goes wrong inside it, its attempts' timeouts included, but not its own.
  if (whole_task && f.attempt) f.attempt->at = try_state::phase::done;
  unwind(std::move(error));
  wake(*now_);
}

void interpreter::drop(effect_id id) {
  auto found = effects_.find(id);
  if (found == effects_.end()) return;
  if (!found->second.answered)
    result_->commands.push_back(drop_effect{id, kind_of(found->second.sent)});
  if (auto b = find_branch(found->second.where); b && b->blocked_on == id) b->blocked_on = 0;
  effects_.erase(found);
}

void interpreter::drop_deadline(deadline& d) {
  if (d.timer != 0) drop(d.timer);
  d = {};
}

/// The effect is no longer in the table: it has its answer.
void interpreter::take_answer(const open_effect& effect, const event& e) {
  if (effect.use != purpose::answer) return raise_timeout(effect.where, effect.depth, effect.use);
  auto& f = top();
  f.waits_for = 0;
  now_->blocked_on = 0;
  const auto& t = *f.what;
  if (std::holds_alternative<try_task>(t.body)) return begin_attempt();
  if (std::holds_alternative<wait_task>(t.body)) return complete(f.input, t.then);
  if (auto child = std::get_if<child_ended>(&e.what)) {
    auto output = child_output(*child);
    check_size(output, "run.workflow");
    return complete(std::move(output), t.then);
  }
  if (auto failure = std::get_if<http_failed>(&e.what)) throw task_failure{http_failure(*failure)};
  auto openapi = std::get_if<call_openapi_task>(&t.body);
  auto http = std::get_if<call_http_task>(&t.body);
  complete(http_output(openapi ? openapi->output : http->output,
                       openapi ? openapi->redirect : http->redirect,
                       std::get<http_call>(effect.sent), std::get<http_answered>(e.what), limits_),
           t.then);
}

/// `run id/task pointer#iterations@visits`: the iteration of each loop around, outermost first,
/// and, once any task around was entered again by a `then`, how often each was. Attempts count
/// nowhere, so every attempt has the same key. A task of a function or an extension has the
/// pointers of those that run it before its own. `~n` follows once a retry of the run changed data.
std::string interpreter::idempotency_key() const {
  auto lines = std::vector<const branch*>{now_};
  while (lines.back()->parent) lines.push_back(lines.back()->parent);
  auto pointers = std::string{};
  auto loops = std::string{};
  auto visits = std::string{};
  auto again = false;
  auto count_iteration = [&loops](size_t index) {
    loops += loops.empty() ? '#' : '.';
    loops += std::to_string(index);
  };
  for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
    const auto& frames = (*line)->frames;
    for (size_t depth = 1; depth < frames.size(); ++depth) {
      const auto& around = frames[depth - 1];
      if (around.loop) count_iteration(around.loop->index);
      if (around.listening) count_iteration(around.listening->index);
      if (around.what && (std::holds_alternative<call_function_task>(around.what->body) ||
                          (around.extended && around.extended->at != extension_state::phase::body)))
        pointers += around.what->pointer;
      auto count = around.visits[around.next];
      again = again || count > 1;
      visits += visits.empty() ? '@' : '.';
      visits += std::to_string(count);
    }
  }
  auto key = run_.id + pointers + top().what->pointer + loops;
  if (again) key += visits;
  if (changed_inputs_ > 0) key += '~' + std::to_string(changed_inputs_);
  return key;
}

std::string interpreter::attempts_around() const {
  std::string counts;
  auto again = false;
  for (const auto* line = now_; line; line = line->parent)
    for (auto frame = line->frames.rbegin(); frame != line->frames.rend(); ++frame)
      if (frame->runs_body()) {
        const auto retries = frame->attempt->retries;
        again = again || retries > 0;
        counts.insert(0, std::to_string(retries) + (counts.empty() ? "" : "."));
      }
  return again ? '!' + counts : std::string{};
}

} // namespace steward::workflow
