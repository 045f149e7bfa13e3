#pragma once

#include "workflow/machine/interpreter.hpp"

#include <concepts>
#include <type_traits>

/// What a snapshot holds, part by part. Each list of members is used in both directions: an
/// `Archive` is called with the name of a member and the member, and writes or reads it
/// (snapshot_writer.hpp, snapshot_reader.hpp). A member that is as it begins is left out.
///
/// Left out are also things that follow from others while a run rests: which branch waits for
/// what, and which frame an effect belongs to (snapshot_rest.cpp).
///
/// These lists are the format. A change that an older snapshot can't be read with, or that would
/// be read as something else, needs another version in snapshot_sum.hpp.
namespace steward::workflow {

class snapshot_writer;
class value_sharing;
class snapshot_reader;

template <class T, class Part>
concept part = std::same_as<std::remove_const_t<T>, Part>;

template <class Archive>
void fields(Archive& a, part<run_error> auto& e) {
  a("type", e.type);
  a("status", e.status);
  a("instance", e.instance);
  a("title", e.title);
  a("detail", e.detail);
}

// --- what was asked of the world ---

template <class Archive>
void fields(Archive& a, part<call_authentication> auto& x) {
  a("scheme", x.scheme);
  a("properties", x.properties);
  a("secret", x.secret);
}

template <class Archive>
void fields(Archive& a, part<http_call> auto& c) {
  a("effect", c.effect);
  a("key", c.idempotency_key);
  a("task", c.task);
  a("method", c.method);
  a("url", c.url);
  a("headers", c.headers);
  a("body", c.body);
  a("auth", c.auth);
  a("redirect", c.follow_redirects);
  a("attempt", c.attempt);
}

template <class Archive>
void fields(Archive& a, part<set_timer> auto& c) {
  a("effect", c.effect);
  a("due", c.due_us);
}

template <class Archive>
void fields(Archive& a, part<workflow_ref> auto& r) {
  a("namespace", r.namespace_);
  a("name", r.name);
  a("version", r.version);
}

template <class Archive>
void fields(Archive& a, part<start_child> auto& c) {
  a("effect", c.effect);
  a("key", c.idempotency_key);
  a("workflow", c.workflow);
  a("input", c.input);
  a("await", c.await);
  a("task", c.task);
}

template <class Archive>
void fields(Archive& a, part<event_route> auto& r) {
  a("type", r.type);
  a("keys", r.keys);
}

template <class Archive>
void fields(Archive& a, part<listen_for> auto& c) {
  a("effect", c.effect);
  a("routes", c.routes);
  a("after", c.after);
  a("task", c.task);
}

template <class Command, class Archive>
void alternative(Archive& a, std::string_view key, auto& sent) {
  if constexpr (Archive::reads) {
    if (a.has(key)) a(key, sent.template emplace<Command>());
  } else if (auto found = std::get_if<Command>(&sent)) {
    a(key, *found);
  }
}

template <class Archive>
void fields(Archive& a, part<command> auto& c) {
  alternative<http_call>(a, "http", c);
  alternative<set_timer>(a, "timer", c);
  alternative<start_child>(a, "child", c);
  alternative<listen_for>(a, "listen", c);
}

template <class Archive>
void fields(Archive& a, part<open_effect> auto& e) {
  a("sent", e.sent);
  a("answered", e.answered);
}

// --- tasks that are open ---

template <class Archive>
void fields(Archive& a, part<deadline> auto& d) {
  a.unless(deadline::never, "due", d.due_us);
  a("timer", d.timer);
  a("since", d.since_us);
}

template <class Archive>
void fields(Archive& a, part<loop_state> auto& l) {
  a("items", l.items);
  a("index", l.index);
  a("iterating", l.iterating);
  a("left", l.left);
}

template <class Archive>
void fields(Archive& a, part<try_state> auto& t) {
  a("at", t.at);
  a("retries", t.retries);
  a("earlier", t.earlier);
  a("first", t.first_attempt_us);
  a("attempt", t.attempt);
  a("caught", t.caught);
}

template <class Archive>
void fields(Archive& a, part<pending_export> auto& e) {
  a("filter", e.filter);
  a("output", e.output);
  a("task", e.instance);
  a("variables", e.variables);
}

template <class Archive>
void fields(Archive& a, part<fork_state> auto& f) {
  a("open", f.open);
  a("outputs", f.outputs);
  a("exports", f.exports);
}

template <class Archive>
void fields(Archive& a, part<listen_state> auto& l) {
  a("effect", l.effect);
  a("consumption", l.consumption);
  a("last", l.last_sequence);
  a("begun", l.begun);
  a("queue", l.queue);
  a("outputs", l.outputs);
  a("index", l.index);
  a("bytes", l.bytes);
  a("iterating", l.iterating);
  a("left", l.left);
  a("item", l.item);
}

template <class Archive>
void fields(Archive& a, part<flow> auto& f) {
  a("to", f.what);
  a("target", f.target);
}

template <class Archive>
void fields(Archive& a, part<extension_state> auto& e) {
  a("at", e.at);
  a("applying", e.applying);
  a("index", e.index);
  a("left", e.left);
  a("output", e.output);
  a("then", e.then);
}

/// But for `what` and `list`, which refer to the definition.
template <class Archive>
void fields(Archive& a, part<frame> auto& f) {
  a("next", f.next);
  a("raw", f.raw_input);
  a("input", f.input);
  a("data", f.data);
  a("started", f.started_us);
  a("timeout", f.timeout);
  a("waits", f.waits_for);
  a("repeated", f.repeated);
  a("visits", f.visits);
  a("loop", f.loop);
  a("try", f.attempt);
  a("fork", f.fork);
  a("listen", f.listening);
  a("extended", f.extended);
}

/// But for the frames, which the archives know how to tie to the definition.
template <class Archive>
void fields(Archive& a, part<branch> auto& b) {
  a("id", b.id);
  a("index", b.index);
  a("context", b.context);
  a("exports", b.exports);
  a("repeat", b.repeat);
}

/// What the machine and its parts keep to themselves.
struct snapshot_access {
  template <class Machine>
  static auto& state_of(Machine& m) {
    return *m.state_;
  }

  static const run_facts& facts_of(const interpreter& m) { return m.run_; }

  // snapshot_rest.cpp
  /// True if the run rests, and what is not written follows from what is.
  static bool rests(const interpreter& m);
  /// Sets what is not written. Throws `unreadable_snapshot` if the parts don't fit together: after
  /// it the run may be given any event.
  static void settle(interpreter& m);
  /// Of a frame that is about to be put on that branch: its parts are those that its task has.
  static void check_frame(const branch& line, frame& f);
  static void bind(event_consumption& c, const event_strategy& what, event_reading read);

  // snapshot.cpp
  static void count(value_sharing& values, const interpreter& m);
  static void write(snapshot_writer& w, const interpreter& m);
  static void write_branch(snapshot_writer& w, const interpreter& m, const branch& b);
  static void read(snapshot_reader& r, const value& from, interpreter& m);
  static void read_branch(snapshot_reader& r, const value& from, interpreter& m);
  static void read_frame(snapshot_reader& r, const value& from, interpreter& m, branch& line);

  template <class Archive>
  static void fields(Archive& a, part<event_consumption> auto& c) {
    a("fulfilled", c.fulfilled_);
    a("expected", c.expected_);
    a("learned", c.learned_);
    a("taken", c.taken_);
    a("until", c.until_);
    a("done", c.done_);
  }

  /// But for the branches and effects.
  template <class Archive>
  static void fields(Archive& a, part<interpreter> auto& m) {
    a("run", m.run_.id);
    a("input", m.run_.input);
    a("started", m.run_.started_us);
    a("time", m.now_us_);
    a("last_branch", m.last_branch_);
    a("last_effect", m.last_effect_);
    a("failed_in", m.failed_in_);
    a("unanswered", m.unanswered_);
    a("consumed", m.consumed_);
    a("consumed_count", m.consumed_count_);
    a("steps", m.steps_);
    a("retries", m.retries_);
    a("run_retries", m.run_retries_);
    a("changed_inputs", m.changed_inputs_);
    a("suspended", m.suspended_);
    a("ended", m.ended_as_);
    a("output", m.output_);
    a("error", m.error_);
    a("arrived", m.arrived_);
  }
};

} // namespace steward::workflow
