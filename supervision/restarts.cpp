#include "supervision/messages.hpp"
#include "supervision/supervisor_state.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace steward::supervision {

namespace {

/// OTP's view: an orderly shutdown is a normal end, whoever asked for it.
bool is_normal(const caf::error& reason) {
  return !reason || reason == caf::exit_reason::user_shutdown;
}

} // namespace

// -- one child's life ------------------------------------------------------------------------

void supervisor::state::launch(child_record& c) {
  children.drop_deadline(c);
  caf::actor handle;
  std::string problem;
  c.launching = true;
  try {
    handle = c.spec.start({self, path_of(c.spec.name), c.crashes});
    if (!handle) problem = "its start function made no actor";
  } catch (const std::exception& e) {
    problem = e.what();
  } catch (...) {
    problem = "an exception of unknown type";
  }
  c.launching = false;
  if (!handle) {
    ++c.starts;
    c.since = now();
    ended(c, make_error(supervision_errc::start_failed, "did not start: " + problem));
    return;
  }
  self->monitor(handle);
  children.came_up(c, std::move(handle), now());
  report(lifecycle_event::kind::started, c);
  if (c.removed) tell_to_stop(c); // By its own start function.
}

void supervisor::state::ended(child_record& c, const caf::error& reason) {
  auto abnormal = !is_normal(reason);
  auto text = reason_text(self->system(), reason);
  c.last_reason = text;
  report(lifecycle_event::kind::exited, c, text, abnormal);
  auto restarted =
      c.spec.restart == restart::permanent || (c.spec.restart == restart::transient && abnormal);
  if (restarted && !c.removed)
    failed(c, reason, text);
  else
    gone(c, reason);
}

void supervisor::state::failed(child_record& c, const caf::error& reason, const std::string& text) {
  c.now = phase::waiting;
  if (stopping) return;
  if (now() - c.since > spec.period) c.crashes = 0;
  ++c.crashes;
  if (front.on_crash) {
    auto order = c.order;
    auto again = front.on_crash(std::string{c.spec.name}, c.crashes, text);
    if (children.find(order) != &c || stopping) return;
    if (!again) {
      c.given_up = true;
      report(lifecycle_event::kind::gave_up, c, text, true);
      gone(c, reason);
      return;
    }
  }
  if (!restarts.admit(now())) {
    escalate(c, text);
    return;
  }
  report(lifecycle_event::kind::restarting, c, text, !is_normal(reason));
  auto start_at = now() + restart_delay(c.spec.backoff, c.crashes, shared->outside.random());
  if (spec.strategy == strategy::one_for_one)
    children.set_deadline(c, start_at);
  else
    plan_group_restart(c, start_at);
}

void supervisor::state::stopped(child_record& c, const caf::error& reason) {
  c.last_reason = reason_text(self->system(), reason);
  report(lifecycle_event::kind::stopped, c, c.last_reason);
  if (stopping && c.dynamic)
    children.erase(c);
  else if (stopping)
    c.now = phase::ended;
  else if (c.removed || c.spec.restart == restart::temporary)
    gone(c, reason);
  else
    c.now = phase::waiting;
}

void supervisor::state::gone(child_record& c, const caf::error& reason) {
  c.now = phase::ended;
  auto name = c.spec.name;
  auto successor = std::move(c.successor);
  if (c.dynamic || c.removed) children.erase(c);
  if (stopping) return;
  if (front.on_gone) front.on_gone(name, reason);
  if (successor) add(std::move(*successor));
}

void supervisor::state::tell_to_stop(child_record& c) {
  c.now = phase::stopping;
  self->send_exit(c.handle, caf::exit_reason::user_shutdown);
  children.set_deadline(c, now() + c.spec.shutdown_timeout);
}

void supervisor::state::escalate(const child_record& c, const std::string& text) {
  auto why = front.path_ + ": more than " + std::to_string(spec.intensity) + " restarts in " +
             std::to_string(spec.period.count()) + " ms; last: " + c.spec.name + ": " + text;
  if (shared->report)
    shared->report({lifecycle_event::kind::gave_up, front.path_, why, true, c.restarts()});
  stop(make_error(supervision_errc::escalated, why));
}

// -- plans -----------------------------------------------------------------------------------

void supervisor::state::plan_group_restart(const child_record& failed, time_point not_before) {
  auto from = spec.strategy == strategy::one_for_all ? 0 : failed.order;
  if (!group) {
    group = group_restart{from, not_before};
  } else {
    group->from = std::min(group->from, from);
    group->not_before = std::max(group->not_before, not_before);
  }
}

void supervisor::state::start_group() {
  auto order = group->from;
  group.reset();
  for (auto* c = children.at_or_after(order); c; c = children.at_or_after(order)) {
    order = c->order + 1;
    // A transient child that had done its work does it again, since its siblings begin anew.
    auto again = c->now == phase::ended && c->spec.restart == restart::transient && !c->given_up;
    if (c->now == phase::waiting || again) launch(*c);
    if (group || stopping) return; // It did not start; those after it wait for the next attempt.
  }
}

bool supervisor::state::stopped_from(uint64_t from) {
  auto* last = children.last_living();
  if (!last || last->order < from) return true;
  if (last->now == phase::stopping) return false;
  if (!child_table::in_crowd(*last)) {
    tell_to_stop(*last);
    return false;
  }
  for (auto* c = children.first_in_crowd(from); c; c = children.at_or_after(c->order + 1))
    if (c->now == phase::running) tell_to_stop(*c);
  return false;
}

void supervisor::state::settle() {
  if (quitting) return;
  if (!stopping && group && stopped_from(group->from) && group->not_before <= now()) start_group();
  if (stopping) {
    if (stopped_from(0)) {
      quitting = true;
      survey.give_up();
      self->quit(std::move(*stopping));
      return;
    }
  } else if (group) {
    stopped_from(group->from);
  }
  set_timer();
}

void supervisor::state::set_timer() {
  auto next = children.next_deadline();
  if (group && !stopping) {
    // While siblings are still to stop, their ends will settle it.
    auto* last = children.last_living();
    if ((!last || last->order < group->from) && (!next || group->not_before < *next))
      next = group->not_before;
  }
  if (!next || (timer && *timer <= *next)) return;
  timer = next;
  self->scheduled_send(self, *next, deadline_reached{});
}

} // namespace steward::supervision
