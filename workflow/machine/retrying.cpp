#include "workflow/machine/interpreter.hpp"

#include <algorithm>

namespace steward::workflow {

/// Ends the task on top for an error, or with the run. It is kept until the error is caught.
void interpreter::let_fall() {
  release(top());
  now_->fallen.push_back(std::move(top()));
  now_->frames.pop_back();
}

/// The error was caught: what it closed on its way is gone.
void interpreter::forget_fallen() {
  now_->fallen.clear();
  fallen_branches_.clear();
  failed_in_.reset();
}

/// The run has ended badly: puts back what fell, so that it looks as it did when it went wrong.
void interpreter::keep_fallen() {
  auto stand_up = [](branch& b) {
    for (auto f = b.fallen.rbegin(); f != b.fallen.rend(); ++f) b.frames.push_back(std::move(*f));
    b.fallen.clear();
    b.blocked_on = 0;
    b.joining = b.queued = false;
  };
  branches_ = std::move(fallen_branches_);
  fallen_branches_.clear();
  each_branch(stand_up);
  for (const auto& [id, b] : branches_) {
    auto& fork = *b->parent->frames.back().fork;
    fork.open[b->index] = id;
    ++fork.running;
  }
}

std::optional<std::string> interpreter::refuses(const retry_requested& e) const {
  auto found = find_retry(e);
  return found ? std::nullopt : std::optional{found.error()};
}

/// Nothing in the place: every branch goes on where it was.
interpreter::retry_point interpreter::find_retry(const retry_requested& e) const {
  auto no = [](std::string why) { return retry_point{failed{std::move(why)}}; };
  if (!ended()) return no("the run has not ended");
  if (ended_as_ == run_status::completed) return no("the run has completed");
  if (!e.task.empty()) return find_named(e);
  if (failed_in_) {
    const auto& frames = line(*failed_in_).frames;
    auto depth = frames.size() - 2;
    return std::optional{place{*failed_in_, depth, frames[depth].next}};
  }
  if (main_.frames.size() < 2) return no("no task was open when the run ended: name one");
  if (e.input) return no("no single task failed: name the one that the input is for");
  return std::optional<place>{};
}

interpreter::retry_point interpreter::find_named(const retry_requested& e) const {
  auto no = [&e](std::string why) {
    return retry_point{failed{"the task \"" + safe_text(e.task, 200) + "\" " + std::move(why)}};
  };
  auto found = std::optional<place>{};
  auto several = false;
  auto open = false; // it was at work, so its input is known
  auto look = [&](const branch& b) {
    // The task that failed is entered anew: nothing inside it can be gone on with.
    auto scopes = b.frames.size() - (failed_in_ == b.id ? 1 : 0);
    for (size_t depth = 0; depth < scopes; ++depth) {
      const auto& f = b.frames[depth];
      for (size_t i = 0; f.list && i < f.list->size(); ++i) {
        const auto& t = (*f.list)[i];
        if (t.pointer != e.task && t.name != e.task) continue;
        several = several || found;
        found = place{b.id, depth, i};
        open = depth + 1 < b.frames.size() && b.frames[depth + 1].what == &t;
      }
    }
  };
  look(main_);
  for (const auto& [id, b] : branches_) look(*b);
  if (!found) return no("is in no scope that was open when the run ended");
  if (several) return no("is in several scopes that were open: give its pointer");
  if (!open && !e.input) return no("was not at work when the run ended: give its input");
  return found;
}

/// What the run asked of the world was dropped with its end, and is asked for again.
void interpreter::retry(const retry_requested& e) {
  auto at = *find_retry(e);
  ended_as_ = run_status::pending;
  error_.reset();
  suspended_ = false;
  ++retries_;
  ++run_retries_;
  if (e.changed) ++changed_inputs_;
  now_ = &main_;
  each_branch([this](branch& b) { renew_deadlines(b); });
  if (observer_) {
    auto data = value::object({{"retry", value{true}}});
    if (at) data.set("task", value{(*line(at->where).frames[at->depth].list)[at->index].pointer});
    observe("workflow.resumed", std::move(data));
  }
  if (at) restart(*at, e);
  each_branch([this, &at](branch& b) {
    if (!at || b.id != at->where) go_on(b);
  });
  failed_in_.reset();
}

/// Timeouts of tasks that go on count from now: the time after the run's end was not theirs.
void interpreter::renew_deadlines(branch& b) {
  auto renew = [this](deadline& d) {
    d.timer = 0;
    if (d.due_us == deadline::never) return;
    if (__builtin_add_overflow(d.due_us, now_us_ - d.since_us, &d.due_us))
      d.due_us = deadline::never;
    d.since_us = now_us_;
  };
  for (auto& f : b.frames) {
    renew(f.timeout);
    if (f.attempt) renew(f.attempt->attempt);
  }
}

void interpreter::restart(const place& at, const retry_requested& e) {
  auto& b = *find_branch(at.where);
  auto input = e.input ? *e.input : b.frames[at.depth + 1].raw_input;
  enter_again(b, at.depth, at.index, std::move(input));
  if (failed_in_ == b.id) failed_in_.reset(); // what failed is gone: all that is left goes on
  listen_again(b);
  for (auto* line = &b; line; line = line->parent)
    for (auto& f : line->frames)
      if (f.runs_body()) {
        f.attempt->earlier += f.attempt->retries + 1;
        f.attempt->retries = 0;
        f.attempt->first_attempt_us = now_us_;
      }
}

/// A branch in which nothing failed, or another than the one that was named.
void interpreter::go_on(branch& b) {
  now_ = &b;
  listen_again(b);
  auto& f = top();
  if (f.fork && f.fork->running > 0) {
    b.joining = true;
    return;
  }
  if (f.waits_for != 0 && f.listening) {
    f.waits_for = b.blocked_on = f.listening->effect;
    return;
  }
  if (f.waits_for != 0 && f.attempt) { // for its next attempt, which may begin now
    auto timer = set_timer{};
    timer.due_us = now_us_;
    return ask(timer);
  }
  if (f.waits_for == 0 && failed_in_ != b.id) return wake(b);
  auto depth = b.frames.size() - 2;
  enter_again(b, depth, b.frames[depth].next, f.raw_input);
}

/// The next thing that the branch does is to enter that task. Its idempotency key is the one it
/// had.
void interpreter::enter_again(branch& b, size_t depth, size_t index, value input) {
  auto& scope = b.frames[depth];
  auto open = depth + 1 < b.frames.size() && b.frames[depth + 1].what == &(*scope.list)[index];
  auto entered = scope.visits[index] > 0;
  b.repeat = open ? b.frames[depth + 1].repeated + 1 : entered ? 1 : 0;
  cut(b, depth + 1);
  // Those after it are entered once more for the same reason. Where a `then` leads in circles it
  // can't be told what that reason was, and they count on.
  if (!open && std::ranges::none_of(scope.visits, [](auto n) { return n > 1; }))
    std::fill(scope.visits.begin() + static_cast<ptrdiff_t>(index) + 1, scope.visits.end(), 0u);
  if (entered) --scope.visits[index];
  if (scope.loop) scope.loop->left = false;
  if (scope.listening) scope.listening->left = false;
  if (scope.extended) scope.extended->left = false;
  scope.next = index;
  scope.data = std::move(input);
  b.joining = false;
  wake(b);
}

/// Leaves the branch with so many frames, and without the branches of those it loses.
void interpreter::cut(branch& b, size_t frames) {
  while (b.frames.size() > frames) {
    if (const auto& fork = b.frames.back().fork)
      for (auto id : fork->open)
        if (id != 0) {
          cut(*branches_.at(id), 0);
          branches_.erase(id);
        }
    b.frames.pop_back();
  }
}

/// Listeners keep what they have consumed.
void interpreter::listen_again(branch& b) {
  for (size_t depth = 0; depth < b.frames.size(); ++depth) {
    auto& f = b.frames[depth];
    if (!f.listening || f.listening->left || f.listening->consumption.is_done()) continue;
    if (failed_in_ == b.id && depth + 1 == b.frames.size()) continue; // it begins anew
    auto wanted = listen_for{};
    wanted.effect = ++last_effect_;
    wanted.routes = f.listening->consumption.routes();
    wanted.after = f.listening->last_sequence;
    wanted.task = f.what->pointer;
    f.listening->effect = wanted.effect;
    result_->commands.push_back(wanted);
    effects_.emplace(wanted.effect, open_effect{wanted, purpose::answer, b.id, depth});
  }
}

} // namespace steward::workflow
