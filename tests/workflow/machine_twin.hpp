#pragma once

#include "workflow/json.hpp"
#include "workflow/machine.hpp"
#include "workflow/machine/inspection.hpp"
#include "workflow/machine/snapshot.hpp"

#include <algorithm>
#include <stdexcept>

/// A second machine that lives through snapshots: before each event it is written and read again.
/// Whatever can be seen of it must be as of the machine it follows.
namespace steward::workflow::testing {

/// Values as text, exact to the kind of number: 1.0 is not 1, and NaN is not null. Of giants, which
/// a few tests make, only the size.
inline std::string exact(const value& v) {
  if (v.weight() > 1u << 20) return "a giant of " + std::to_string(v.weight());
  if (v.is_array()) {
    auto text = std::string{"["};
    for (const auto& item : v.items()) text += exact(item) + ",";
    return text + "]";
  }
  if (v.is_object()) {
    auto text = std::string{"{"};
    for (const auto& m : v.members()) text += exact(m.key) + ":" + exact(m.item) + ",";
    return text + "}";
  }
  return v.type() == value::kind::number ? "double " + std::to_string(v.as_double()) : to_json(v);
}

inline std::string exact(const command& sent) {
  struct texts {
    std::string operator()(const http_call& c) const {
      auto text = "http " + std::to_string(c.effect) + " " + c.task + " " + c.method + " " + c.url +
                  " key=" + c.idempotency_key + " attempt=" + std::to_string(c.attempt);
      for (const auto& [name, content] : c.headers) text += " " + name + ":" + content;
      if (c.auth)
        text += " auth=" + std::to_string(static_cast<int>(c.auth->scheme)) +
                exact(c.auth->properties) + c.auth->secret;
      return text + (c.follow_redirects ? " redirect" : "") + " body=" + c.body.value_or("-");
    }
    std::string operator()(const set_timer& c) const {
      return "timer " + std::to_string(c.effect) + " due=" + std::to_string(c.due_us);
    }
    std::string operator()(const drop_effect& c) const {
      return "drop " + std::to_string(c.effect) + " " + std::to_string(static_cast<int>(c.what));
    }
    std::string operator()(const start_child& c) const {
      return "child " + std::to_string(c.effect) + " " + c.task + " " + c.workflow.namespace_ +
             "/" + c.workflow.name + "/" + c.workflow.version + " key=" + c.idempotency_key +
             (c.await ? " awaited" : "") + " input=" + exact(c.input);
    }
    std::string operator()(const listen_for& c) const {
      auto text =
          "listen " + std::to_string(c.effect) + " " + c.task + " after=" + std::to_string(c.after);
      for (const auto& r : c.routes) {
        text += " " + r.type;
        for (const auto& [program, expected] : r.keys)
          text += " " + program + "=" + exact(expected);
      }
      return text;
    }
    std::string operator()(const emit_event& c) const { return "emit " + c.task + exact(c.event); }
  };
  return std::visit(texts{}, sent);
}

/// All that can be seen of a machine.
inline std::string portrait(const machine& m) {
  auto text = std::string{to_string(m.status())} + " attempts=" + std::to_string(m.attempts()) +
              " retried=" + std::to_string(m.times_retried()) + " output=" + exact(m.output());
  if (m.error()) text += " error=" + exact(to_value(*m.error()));
  for (const auto& c : m.outstanding()) text += "\n" + exact(c);
  const auto p = m.inspect();
  text += "\npicture " + std::string{to_string(p.status)} + " context=" + exact(p.context) +
          " at=" + (p.at_work ? std::to_string(*p.at_work) : "-") +
          " variables=" + exact(p.variables) + " output=" + exact(p.output);
  for (const auto& t : p.tasks) {
    text += "\n" + t.pointer + " " + std::string{t.kind};
    for (auto b : t.branch) text += "/" + std::to_string(b);
    text += " raw=" + exact(t.raw_input) + " input=" + exact(t.input) + " data=" + exact(t.data) +
            " started=" + std::to_string(t.started_us) + " attempt=" + std::to_string(t.attempt) +
            " variables=" + exact(t.variables);
  }
  auto refused = m.refuses(retry_requested{});
  return text + "\nretry: " + refused.value_or("wanted");
}

/// What came of one event: commands and, if it watches, steps, in order.
struct breath final : step_observer {
  explicit breath(bool with_steps = true) : watches(with_steps) {}
  bool watches;
  std::vector<std::string> lines;

  void on_step(const step& s) override {
    lines.push_back(std::to_string(s.time_us) + " " + std::string{s.type} + " " +
                    std::string{s.task} + " " + std::to_string(s.attempt) + " " + exact(s.data));
  }
  void take(machine& m, const event& e) {
    auto observer = watches ? this : nullptr;
    auto result = m.advance(e, observer);
    for (;;) {
      add(result.commands);
      if (!result.more) return;
      result = m.proceed(observer);
    }
  }
  void add(const std::vector<command>& commands) {
    for (const auto& c : commands) lines.push_back(exact(c));
  }
};

inline std::string snapshot_of(const machine& m) {
  auto text = encode_snapshot(m);
  if (!text) throw std::runtime_error("there is no snapshot of a run that rests");
  return *text;
}

inline machine revive(const std::shared_ptr<const definition>& d, machine_limits limits,
                      const value& secrets, const std::string& snapshot) {
  auto m = decode_snapshot(d, limits, secrets, snapshot);
  if (!m) throw std::runtime_error(m.error() + ": " + snapshot);
  return *std::move(m);
}

class snapshot_twin {
public:
  explicit snapshot_twin(std::shared_ptr<const definition> d, machine_limits limits = {},
                         value secrets = value::empty_object())
      : what_(std::move(d)), limits_(limits), secrets_(std::move(secrets)),
        m_(what_, limits_, secrets_) {}

  /// Lives through the event as well. Throws unless the same comes of it, and it then looks like
  /// `other`, which has taken the event already.
  void follow(const event& e, const machine& other, const breath& expected) {
    auto looks = through_snapshot();
    auto mine = breath{expected.watches};
    mine.take(m_, e);
    auto first = std::ranges::mismatch(expected.lines, mine.lines);
    same(first.in1 == expected.lines.end() ? "" : *first.in1,
         first.in2 == mine.lines.end() ? "" : *first.in2, "what came of the event");
    if (looks || is_final(other.status())) same(portrait(other), portrait(m_), "the run");
  }

private:
  /// Always at first; later, where a thousand branches take their time, now and then.
  bool through_snapshot() {
    if (++events_ >= 100 && events_ % 64 != 0) return false;
    auto text = snapshot_of(m_);
    m_ = revive(what_, limits_, secrets_, text);
    same(text, snapshot_of(m_), "a snapshot of a snapshot");
    return true;
  }

  static void same(const std::string& expected, const std::string& found, const std::string& what) {
    if (expected != found)
      throw std::runtime_error(what + " differs\nwithout a snapshot: " + expected +
                               "\nthrough a snapshot: " + found);
  }

  std::shared_ptr<const definition> what_;
  machine_limits limits_;
  value secrets_;
  machine m_;
  size_t events_ = 0;
};

} // namespace steward::workflow::testing
