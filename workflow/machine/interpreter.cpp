#include "workflow/machine/interpreter.hpp"

namespace steward::workflow {

namespace {

constexpr size_t detail_bytes = 500;

struct answered_effect {
  effect_id operator()(const http_answered& e) const { return e.effect; }
  effect_id operator()(const http_failed& e) const { return e.effect; }
  effect_id operator()(const timer_fired& e) const { return e.effect; }
  effect_id operator()(const child_ended& e) const { return e.effect; }
  effect_id operator()(const event_received& e) const { return e.effect; }
  template <class Other>
  effect_id operator()(const Other&) const {
    return 0;
  }
};

template <class T>
bool is(const event& e) {
  return std::holds_alternative<T>(e.what);
}

event take_first(std::vector<event>& events) {
  auto first = std::move(events.front());
  events.erase(events.begin());
  return first;
}

} // namespace

effect_id effect_of(const event& e) { return std::visit(answered_effect{}, e.what); }

bool answers(const event& e, const command& sent) {
  if (std::holds_alternative<http_call>(sent)) return is<http_answered>(e) || is<http_failed>(e);
  if (std::holds_alternative<set_timer>(sent)) return is<timer_fired>(e);
  if (std::holds_alternative<listen_for>(sent)) return is<event_received>(e);
  return is<child_ended>(e);
}

interpreter::interpreter(std::shared_ptr<const definition> d, machine_limits limits, value secrets)
    : limits_(limits) {
  limits_.slice = std::max<uint64_t>(limits_.slice, 1);
  run_.what = std::move(d);
  run_.secrets = std::move(secrets);
}

advance_result interpreter::advance(const event& e, step_observer* observer) {
  queue_.push_back(e);
  return proceed(observer);
}

advance_result interpreter::proceed(step_observer* observer) {
  auto result = advance_result{};
  result_ = &result;
  observer_ = observer;
  slice_left_ = limits_.slice;
  for (;;) {
    if (ready()) run();
    if (ready()) break; // the slice is used up
    arm_deadlines();
    if (!suspended_ && !arrived_.empty())
      deliver(take_first(arrived_));
    else if (!queue_.empty())
      apply(take_first(queue_));
    else
      break;
  }
  result.more = ready();
  result_ = nullptr;
  observer_ = nullptr;
  return result;
}

bool interpreter::wants(const event& e) const {
  if (auto again = std::get_if<retry_requested>(&e.what)) return find_retry(*again).ok();
  if (ended()) return false;
  if (is<run_started>(e)) return main_.frames.empty();
  if (main_.frames.empty()) return false;
  if (is<suspend_requested>(e)) return !suspended_;
  if (is<resume_requested>(e)) return suspended_;
  if (is<cancel_requested>(e) || is<quarantined>(e)) return true;
  auto effect = effects_.find(effect_of(e));
  if (effect == effects_.end() || effect->second.answered || !answers(e, effect->second.sent))
    return false;
  auto offered = std::get_if<event_received>(&e.what);
  return !offered || wants_event(effect->second, *offered);
}

void interpreter::apply(event e) {
  if (!wants(e)) return;
  now_us_ = std::max(now_us_, e.time_us);
  if (auto started = std::get_if<run_started>(&e.what)) return start(*started);
  if (auto again = std::get_if<retry_requested>(&e.what)) return retry(*again);
  if (is<suspend_requested>(e)) {
    suspended_ = true;
    return observe("workflow.suspended", {});
  }
  if (is<resume_requested>(e)) {
    suspended_ = false;
    observe("workflow.resumed", {});
    return raise_overdue();
  }
  if (auto cancelled = std::get_if<cancel_requested>(&e.what)) return cancel(*cancelled);
  if (auto given_up = std::get_if<quarantined>(&e.what)) {
    now_ = &main_;
    abandon_above(0);
    return fault(standard_error("runtime", safe_text(given_up->reason, detail_bytes)));
  }
  if (!is<event_received>(e)) effects_.at(effect_of(e)).answered = true;
  arrived_.push_back(std::move(e));
}

/// Acts on an answer, unless a timeout that is over by now abandons what asked for it.
void interpreter::deliver(const event& e) {
  raise_overdue();
  auto found = effects_.find(effect_of(e));
  if (found == effects_.end()) return;
  now_ = find_branch(found->second.where);
  if (auto offered = std::get_if<event_received>(&e.what)) {
    auto effect = found->second; // stays: more events may come
    if (auto error = failure_of([&] { take_event(effect, *offered); })) unwind(*std::move(error));
  } else {
    auto effect = std::move(found->second);
    effects_.erase(found);
    if (auto error = failure_of([&] { take_answer(effect, e); })) unwind(*std::move(error));
  }
  wake(*now_);
}

void interpreter::start(const run_started& e) {
  const auto& what = *run_.what;
  run_.id = e.run_id;
  run_.input = e.input;
  run_.started_us = now_us_;
  main_.frames.reserve(8);
  now_ = &main_;
  wake(main_);
  auto& root = main_.frames.emplace_back();
  root.raw_input = root.input = e.input;
  root.started_us = now_us_;
  tell("workflow.started", "input", e.input);
  auto error = failure_of([&] {
    root.input = filter_input(what.input, e.input);
    if (what.timeout) root.timeout = deadline_after(*what.timeout, root.input, "timeout.after");
    root.open(what.tasks, root.input);
  });
  if (!error) return;
  if (error->instance.empty()) error->instance = "/input";
  fault(*std::move(error));
}

void interpreter::cancel(const cancel_requested& e) {
  now_ = &main_;
  abandon_above(0);
  close(run_status::cancelled);
  if (observer_) tell("workflow.cancelled", "reason", value{safe_text(e.reason, detail_bytes)});
}

void interpreter::finish(value result) {
  forget_fallen();
  const auto& what = *run_.what;
  auto error = failure_of([&] { output_ = filter_output(what.output, std::move(result)); });
  if (error) {
    if (error->instance.empty()) error->instance = "/output";
    return fault(*std::move(error));
  }
  close(run_status::completed);
  tell("workflow.completed", "output", output_);
}

void interpreter::fault(run_error e) {
  error_ = std::move(e);
  close(run_status::faulted);
  if (observer_) tell("workflow.faulted", "error", to_value(*error_));
}

/// Ends the run: whatever is still asked for is no longer wanted.
void interpreter::close(run_status how) {
  ended_as_ = how;
  main_.blocked_on = 0;
  ready_.clear();
  while (!effects_.empty()) drop(effects_.begin()->first);
  unanswered_.clear();
  arrived_.clear();
  if (how == run_status::completed)
    forget_fallen();
  else
    keep_fallen();
}

/// Waiting: nothing is outstanding but time and events that may come.
run_status interpreter::status() const {
  if (ended()) return ended_as_;
  if (main_.frames.empty()) return run_status::pending;
  if (suspended_) return run_status::suspended;
  if (ready()) return run_status::running;
  auto waits = false;
  for (const auto& [id, effect] : effects_) {
    if (effect.use != purpose::answer) continue;
    if (!std::holds_alternative<set_timer>(effect.sent) &&
        !std::holds_alternative<listen_for>(effect.sent))
      return run_status::running;
    waits = true;
  }
  return waits ? run_status::waiting : run_status::running;
}

std::vector<command> interpreter::outstanding() const {
  auto commands = unanswered_;
  for (const auto& [id, effect] : effects_) {
    if (effect.answered) continue;
    auto& sent = commands.emplace_back(effect.sent);
    if (auto listener = std::get_if<listen_for>(&sent)) {
      const auto& line = effect.where == 0 ? main_ : *branches_.at(effect.where);
      listener->after = line.frames[effect.depth].listening->last_sequence;
    }
  }
  return commands;
}

void interpreter::observe(std::string_view type, value data) const {
  if (!observer_) return;
  auto s = step{now_us_, type, {}, {}, 1, std::move(data)};
  if (!now_->frames.empty())
    if (auto what = top().what; what && !type.starts_with("workflow.")) {
      s.task = what->pointer;
      s.name = what->name;
      s.attempt = attempt_here();
    }
  observer_->on_step(s);
}

void interpreter::tell(std::string_view type, std::string_view key, const value& data) const {
  if (observer_) observe(type, value::object({{key, data}}));
}

} // namespace steward::workflow
