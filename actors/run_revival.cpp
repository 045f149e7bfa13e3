#include "actors/run_revival.hpp"

#include "actors/history.hpp"
#include "workflow/json.hpp"
#include "workflow/machine/snapshot.hpp"

#include <spdlog/spdlog.h>

#include <charconv>

namespace steward {

namespace {

using workflow::value;

/// Goes before the machine's text, in a line of its own.
std::string memory_text(const run_memory& memory) {
  auto children = value::empty_object();
  for (const auto& [effect, key] : memory.children)
    children.set(std::to_string(effect), std::string_view{key});
  auto dropped = value::empty_array();
  for (const auto effect : memory.dropped) dropped.push_back(static_cast<int64_t>(effect));
  return workflow::to_json(value::object({{"steps", static_cast<int64_t>(memory.steps)},
                                          {"time_us", memory.time_us},
                                          {"children", std::move(children)},
                                          {"dropped", std::move(dropped)}}));
}

std::optional<run_memory> read_memory(std::string_view text) {
  const auto read = workflow::parse_json(text);
  if (!read || !read->get("steps").is_int() || !read->get("time_us").is_int()) return std::nullopt;
  run_memory memory;
  memory.steps = static_cast<uint64_t>(read->get("steps").as_int());
  memory.time_us = read->get("time_us").as_int();
  const auto children = read->get("children"), dropped = read->get("dropped");
  if (!children.is_object() || !dropped.is_array()) return std::nullopt;
  for (const auto& [effect, key] : children.members()) {
    const auto digits = effect.as_string();
    effect_id id = 0;
    const auto end = std::from_chars(digits.data(), digits.data() + digits.size(), id);
    if (end.ec != std::errc{} || end.ptr != digits.data() + digits.size() || !key.is_string())
      return std::nullopt;
    memory.children[id] = key.as_string();
  }
  for (const auto& effect : dropped.items()) {
    if (!effect.is_int()) return std::nullopt;
    memory.dropped.push_back(static_cast<effect_id>(effect.as_int()));
  }
  return memory;
}

/// Keeps a run's memory while its journal is replayed.
struct memory_keeper final : workflow::step_observer {
  explicit memory_keeper(run_memory& m) : memory(m) {}
  void on_step(const workflow::step&) override { ++memory.steps; }
  void on_command(const workflow::command& c) const {
    if (const auto* child = std::get_if<workflow::start_child>(&c))
      memory.children[child->effect] = child->idempotency_key;
    const auto* gone = std::get_if<workflow::drop_effect>(&c);
    if (gone && gone->what == workflow::drop_effect::kind::child)
      memory.dropped.push_back(gone->effect);
  }
  run_memory& memory;
};

std::optional<revived_run> from_snapshot(const deployed& workflow,
                                         const workflow::machine_limits& limits,
                                         const store::stored_run& run) {
  const std::string_view state = run.snapshot->state;
  const auto end = std::min(state.find('\n'), state.size());
  auto memory = read_memory(state.substr(0, end));
  auto machine = workflow::decode_snapshot(workflow.definition, limits, workflow.secrets,
                                           state.substr(std::min(end + 1, state.size())));
  if (memory && machine)
    return revived_run{*std::move(machine), *std::move(memory), run.snapshot->seq};
  spdlog::warn("run.snapshot.unusable run={} reason=\"{}\"", run.row.id.text(),
               machine ? "its first line can't be read" : machine.error());
  return std::nullopt;
}

} // namespace

std::optional<revived_run> revive(const deployed& workflow, const workflow::machine_limits& limits,
                                  const store::stored_run& run) {
  std::optional<revived_run> revived;
  if (run.snapshot) {
    revived = from_snapshot(workflow, limits, run);
    if (!revived) return std::nullopt;
  } else {
    revived = revived_run{workflow::machine{workflow.definition, limits, workflow.secrets}, {}, 0};
    revived->memory.time_us = run.row.created_us;
  }
  memory_keeper keeper{revived->memory};
  const auto on_command = [&](const workflow::command& c) {
    keeper.on_command(c);
    if (run.row.status == run_status::pending && std::holds_alternative<workflow::emit_event>(c))
      revived->emitted.push_back(c);
  };
  if (run.snapshot)
    replay_journal(revived->machine, run, &keeper, on_command);
  else
    replay(revived->machine, run, &keeper, on_command);
  revived->seq += run.journal.size();
  if (!run.journal.empty())
    revived->memory.time_us = workflow::decode_event(run.journal.back()).value().time_us;
  return revived;
}

std::optional<std::string> snapshot_of(const workflow::machine& m, const run_memory& memory) {
  auto state = workflow::encode_snapshot(m);
  if (!state) return std::nullopt;
  return memory_text(memory) + '\n' + *state;
}

} // namespace steward
