#include "workflow/simulation/life.hpp"

#include "workflow/json.hpp"
#include "workflow/machine/snapshot.hpp"

#include <cstdio>

namespace steward::workflow::simulation {

namespace {

struct command_text {
  std::string operator()(const http_call& c) const {
    auto text = "call " + std::to_string(c.effect) + ": " + c.method + " " + c.url + ", key " +
                c.idempotency_key + ", attempt " + std::to_string(c.attempt);
    for (const auto& [name, content] : c.headers) text += ", " + name + ": " + content;
    return c.body ? text + ", body " + *c.body : text;
  }
  std::string operator()(const set_timer& c) const {
    return "timer " + std::to_string(c.effect) + ": due at " + std::to_string(c.due_us);
  }
  std::string operator()(const drop_effect& c) const { return "drop " + std::to_string(c.effect); }
  std::string operator()(const start_child& c) const {
    return "child " + std::to_string(c.effect) + ": " + c.workflow.namespace_ + "/" +
           c.workflow.name + ", key " + c.idempotency_key + ", input " + to_json(c.input);
  }
  std::string operator()(const listen_for& c) const {
    return "listen " + std::to_string(c.effect) + ": " + c.task + ", after " +
           std::to_string(c.after);
  }
  std::string operator()(const emit_event& c) const { return "emit " + to_json(c.event); }
};

/// Equal texts, equal machines.
std::string look(const machine& m) {
  auto text = std::string{to_string(m.status())} + ", attempts " + std::to_string(m.attempts()) +
              ", output " + to_json(m.output());
  if (m.error()) text += ", error " + to_json(to_value(*m.error()));
  for (const auto& c : m.outstanding()) text += "; " + describe(c);
  return text;
}

} // namespace

std::string describe(const command& c) { return std::visit(command_text{}, c); }

std::string offset_text(int64_t us) {
  auto ms = us / 1000;
  char text[64];
  std::snprintf(text, sizeof(text), "%lldd %02d:%02d:%02d.%03d",
                static_cast<long long>(ms / 86'400'000), static_cast<int>(ms / 3'600'000 % 24),
                static_cast<int>(ms / 60'000 % 60), static_cast<int>(ms / 1000 % 60),
                static_cast<int>(ms % 1000));
  return text;
}

void life::trail::add(std::string_view text) {
  for (char c : text) digest = (digest ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
}

class life::observer : public step_observer {
public:
  observer(const machine& m, trail& into, audience* watch) : m_(m), into_(into), watch_(watch) {}
  void on_step(const step& s) override {
    ++into_.steps;
    into_.add(s.type);
    into_.add(s.task);
    into_.add(std::to_string(s.time_us));
    if (watch_) watch_->on_step(s, m_);
  }

private:
  const machine& m_;
  trail& into_;
  audience* watch_;
};

life::life(std::shared_ptr<const definition> d, machine_limits limits, value secrets,
           audience& watch)
    : what_(std::move(d)), limits_(limits), secrets_(std::move(secrets)), watch_(watch),
      machine_(what_, limits_, secrets_) {}

std::vector<command> life::apply(machine& m, const event& e, trail& into, audience* watch) const {
  auto look_on = observer{m, into, watch};
  auto result = m.advance(e, &look_on);
  auto commands = std::move(result.commands);
  while (result.more) {
    result = m.proceed(&look_on);
    std::move(result.commands.begin(), result.commands.end(), std::back_inserter(commands));
  }
  for (const auto& c : commands) into.add(describe(c));
  return commands;
}

std::vector<command> life::take(const event& e) {
  journal_.push_back(encode_event(e));
  return apply(machine_, e, trail_, &watch_);
}

std::optional<std::string> life::rebuild() {
  auto reborn = machine{what_, limits_, secrets_};
  auto again = trail{};
  for (size_t i = 0; i < journal_.size(); ++i) {
    auto e = decode_event(journal_[i]);
    if (!e) return "journal entry " + std::to_string(i + 1) + " can't be read: " + e.error();
    apply(reborn, *e, again, nullptr);
  }
  auto before = look(machine_), after = look(reborn);
  if (before != after)
    return "the rebuilt run is not the one that lived: " + after + " / " + before;
  if (again.digest != trail_.digest)
    return "the rebuilt run took other steps or gave other commands than the one that lived";
  machine_ = std::move(reborn);
  return go_on_from_snapshot();
}

/// From here on the run lives by what a snapshot of it says; the next rebuilding is without.
std::optional<std::string> life::go_on_from_snapshot() {
  auto text = encode_snapshot(machine_);
  if (!text) return std::nullopt; // it holds a secret
  auto read = decode_snapshot(what_, limits_, secrets_, *text);
  if (!read) return read.error();
  auto before = look(machine_), after = look(*read);
  if (before != after)
    return "the run from a snapshot is not the one it is of: " + after + " / " + before;
  machine_ = *std::move(read);
  return std::nullopt;
}

} // namespace steward::workflow::simulation
