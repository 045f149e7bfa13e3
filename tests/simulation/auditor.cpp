#include "tests/simulation/auditor.hpp"

#include "actors/history.hpp"
#include "tests/simulation/workflows.hpp"
#include "workflow/json.hpp"
#include "workflow/reader.hpp"

#include <limits>

namespace steward::simulation {

namespace {

workflow::machine_limits in_one_slice(workflow::machine_limits l) {
  l.slice = std::numeric_limits<uint64_t>::max();
  return l;
}

} // namespace

std::shared_ptr<const workflow::definition> definition_of(const std::string& source) {
  static std::map<std::string, std::shared_ptr<const workflow::definition>> read;
  auto& d = read[source];
  if (!d) d = workflow::read_definition(source).value();
  return d;
}

auditor::auditor(const memory_disk& disk, workflow::machine_limits limits)
    : disk_(disk), limits_(in_one_slice(limits)), rows_lag_(limits.slice < 100) {}

// --- what becomes durable ---

void auditor::committed(std::span<const write_batch* const> group,
                        const store::commit_report& report) {
  std::set<run_id> touched;
  for (size_t i = 0; i < group.size(); ++i) {
    if (report.results.at(i).what != batch_result::kind::committed) continue;
    for (const auto& op : group[i]->ops) {
      applied(group[i]->tenant, op);
      if (const auto* entry = std::get_if<append_journal>(&op)) touched.insert(entry->run);
    }
  }
  for (const auto& id : touched) {
    const auto& run = runs_.at(id);
    if (const auto* stored = disk_.run(run.tenant, id)) compare(stored->row, *run.machine);
  }
}

void auditor::applied(const tenant_id& tenant, const write_op& op) {
  if (const auto* insert = std::get_if<insert_run>(&op)) return inserted(tenant, insert->row);
  if (const auto* entry = std::get_if<append_journal>(&op)) return journaled(*entry);
  if (const auto* event = std::get_if<publish_event>(&op)) return published(*event);
  if (const auto* timer = std::get_if<put_timer>(&op)) {
    runs_.at(timer->run).timers[timer->effect] = timer->due_us;
    return;
  }
  if (const auto* update = std::get_if<update_run>(&op)) {
    auto& run = runs_.at(update->run);
    if (run.ended) note("a run changed after its end: " + update->run.text());
    run.ended = workflow::is_final(update->status);
  }
}

void auditor::inserted(const tenant_id& tenant, const run_row& row) {
  auto& run = runs_[row.id];
  if (run.machine) note("a run was inserted twice: " + row.id.text());
  run.tenant = tenant;
  run.ended = workflow::is_final(row.status);
  run.machine = std::make_shared<workflow::machine>(
      definition_of(disk_.workflow(row.workflow_id)->source), limits_);
  auto input = workflow::parse_json(row.input);
  feed(run, {row.created_us, workflow::run_started{row.id.text(), std::move(*input)}});
  if (!row.parent) return;
  const auto& parent = runs_.at(*row.parent);
  if (row.parent_effect != 0 && !parent.children.contains(row.parent_effect))
    note("a child that its parent did not durably want: " + row.id.text());
  if (row.parent_effect != 0 &&
      !children_.emplace(std::pair{*row.parent, row.parent_effect}, row.id).second)
    note("a second child for one effect of " + row.parent->text());
}

void auditor::journaled(const append_journal& op) {
  auto& run = runs_.at(op.run);
  if (run.ended) note("a journal went on after its run's end: " + op.run.text());
  auto event = workflow::decode_event(op.entry);
  if (!event) return note("a journal entry can't be read: " + event.error());
  if (event->time_us < run.time_us) note("time went back in run " + op.run.text());
  if (const auto* fired = std::get_if<workflow::timer_fired>(&event->what)) {
    const auto timer = run.timers.find(fired->effect);
    if (timer == run.timers.end())
      note("a timer fired that was not durable, of run " + op.run.text());
    else if (timer->second > latest_us_)
      note("a timer fired " + std::to_string(timer->second - latest_us_) + " us early, of run " +
           op.run.text());
  }
  feed(run, *event);
}

void auditor::feed(seen_run& run, const workflow::event& e) {
  run.time_us = e.time_us;
  for (const auto& c : run.machine->advance(e).commands) {
    if (const auto* call = std::get_if<workflow::http_call>(&c))
      run.calls[call->effect] = call->idempotency_key;
    if (const auto* child = std::get_if<workflow::start_child>(&c))
      run.children[child->effect] = *child;
  }
}

void auditor::published(const publish_event& e) {
  if (!e.subject.starts_with("runs/")) return;
  auto* run = known(*run_id::parse(e.subject.substr(5)), "an event of the feed");
  if (!run) return;
  const auto is = [&](std::string_view what) {
    return e.type == "io.serverlessworkflow.workflow." + std::string{what} + ".v1";
  };
  if (is("started")) ++run->starts_told;
  if (is("completed") || is("faulted") || is("cancelled")) ++run->ends_told;
  if (run->starts_told > 1 || run->ends_told > 1)
    note("the feed tells a start or an end twice: " + e.subject);
}

void auditor::compare(const run_row& row, const workflow::machine& m) {
  if (row.status != m.status() && (workflow::is_final(row.status) || !rows_lag_))
    note("the journal of run " + row.id.text() + " gives " +
         std::string{workflow::to_string(m.status())} + ", its row says " +
         std::string{workflow::to_string(row.status)});
  if (row.output && m.status() == run_status::completed &&
      workflow::to_json(m.output()) != *row.output)
    note("the journal of run " + row.id.text() + " gives another output than its row");
}

// --- what reaches others ---

auditor::seen_run* auditor::known(const run_id& run, const std::string& who) {
  const auto found = runs_.find(run);
  if (found != runs_.end()) return &found->second;
  note(who + " of a run that is not durable: " + run.text());
  return nullptr;
}

void auditor::called(const connectors::http_order& order, const std::string& key) {
  const auto* run = known(order.id.run, "a call");
  if (!run) return;
  const auto call = run->calls.find(order.id.effect);
  if (call == run->calls.end() || call->second != key)
    return note("a call before its cause was durable: " + key);
  // The service knows steps by their URLs: one key for each, on every attempt.
  if (step_of_key_.emplace(key, order.url).first->second != order.url)
    note("one key for two steps: " + key);
  if (key_of_step_.emplace(order.url, key).first->second != key)
    note("two keys for one step: " + order.url);
}

void auditor::message(const waiting_message& m) {
  if (const auto* arm = m.is<arm_timer>()) {
    const auto* run = known(arm->run, "a timer");
    if (run && !run->timers.contains(arm->effect))
      note("a timer was armed before it was durable, of run " + arm->run.text());
  } else if (const auto* spawn = m.is<spawn_child>()) {
    const auto* run = known(spawn->parent, "a child");
    if (run && spawn->effect != 0 && !run->children.contains(spawn->effect))
      note("a child was asked for before its cause was durable, by run " + spawn->parent.text());
  } else if (const auto* done = m.is<child_done>()) {
    const auto child = children_.find({done->parent, done->effect});
    if (child != children_.end() && !runs_.at(child->second).ended)
      note("the end of a child was told before it was durable: " + child->second.text());
  }
}

void auditor::timers_told(const std::vector<timer_due>& told) {
  constexpr int64_t late_us = 60'000'000; // After a jump of the clock their order means nothing.
  int64_t last_us = 0;
  for (const auto& t : told) {
    const auto* run = known(t.run, "a timer");
    if (!run) continue;
    const auto timer = run->timers.find(t.effect);
    if (timer == run->timers.end())
      note("a timer was told that was never durable, of run " + t.run.text());
    else if (timer->second > latest_us_)
      note("a timer was told early, of run " + t.run.text());
    else if (!told_.insert({t.run, t.effect}).second || run->children.contains(t.effect) ||
             timer->second < latest_us_ - late_us)
      continue; // said again, a reminder (armed anew whenever its run comes back), or long overdue
    else if (timer->second < last_us)
      note("timers were told out of order, of run " + t.run.text() + ", effect " +
           std::to_string(t.effect) + ": due " + std::to_string(timer->second) + " after " +
           std::to_string(last_us));
    else
      last_us = timer->second;
  }
}

void auditor::promised(const tenant_id& tenant, const run_id& run, bool ended) {
  const auto* stored = disk_.run(tenant, run);
  if (!stored)
    note("a run was accepted that is not durable: " + run.text());
  else if (ended && !workflow::is_final(stored->row.status))
    note("an end was answered that is not durable: " + run.text());
  promised_.emplace(tenant, run);
}

// --- the whole disk ---

void auditor::check_disk() {
  for (const auto& [tenant, run] : promised_)
    if (!disk_.run(tenant, run)) note("an accepted run is lost: " + run.text());
  for (const auto& [id, seen] : runs_) {
    const auto* stored = disk_.run(seen.tenant, id);
    if (!stored) {
      note("a durable run is lost: " + id.text());
      continue;
    }
    const auto* workflow = disk_.workflow(stored->row.workflow_id);
    workflow::machine m{definition_of(workflow->source), limits_};
    replay(m, *stored);
    compare(stored->row, m);
    if (m.status() != seen.machine->status()) note("the journal on disk lost a part: " + id.text());
  }
}

void auditor::check_end() {
  check_disk();
  if (!disk_.timers.empty()) note("a timer was left behind");
  std::set<std::string> names;
  for (const auto& [id, seen] : runs_) {
    const auto* stored = disk_.run(seen.tenant, id);
    if (!stored) continue;
    const auto& row = stored->row;
    const auto label = row.workflow.name + " " + id.text() + " " + row.input;
    if (!workflow::is_final(row.status)) note("a run never ended: " + label);
    if (const auto why = unexpected_end(row, cancels_asked_.contains(id)); !why.empty())
      note("an unexpected end of " + label + ": " + why);
    if (seen.starts_told != 1 || seen.ends_told != 1)
      note("not one start and one end in the feed: " + label);
    if (!row.parent && !names.insert(seen.tenant + row.input).second)
      note("a run was started twice: " + label);
  }
}

} // namespace steward::simulation
