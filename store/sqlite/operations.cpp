#include "store/sqlite/operations.hpp"

#include "store/sqlite/sql_writing.hpp"

namespace steward::store::sqlite {

namespace {

using kind = batch_result::kind;

constexpr int64_t key_lifetime_us = 24LL * 3600 * 1'000'000;
// Old keys are swept a few at a time, faster than new ones come.
constexpr uint64_t keys_between_sweeps = 64;
constexpr int64_t keys_per_sweep = 128;
constexpr int64_t events_per_sweep = 16;

int64_t number(run_status status) { return static_cast<int64_t>(status); }

std::string quoted(const workflow_ref& ref) {
  return "'" + ref.namespace_ + "/" + ref.name + "' version " + ref.version;
}

} // namespace

operations::operations(connection& db, tenant_book& book)
    : db_(db), book_(book), records_(db), find_workflow_(db, writing::find_workflow),
      workflow_family_(db, writing::workflow_family), add_workflow_(db, writing::add_workflow),
      find_key_(db, writing::find_key), add_key_(db, writing::add_key),
      drop_old_keys_(db, writing::drop_old_keys), add_run_(db, writing::add_run),
      find_run_(db, writing::find_run), update_run_(db, writing::update_run),
      add_entry_(db, writing::add_entry), put_timer_(db, writing::put_timer),
      clear_timer_(db, writing::clear_timer), drop_old_events_(db, writing::drop_old_events),
      find_event_(db, writing::find_event), add_event_(db, writing::add_event),
      put_listener_(db, writing::put_listener), advance_listener_(db, writing::advance_listener),
      clear_listener_(db, writing::clear_listener), put_schedule_(db, writing::put_schedule),
      clear_schedule_(db, writing::clear_schedule), put_snapshot_(db, writing::put_snapshot),
      oldest_runs_(db, writing::oldest_runs), drop_run_(db, writing::drop_run),
      drop_journal_(db, writing::drop_journal), drop_snapshot_(db, writing::drop_snapshot),
      drop_timers_(db, writing::drop_timers), drop_listeners_(db, writing::drop_listeners),
      oldest_events_(db, writing::oldest_events), drop_events_(db, writing::drop_events) {}

batch_result operations::apply(const write_batch& batch, tenant_state& tenant) {
  name_ = &batch.tenant;
  tenant_ = &tenant;
  result_ = {};
  result_.what = kind::committed;
  changed_rows_ = false;
  run_.reset();
  records_.forget();
  for (const auto& op : batch.ops)
    if (!std::visit([this](const auto& what) { return apply(what); }, op)) break;
  if (result_.what != kind::committed) {
    result_.events.clear();
    result_.purges.clear();
    result_.records.clear();
    result_.collection_version = 0;
  }
  return std::move(result_);
}

void operations::forget() {
  workflows_.clear();
  run_.reset();
  records_.forget();
}

// --- runs ---------------------------------------------------------------------------------------

bool operations::apply(const insert_run& op) {
  const auto& row = op.row;
  const auto* workflow = find_workflow(row.workflow_id);
  if (!workflow || workflow->tenant != tenant_->id)
    return refuse(kind::conflict, "tenant '" + *name_ + "' has no workflow with the id " +
                                      std::to_string(row.workflow_id));
  if (!op.idempotency_key.empty() && !key_is_free(op)) return false;
  add_run_.execute(tenant_->id, row.id, row.workflow_id, workflow->family, number(row.status),
                   row.input, row.output, row.error, row.created_us, row.started_us, row.ended_us,
                   row.attempts, row.parent, row.parent_effect);
  if (db_.changes() == 0) {
    result_.run = row.id;
    return refuse(kind::duplicate, "there is a run " + row.id.text() + " already");
  }
  changed_rows_ = true;
  run_ = run_place{row.id, db_.last_row(), row.status};
  ++tenant_->counted[static_cast<size_t>(row.status)];
  if (result_.run.empty()) result_.run = row.id;
  if (!op.idempotency_key.empty()) keep_key(op);
  return true;
}

bool operations::key_is_free(const insert_run& op) {
  auto used = find_key_.run(tenant_->id, op.idempotency_key, op.row.created_us - key_lifetime_us);
  if (!used.next()) return true;
  result_.run = used.id(0);
  const auto& key = op.idempotency_key;
  if (used.view(1) == op.fingerprint)
    return refuse(kind::duplicate, "the key '" + key + "' was used for run " + result_.run.text());
  return refuse(kind::conflict, "the key '" + key +
                                    "' was used for another request, which started "
                                    "run " +
                                    result_.run.text());
}

void operations::keep_key(const insert_run& op) {
  add_key_.execute(tenant_->id, op.idempotency_key, op.row.id, op.fingerprint, op.row.created_us);
  if (++keys_added_ % keys_between_sweeps == 0)
    drop_old_keys_.execute(tenant_->id, op.row.created_us - key_lifetime_us, keys_per_sweep);
}

bool operations::apply(const append_journal& op) {
  const auto* run = find_run(op.run);
  if (!run) return refuse_unknown(op.run);
  add_entry_.execute(run->row, op.seq, op.entry);
  if (db_.changes() == 0)
    return refuse(kind::conflict, "entry " + std::to_string(op.seq) + " of run " + op.run.text() +
                                      " does not follow the last one of its journal");
  return changed_rows_ = true;
}

bool operations::apply(const update_run& op) {
  auto* run = find_run(op.run);
  if (!run) return refuse_unknown(op.run);
  update_run_.execute(run->row, number(op.status), op.output, op.error, op.ended_us, op.attempts,
                      static_cast<int64_t>(op.reopens));
  --tenant_->counted[static_cast<size_t>(run->status)];
  ++tenant_->counted[static_cast<size_t>(op.status)];
  run->status = op.status;
  return changed_rows_ = true;
}

bool operations::apply(const put_snapshot& op) {
  const auto* run = find_run(op.run);
  if (!run) return refuse_unknown(op.run);
  put_snapshot_.execute(run->row, op.seq, op.state);
  return changed_rows_ = true;
}

// --- timers, the feed, workflows ----------------------------------------------------------------

bool operations::apply(const put_timer& op) {
  if (!find_run(op.run)) return refuse_unknown(op.run);
  put_timer_.execute(tenant_->id, op.run, op.effect, op.due_us);
  return changed_rows_ = true;
}

bool operations::apply(const clear_timer& op) {
  clear_timer_.execute(tenant_->id, op.run, op.effect);
  return note_changes();
}

bool operations::apply(const publish_event& op) {
  tenant_->events.push_back({0, op.type, op.subject, op.time_us, op.data});
  return true;
}

bool operations::apply(const put_workflow& op) {
  const auto& row = op.row;
  const auto& ref = row.ref;
  if (auto old = find_workflow_.run(tenant_->id, ref.namespace_, ref.name, ref.version);
      old.next()) {
    result_.workflow_id = old.integer(0);
    if (old.view(1) == row.digest)
      return refuse(kind::duplicate, "workflow " + quoted(ref) + " is deployed already");
    return refuse(kind::conflict, "workflow " + quoted(ref) + " is deployed with other content");
  }
  changed_rows_ = true;
  book_.found(*tenant_, *name_);
  add_workflow_.execute(tenant_->id, ref.namespace_, ref.name, ref.version, row.digest, row.source,
                        row.created_us, row.resources);
  result_.workflow_id = db_.last_row();
  return true;
}

// --- the inbox, listeners, schedules ------------------------------------------------------------

bool operations::apply(const put_event& op) {
  drop_old_events_.execute(tenant_->id, op.expired_before_us, events_per_sweep);
  note_changes();
  if (auto kept = find_event_.run(tenant_->id, op.source, op.id); kept.next()) {
    result_.events.push_back({kept.number(0), true});
    return true;
  }
  changed_rows_ = true;
  book_.found(*tenant_, *name_);
  const auto sequence = tenant_->newest_in_inbox + ++tenant_->received;
  add_event_.execute(tenant_->id, sequence, op.received_us, op.source, op.id, op.event);
  result_.events.push_back({sequence, false});
  return true;
}

bool operations::apply(const put_listener& op) {
  if (!op.run.empty() && !find_run(op.run)) return refuse_unknown(op.run);
  changed_rows_ = true;
  book_.found(*tenant_, *name_);
  put_listener_.execute(tenant_->id, op.run, op.effect, op.trigger, op.routes);
  return true;
}

bool operations::apply(const advance_listener& op) {
  advance_listener_.execute(tenant_->id, op.run, op.effect, op.trigger, op.sequence);
  return note_changes();
}

bool operations::apply(const clear_listener& op) {
  clear_listener_.execute(tenant_->id, op.run, op.effect, op.trigger);
  return note_changes();
}

bool operations::apply(const put_schedule& op) {
  changed_rows_ = true;
  book_.found(*tenant_, *name_);
  put_schedule_.execute(tenant_->id, op.namespace_, op.name, op.state);
  return true;
}

bool operations::apply(const clear_schedule& op) {
  clear_schedule_.execute(tenant_->id, op.namespace_, op.name);
  return note_changes();
}

// --- records ------------------------------------------------------------------------------------

bool operations::apply(const put_collection& op) {
  changed_rows_ = true;
  book_.found(*tenant_, *name_);
  if (auto why = records_.put(tenant_->id, op, result_.collection_version)) return refuse(*why);
  return true;
}

bool operations::apply(const drop_collection& op) {
  if (auto why = records_.drop(tenant_->id, op)) return refuse(*why);
  return changed_rows_ = true;
}

bool operations::apply(const put_record& op) {
  record_result done;
  if (auto why = records_.put(tenant_->id, op, done)) {
    if (done.version != 0) changed_rows_ = true;
    return refuse(*why);
  }
  result_.records.push_back(done);
  apply(record_event(done.created ? record_change::created : record_change::updated, op.collection,
                     op.id, done.version, op.time_us));
  return changed_rows_ = true;
}

bool operations::apply(const delete_record& op) {
  record_result done;
  if (auto why = records_.remove(tenant_->id, op, done)) return refuse(*why);
  result_.records.push_back(done);
  if (done.version == 0) return true;
  apply(record_event(record_change::deleted, op.collection, op.id, done.version, op.time_us));
  return changed_rows_ = true;
}

bool operations::refuse(refused_record why) {
  result_.refusal = why.why;
  return refuse(kind::conflict, std::move(why.reason));
}

// --- looking up ---------------------------------------------------------------------------------

const operations::workflow_place* operations::find_workflow(int64_t id) {
  if (const auto known = workflows_.find(id); known != workflows_.end()) return &known->second;
  auto row = workflow_family_.run(id);
  if (!row.next()) return nullptr;
  return &workflows_.emplace(id, workflow_place{row.integer(0), row.integer(1)}).first->second;
}

operations::run_place* operations::find_run(const run_id& id) {
  if (run_ && run_->id == id) return &*run_;
  auto row = find_run_.run(tenant_->id, id);
  if (!row.next()) return nullptr;
  run_ = run_place{id, row.integer(0), static_cast<run_status>(row.integer(1))};
  return &*run_;
}

bool operations::refuse(kind what, std::string reason) {
  result_.what = what;
  result_.reason = std::move(reason);
  return false;
}

bool operations::note_changes() {
  if (db_.changes() != 0) changed_rows_ = true;
  return true;
}

bool operations::refuse_unknown(const run_id& id) {
  return refuse(kind::conflict, "tenant '" + *name_ + "' has no run " + id.text());
}

} // namespace steward::store::sqlite
