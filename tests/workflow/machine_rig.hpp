#pragma once

#include "tests/workflow/machine_twin.hpp"
#include "workflow/json.hpp"
#include "workflow/machine.hpp"
#include "workflow/reader.hpp"

#include <stdexcept>

/// One run under test: a definition, its machine, the events given to it and the commands it gave.
/// A second machine follows it through a snapshot before each event.
namespace steward::workflow::testing {

constexpr std::string_view header = R"(
document: {dsl: '1.0.3', namespace: test, name: test, version: '1.0.0'}
)";

inline std::shared_ptr<const definition> define(std::string_view yaml) {
  auto text = std::string{header}.append(yaml);
  auto read = read_definition(text);
  if (read) return *read;
  auto message = std::string{"the definition is refused:"};
  for (const auto& problem : read.error())
    message += "\n" + problem.pointer + ": " + problem.message + " (" + problem.expected + ")";
  throw std::runtime_error(message);
}

inline value json(std::string_view text) {
  auto parsed = parse_json(text);
  if (!parsed) throw std::runtime_error("bad JSON in the test: " + std::string{text});
  return *parsed;
}

/// Everything that can be seen of a machine, as one text: equal texts, equal machines.
inline std::string describe(const command& c) {
  if (auto call = std::get_if<http_call>(&c)) {
    auto text = "http " + std::to_string(call->effect) + " " + call->method + " " + call->url +
                " key=" + call->idempotency_key + " attempt=" + std::to_string(call->attempt);
    for (const auto& [name, content] : call->headers) text += " " + name + ":" + content;
    return text + " body=" + call->body.value_or("-");
  }
  if (auto timer = std::get_if<set_timer>(&c))
    return "timer " + std::to_string(timer->effect) + " due=" + std::to_string(timer->due_us);
  if (auto drop = std::get_if<drop_effect>(&c)) return "drop " + std::to_string(drop->effect);
  if (auto listener = std::get_if<listen_for>(&c))
    return "listen " + std::to_string(listener->effect) +
           " after=" + std::to_string(listener->after);
  if (auto emitted = std::get_if<emit_event>(&c)) return "emit " + to_json(emitted->event);
  const auto& child = std::get<start_child>(c);
  return "child " + std::to_string(child.effect) + " " + child.workflow.name +
         " key=" + child.idempotency_key + " input=" + to_json(child.input);
}
inline std::string describe(const machine& m) {
  auto text = std::string{to_string(m.status())} + " attempts=" + std::to_string(m.attempts()) +
              " output=" + to_json(m.output());
  if (m.error()) text += " error=" + to_json(to_value(*m.error()));
  for (const auto& c : m.outstanding()) text += "\n" + describe(c);
  return text;
}

/// Keeps each step as "type name".
struct step_log : step_observer {
  std::vector<std::string> lines;
  std::vector<step> steps;
  void on_step(const step& s) override {
    lines.push_back(std::string{s.type} + (s.name.empty() ? "" : " " + std::string{s.name}));
    steps.push_back(s);
  }
};

class rig {
public:
  static constexpr int64_t second = 1'000'000;
  static constexpr int64_t epoch = 1'700'000'000 * second;

  explicit rig(std::string_view yaml, machine_limits limits = {}) : rig(define(yaml), limits) {}
  explicit rig(std::shared_ptr<const definition> d, machine_limits limits = {})
      : what(d), m(std::move(d), limits), twin(what, limits) {}

  rig& start(std::string_view input = "{}") { return give(run_started{"run-1", json(input)}); }

  /// Applies an event at `now`, with all the slices it takes.
  template <class What>
  rig& give(What happened) {
    auto e = event{now, std::move(happened)};
    journal.push_back(e);
    sent.clear();
    auto result = m.advance(e, &log);
    for (slices = 1;; ++slices) {
      sent.insert(sent.end(), result.commands.begin(), result.commands.end());
      if (!result.more) break;
      result = m.proceed(&log);
    }
    auto came = breath{false};
    came.add(sent);
    twin.follow(e, m, came);
    return *this;
  }
  rig& after(int64_t us) {
    now += us;
    return *this;
  }

  /// Of the last event's commands, the only one of its kind.
  template <class Command>
  const Command& the() const {
    const Command* found = nullptr;
    for (const auto& c : sent)
      if (auto match = std::get_if<Command>(&c)) {
        if (found) throw std::runtime_error("more than one such command");
        found = match;
      }
    if (!found) throw std::runtime_error("no such command");
    return *found;
  }
  template <class Command>
  size_t count() const {
    size_t n = 0;
    for (const auto& c : sent) n += std::holds_alternative<Command>(c) ? 1u : 0u;
    return n;
  }
  // By value from a rig that is gone when the answer is looked at.
  const http_call& call() const& { return the<http_call>(); }
  http_call call() && { return the<http_call>(); }
  const set_timer& timer() const& { return the<set_timer>(); }
  set_timer timer() && { return the<set_timer>(); }
  /// Seconds from now until the only timer that was set is due.
  double delay() const { return static_cast<double>(timer().due_us - now) / 1e6; }

  rig& answer(int status, std::string body, std::string type = "application/json") {
    return give(http_answered{call().effect, status, {{"content-type", type}}, std::move(body)});
  }
  rig& fire() {
    now = std::max(now, timer().due_us);
    return give(timer_fired{timer().effect});
  }

  std::string output() const { return to_json(m.output()); }
  std::string status() const { return std::string{to_string(m.status())}; }
  run_error error() const {
    if (!m.error()) throw std::runtime_error("the run has no error: " + describe(m));
    return *m.error();
  }

  std::shared_ptr<const definition> what;
  machine m;
  snapshot_twin twin;
  int64_t now = epoch;
  std::vector<event> journal;
  std::vector<command> sent; ///< Commands of the last event.
  size_t slices = 0;         ///< Of the last event.
  step_log log;
};

/// The output of a run that ends in the breath in which it starts, or its status and error.
inline std::string run_through(std::string_view yaml, std::string_view input = "{}") {
  auto r = rig{yaml};
  r.start(input);
  return r.m.status() == run_status::completed ? r.output() : describe(r.m);
}

} // namespace steward::workflow::testing
