#include "workflow/machine/interpreter.hpp"

#include <algorithm>
#include <utility>

namespace steward::workflow {

namespace {

/// More scopes than these are never left one after the other; a run that was rebuilt from what a
/// stranger wrote as its snapshot might, without end.
constexpr uint64_t leaves_most = 100'000;

} // namespace

/// Until every branch blocks or the run ends, or the slice is used up.
void interpreter::run() try {
  auto entered = steps_;
  for (uint64_t left = 0; ready() && slice_left_ > 0; ++left) {
    if (std::exchange(entered, steps_) != steps_) left = 0;
    if (left > leaves_most)
      throw run_failure{standard_error("runtime", "the run goes round without a task")};
    now_ = find_branch(ready_.front());
    if (!now_ || !now_->ready()) {
      if (now_) now_->queued = false;
      ready_.erase(ready_.begin());
      continue;
    }
    if (auto error = failure_of([this] { step_once(); })) unwind(*std::move(error));
  }
} catch (run_failure& failure) {
  now_ = &main_;
  abandon_above(0);
  fault(std::move(failure.error));
}

void interpreter::step_once() {
  auto& f = top();
  // A run that was rebuilt from what a stranger wrote as its snapshot.
  if (!f.list) throw run_failure{standard_error("runtime", "the run can't go on from here")};
  if (f.next < f.list->size())
    enter((*f.list)[f.next]);
  else
    leave_scope();
}

void interpreter::enter(const task& t) {
  count_step();
  auto& parent = top();
  ++parent.visits[parent.next];
  if (now_->below + now_->frames.size() > limits_.nesting) {
    auto error = standard_error("runtime", "more than " + std::to_string(limits_.nesting) +
                                               " scopes inside each other");
    error.instance = t.pointer;
    throw task_failure{std::move(error)};
  }
  auto raw = parent.data; // `parent` moves when a frame is added
  auto& f = now_->frames.emplace_back();
  f.what = &t;
  f.raw_input = f.input = std::move(raw);
  f.started_us = now_us_;
  f.repeated = std::exchange(now_->repeat, 0);
  if (t.if_ && !holds(*t.if_, f.raw_input, view(), "if")) {
    tell("task.skipped", "input", f.raw_input);
    return pass_on(std::move(f.raw_input), flow{});
  }
  f.input = filter_input(t.input, f.raw_input);
  if (t.timeout) f.timeout = deadline_after(*t.timeout, f.input, "timeout.after");
  tell("task.started", "input", f.input);
  if (run_.what->extensions.empty() || !begin_extended(t)) begin_body(t);
}

void interpreter::begin_body(const task& t) {
  std::visit([this, &t](const auto& body) { begin(t, body); }, t.body);
}

/// Not even a `try` may go on once the steps are spent: its handler would be another step.
void interpreter::count_step() {
  --slice_left_;
  if (++steps_ <= limits_.steps) return;
  throw run_failure{standard_error("runtime", "the run took more than " +
                                                  std::to_string(limits_.steps) +
                                                  " steps: limits.steps is spent")};
}

/// The tasks inside the task on top are done.
void interpreter::leave_scope() {
  auto& f = top();
  if (!f.what) return now_->parent ? end_branch(f.data) : finish(f.data);
  if (f.extended && f.extended->at != extension_state::phase::body) return next_extension();
  if (f.listening) return end_iteration();
  auto then = f.what->then;
  if (f.loop && !f.loop->left) {
    ++f.loop->index;
    return next_iteration();
  }
  if (f.runs_handler()) {
    const auto& own = std::get<try_task>(f.what->body).then;
    if (own.what != flow::kind::next) then = own;
  }
  complete(f.data, then);
}

/// Ends the task on top with what it gave, as its filters shape it.
void interpreter::complete(value raw_output, flow then) {
  auto& f = top();
  // Its variables end here; and what fails from here on is not its own `catch`'s concern.
  if (f.loop) f.loop->iterating = false;
  if (f.attempt) f.attempt->at = try_state::phase::done;
  const auto& t = *f.what;
  auto result = filter_output(t.output, raw_output);
  update_context(t.export_, result, raw_output);
  tell("task.completed", "output", result);
  if (f.extended && begin_after(result, then)) return;
  pass_on(std::move(result), then);
}

/// Hands data to the scope around the task on top, and control to where the flow goes.
void interpreter::pass_on(value result, flow then) {
  pop_frame();
  auto& scope = top();
  scope.data = std::move(result);
  switch (then.what) {
  case flow::kind::next:
    ++scope.next;
    break;
  case flow::kind::jump:
    scope.next = then.target;
    break;
  case flow::kind::exit:
    scope.next = scope.list->size();
    if (scope.loop) scope.loop->left = true;
    if (scope.listening) scope.listening->left = true;
    if (scope.extended) scope.extended->left = true;
    break;
  case flow::kind::end:
    end_workflow(std::move(scope.data));
    break;
  }
}

/// `then: end`: the tasks around are complete too, with the same data and without their filters;
/// other branches are cancelled.
void interpreter::end_workflow(value result) {
  for (;;) {
    while (top().what) {
      tell("task.completed", "output", result);
      pop_frame();
    }
    if (!now_->parent) break;
    auto& parent = *now_->parent;
    auto own = now_->id;
    std::ranges::replace(parent.frames.back().fork->open, own, branch_id{0});
    leave_to(parent);
    branches_.erase(own);
  }
  finish(std::move(result));
}

/// The task on top has failed: looks outwards for a `try` that handles the error.
void interpreter::unwind(run_error e) {
  if (top().what) { // what was abandoned above is this task's own
    forget_fallen();
    failed_in_ = now_->id;
  }
  propagate(std::move(e));
}

void interpreter::propagate(run_error e) {
  while (top().what) {
    auto& f = top();
    if (e.instance.empty()) e.instance = f.what->pointer;
    if (f.runs_body()) {
      auto limit = f.attempt->attempt;
      if (handle(e)) return forget_fallen();
      f.attempt->at = try_state::phase::body; // as a retry of the run finds it
      f.attempt->attempt = {limit.due_us, 0, limit.since_us};
    }
    if (observer_) tell("task.faulted", "error", to_value(e));
    let_fall();
  }
  if (now_->parent) return branch_failed(std::move(e));
  fault(std::move(e));
}

/// Leaves the tasks above the given frame as they are: a timeout or the run's end came over them.
void interpreter::abandon_above(size_t depth) {
  while (now_->frames.size() > depth + 1) {
    observe("task.cancelled", {});
    let_fall();
  }
}

void interpreter::pop_frame() {
  release(top());
  now_->frames.pop_back();
}

/// What the task asked of the world is no longer wanted.
void interpreter::release(frame& f) {
  if (f.fork) cancel_branches(f);
  if (f.listening) stop_listening(*f.listening);
  if (f.waits_for != 0) drop(f.waits_for);
  drop(std::exchange(f.timeout.timer, 0));
  if (f.attempt) drop(std::exchange(f.attempt->attempt.timer, 0));
}

} // namespace steward::workflow
