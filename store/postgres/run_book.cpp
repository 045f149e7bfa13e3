#include "store/postgres/run_book.hpp"

#include "store/postgres/sql_writing.hpp"

namespace steward::store::postgres {

namespace {

std::optional<std::string_view> view(const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  return std::string_view{*text};
}

/// What an update leaves of a field: `now` if it set it, else what was there, unless that was
/// cleared.
template <class Value>
std::optional<Value> left(const run_state& run, const std::optional<Value>& now,
                          const std::optional<Value>& before) {
  if (now || run.reopened) return now;
  return before;
}

} // namespace

void run_book::load(connection& db) {
  const auto& wanted = runs_.wanted();
  if (wanted.empty()) return;
  column<int32_t> tenants;
  column<run_id> ids;
  for (const auto* item : wanted) {
    tenants.add(item->first.first);
    ids.add(item->first.second);
  }
  for (const auto row : db.run(writing::find_runs, parameters::of(tenants, ids))) {
    run_state run;
    run.status = static_cast<run_status>(row.integer(1));
    run.journal = row.number(2);
    runs_.found(static_cast<size_t>(row.integer(0) - 1), run);
  }
}

void run_book::add(tenant_state& tenant, const run_row& row, int64_t family) {
  auto& run = runs_.edit({tenant.id, row.id});
  run.status = row.status;
  run.added = &row;
  run.family = family;
  run.attempts = row.attempts;
  ++tenant.added.counted[static_cast<size_t>(row.status)];
}

void run_book::update(tenant_state& tenant, const update_run& op) {
  auto& run = runs_.edit({tenant.id, op.run});
  --tenant.added.counted[static_cast<size_t>(run.status)];
  ++tenant.added.counted[static_cast<size_t>(op.status)];
  run.status = op.status;
  run.attempts = op.attempts;
  run.updated = true;
  if (op.reopens) {
    run.reopened = true;
    run.output = run.error = std::nullopt;
    run.ended_us.reset();
  }
  if (op.output) run.output = *op.output;
  if (op.error) run.error = *op.error;
  if (op.ended_us) run.ended_us = op.ended_us;
}

void run_book::append(const tenant_state& tenant, const append_journal& op) {
  runs_.edit({tenant.id, op.run}).journal = op.seq;
  entries_.push_back({tenant.id, &op});
}

void run_book::keep() {
  runs_.keep();
  snapshots_.keep();
  entries_before_batch_ = entries_.size();
}

void run_book::take_back() {
  runs_.take_back();
  snapshots_.take_back();
  entries_.resize(entries_before_batch_);
}

void run_book::write(group_statement& into) {
  write_added(into);
  write_updated(into);
  write_journal(into);
  write_snapshots(into);
}

void run_book::write_journal(group_statement& into) const {
  column<int32_t> tenants;
  column<run_id> runs;
  column<int64_t> seqs;
  column<blob> texts;
  for (const auto& [tenant, op] : entries_) {
    tenants.add(tenant);
    runs.add(op->run);
    seqs.add(static_cast<int64_t>(op->seq));
    texts.add(blob{op->entry});
  }
  into.add(writing::add_entries, tenants, runs, seqs, texts);
}

void run_book::write_snapshots(group_statement& into) const {
  column<int32_t> tenants;
  column<run_id> runs;
  column<int64_t> seqs;
  column<blob> states;
  snapshots_.for_each_change([&](const key& of, const auto& state) {
    if (!state.now) return;
    tenants.add(of.first);
    runs.add(of.second);
    seqs.add(static_cast<int64_t>((*state.now)->seq));
    states.add(blob{(*state.now)->state});
  });
  into.add(writing::put_snapshots, tenants, runs, seqs, states);
}

void run_book::write_added(group_statement& into) const {
  column<int32_t> tenants;
  column<run_id> ids, parents;
  column<int64_t> workflows, families, created, started, ended, attempts, parent_effects;
  column<int16_t> statuses;
  column<std::string_view> inputs, outputs, errors;
  runs_.for_each_change([&](const key& of, const auto& state) {
    if (!state.now || !state.now->added) return;
    const auto& run = *state.now;
    const auto& row = *run.added;
    tenants.add(of.first);
    ids.add(row.id);
    workflows.add(row.workflow_id);
    families.add(run.family);
    statuses.add(static_cast<int16_t>(run.status));
    inputs.add(row.input);
    outputs.add(left(run, run.output, view(row.output)));
    errors.add(left(run, run.error, view(row.error)));
    created.add(row.created_us);
    started.add(row.started_us);
    ended.add(left(run, run.ended_us, row.ended_us));
    attempts.add(static_cast<int64_t>(run.attempts));
    parents.add(row.parent);
    parent_effects.add(static_cast<int64_t>(row.parent_effect));
  });
  into.add(writing::add_runs, tenants, ids, workflows, families, statuses, inputs, outputs, errors,
           created, started, ended, attempts, parents, parent_effects);
}

void run_book::write_updated(group_statement& into) const {
  column<int32_t> tenants;
  column<run_id> ids;
  column<int16_t> statuses;
  column<int64_t> attempts, ended;
  column<std::string_view> outputs, errors;
  column<bool> reopened;
  runs_.for_each_change([&](const key& of, const auto& state) {
    if (!state.now || state.now->added || !state.now->updated) return;
    const auto& run = *state.now;
    tenants.add(of.first);
    ids.add(of.second);
    statuses.add(static_cast<int16_t>(run.status));
    attempts.add(static_cast<int64_t>(run.attempts));
    outputs.add(run.output);
    errors.add(run.error);
    ended.add(run.ended_us);
    reopened.add(run.reopened);
  });
  into.add(writing::update_runs, tenants, ids, statuses, attempts, outputs, errors, ended,
           reopened);
}

void run_book::discard() {
  runs_.clear();
  snapshots_.clear();
  entries_.clear();
  entries_before_batch_ = 0;
}

} // namespace steward::store::postgres
