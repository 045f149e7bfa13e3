#include "store/postgres/operations.hpp"

namespace steward::store::postgres {

namespace {

using kind = batch_result::kind;

std::string quoted(const workflow_ref& ref) {
  return "'" + ref.namespace_ + "/" + ref.name + "' version " + ref.version;
}

} // namespace

void operations::prepare(group batches, connection& db) {
  for (const auto* batch : batches) tenants_.want(batch->tenant);
  tenants_.load(db); // What the others ask for, they ask for by the tenant's id.
  for (const auto* batch : batches) {
    tenant_ = &tenants_.begin(batch->tenant);
    for (const auto& op : batch->ops) std::visit([this](const auto& what) { want(what); }, op);
  }
  for (auto* each : books_)
    if (each != &tenants_) each->load(db);
}

batch_result operations::apply(const write_batch& batch) {
  name_ = &batch.tenant;
  tenant_ = &tenants_.begin(batch.tenant);
  result_ = {};
  result_.what = kind::committed;
  for (const auto& op : batch.ops)
    if (!std::visit([this](const auto& what) { return apply(what); }, op)) break;
  const bool accepted = result_.what == kind::committed;
  if (!accepted) {
    result_.events.clear();
    result_.purges.clear();
    result_.records.clear();
    result_.collection_version = 0;
  }
  for (auto* each : books_) accepted ? each->keep() : each->take_back();
  return std::move(result_);
}

group_statement operations::write() {
  group_statement all;
  for (auto* each : books_) each->write(all);
  return all;
}

void operations::settle() {
  for (auto* each : books_) each->settle();
}

void operations::discard() {
  for (auto* each : books_) each->discard();
}

void operations::forget() {
  for (auto* each : books_) each->forget();
}

// --- runs ---------------------------------------------------------------------------------------

void operations::want(const insert_run& op) {
  workflows_.want(op.row.workflow_id);
  runs_.want(*tenant_, op.row.id);
  if (!op.idempotency_key.empty()) keys_.want(*tenant_, op.idempotency_key);
}

bool operations::apply(const insert_run& op) {
  const auto& row = op.row;
  const auto* workflow = workflows_.find(row.workflow_id);
  if (!workflow || workflow->tenant != tenant_->id)
    return refuse(kind::conflict, "tenant '" + *name_ + "' has no workflow with the id " +
                                      std::to_string(row.workflow_id));
  if (!op.idempotency_key.empty() && !key_is_free(op)) return false;
  if (runs_.find(*tenant_, row.id)) {
    result_.run = row.id;
    return refuse(kind::duplicate, "there is a run " + row.id.text() + " already");
  }
  if (!has_status(row.status)) return false;
  runs_.add(*tenant_, row, workflow->family);
  if (result_.run.empty()) result_.run = row.id;
  if (!op.idempotency_key.empty()) keys_.put(*tenant_, op);
  return true;
}

bool operations::key_is_free(const insert_run& op) {
  const auto& key = op.idempotency_key;
  const auto* used = keys_.find(*tenant_, key, op.row.created_us);
  if (!used) return true;
  result_.run = used->run;
  if (used->fingerprint == op.fingerprint)
    return refuse(kind::duplicate, "the key '" + key + "' was used for run " + result_.run.text());
  return refuse(kind::conflict, "the key '" + key +
                                    "' was used for another request, which started run " +
                                    result_.run.text());
}

bool operations::apply(const append_journal& op) {
  const auto* run = runs_.find(*tenant_, op.run);
  if (!run) return refuse_unknown(op.run);
  if (op.seq != run->journal + 1)
    return refuse(kind::conflict, "entry " + std::to_string(op.seq) + " of run " + op.run.text() +
                                      " does not follow the last one of its journal");
  runs_.append(*tenant_, op);
  return true;
}

bool operations::apply(const update_run& op) {
  if (!runs_.find(*tenant_, op.run)) return refuse_unknown(op.run);
  if (!has_status(op.status)) return false;
  runs_.update(*tenant_, op);
  return true;
}

/// Refuses what the database would refuse, for which the whole group would have to pay.
bool operations::has_status(run_status status) {
  if (static_cast<size_t>(status) < status_count) return true;
  return refuse(kind::conflict,
                "no run can have the status " + std::to_string(static_cast<int>(status)));
}

bool operations::apply(const put_snapshot& op) {
  if (!runs_.find(*tenant_, op.run)) return refuse_unknown(op.run);
  runs_.put(*tenant_, op);
  return true;
}

// --- the feed, workflows, events ----------------------------------------------------------------

bool operations::apply(const publish_event& op) {
  tenants_.publish(op);
  return true;
}

bool operations::apply(const put_workflow& op) {
  const auto& row = op.row;
  if (const auto old = workflows_.find(*tenant_, row.ref)) {
    result_.workflow_id = old->id;
    if (old->digest == row.digest)
      return refuse(kind::duplicate, "workflow " + quoted(row.ref) + " is deployed already");
    return refuse(kind::conflict,
                  "workflow " + quoted(row.ref) + " is deployed with other content");
  }
  tenant_->added.founded = true;
  result_.workflow_id = workflows_.add(*tenant_, row);
  return true;
}

bool operations::apply(const put_event& op) {
  result_.events.push_back(inbox_.put(*tenant_, op));
  return true;
}

// --- timers, listeners, schedules ---------------------------------------------------------------

void operations::want(const put_listener& op) {
  if (!op.run.empty()) runs_.want(*tenant_, op.run);
  waiting_.want_listener(*tenant_, op.run, op.effect, op.trigger);
}

bool operations::apply(const put_timer& op) {
  if (!runs_.find(*tenant_, op.run)) return refuse_unknown(op.run);
  waiting_.put(*tenant_, op);
  return true;
}

bool operations::apply(const clear_timer& op) {
  waiting_.clear(*tenant_, op);
  return true;
}

bool operations::apply(const put_listener& op) {
  if (!op.run.empty() && !runs_.find(*tenant_, op.run)) return refuse_unknown(op.run);
  tenant_->added.founded = true;
  waiting_.put(*tenant_, op);
  return true;
}

bool operations::apply(const advance_listener& op) {
  waiting_.advance(*tenant_, op);
  return true;
}

bool operations::apply(const clear_listener& op) {
  waiting_.clear(*tenant_, op);
  return true;
}

bool operations::apply(const put_schedule& op) {
  tenant_->added.founded = true;
  waiting_.put(*tenant_, op);
  return true;
}

bool operations::apply(const clear_schedule& op) {
  waiting_.clear(*tenant_, op);
  return true;
}

// --- what ages out ------------------------------------------------------------------------------

bool operations::is_exclusive(const write_batch& batch) {
  for (const auto& op : batch.ops)
    if (std::holds_alternative<purge_runs>(op) || std::holds_alternative<purge_feed>(op))
      return true;
  return false;
}

bool operations::changes_schema(const write_batch& batch) {
  for (const auto& op : batch.ops)
    if (std::holds_alternative<put_collection>(op) || std::holds_alternative<drop_collection>(op))
      return true;
  return false;
}

bool operations::apply(const purge_runs& op) {
  result_.purges.push_back(purges_.purge(*tenant_, op));
  return true;
}

bool operations::apply(const purge_feed& op) {
  result_.purges.push_back(purges_.purge(*tenant_, op));
  return true;
}

bool operations::apply(const purge_inbox& op) {
  const auto removed = inbox_.purge(*tenant_, op);
  result_.purges.push_back({removed, removed == op.limit, {}});
  return true;
}

// --- records ------------------------------------------------------------------------------------

bool operations::apply(const put_collection& op) {
  tenant_->added.founded = true;
  if (auto why = records_.put(*tenant_, op, result_.collection_version)) return refuse(*why);
  return true;
}

bool operations::apply(const drop_collection& op) {
  if (auto why = records_.drop(*tenant_, op)) return refuse(*why);
  return true;
}

bool operations::apply(const put_record& op) {
  record_result done;
  if (auto why = records_.put(*tenant_, op, done)) return refuse(*why);
  result_.records.push_back(done);
  return apply(record_event(done.created ? record_change::created : record_change::updated,
                            op.collection, op.id, done.version, op.time_us));
}

bool operations::apply(const delete_record& op) {
  record_result done;
  if (auto why = records_.remove(*tenant_, op, done)) return refuse(*why);
  result_.records.push_back(done);
  return done.version == 0 || apply(record_event(record_change::deleted, op.collection, op.id,
                                                 done.version, op.time_us));
}

bool operations::refuse(refused_record why) {
  result_.refusal = why.why;
  return refuse(kind::conflict, std::move(why.reason));
}

// --- refusing -----------------------------------------------------------------------------------

bool operations::refuse(kind what, std::string reason) {
  result_.what = what;
  result_.reason = std::move(reason);
  return false;
}

bool operations::refuse_unknown(const run_id& id) {
  return refuse(kind::conflict, "tenant '" + *name_ + "' has no run " + id.text());
}

} // namespace steward::store::postgres
