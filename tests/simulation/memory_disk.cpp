#include "tests/simulation/memory_store.hpp"

#include <algorithm>
#include <functional>

namespace steward::simulation {

using kind = batch_result::kind;

namespace {

constexpr int64_t key_lifetime_us = 24LL * 3600 * 1'000'000;

} // namespace

/// Applies one batch, and knows how to take it back.
class batch_writer {
public:
  batch_writer(memory_disk& disk, const write_batch& batch) : disk_(disk), batch_(batch) {}

  batch_result apply() {
    result_.what = kind::committed;
    for (const auto& op : batch_.ops) {
      if (std::visit([this](const auto& what) { return apply(what); }, op)) continue;
      for (auto undo = undo_.rbegin(); undo != undo_.rend(); ++undo) (*undo)();
      result_.events.clear();
      result_.purges.clear();
      result_.records.clear();
      result_.collection_version = 0;
      break;
    }
    return std::move(result_);
  }

private:
  bool apply(const insert_run& op) {
    const auto workflow = disk_.workflows.find(op.row.workflow_id);
    if (workflow == disk_.workflows.end() || workflow->second.tenant != batch_.tenant)
      return refuse(kind::conflict, "the tenant has no such workflow");
    if (op.row.status > run_status::completed)
      return refuse(kind::conflict, "there is no such status");
    auto& t = book();
    if (!op.idempotency_key.empty() && !key_is_free(t, op)) return false;
    if (t.runs.contains(op.row.id)) {
      result_.run = op.row.id;
      return refuse(kind::duplicate, "there is a run " + op.row.id.text() + " already");
    }
    auto& run = t.runs[op.row.id];
    run.row = op.row;
    run.row.workflow = workflow->second.row.ref;
    undo_.emplace_back([&t, id = op.row.id] { t.runs.erase(id); });
    if (result_.run.empty()) result_.run = op.row.id;
    if (!op.idempotency_key.empty()) {
      undo_.emplace_back([&t, key = op.idempotency_key, old = t.keys[op.idempotency_key]] {
        if (old.run.empty())
          t.keys.erase(key);
        else
          t.keys[key] = old;
      });
      t.keys[op.idempotency_key] = {op.row.id, op.fingerprint, op.row.created_us};
    }
    return true;
  }

  bool key_is_free(const memory_disk::tenant_book& t, const insert_run& op) {
    const auto used = t.keys.find(op.idempotency_key);
    if (used == t.keys.end() || used->second.created_us < op.row.created_us - key_lifetime_us)
      return true;
    result_.run = used->second.run;
    if (used->second.fingerprint == op.fingerprint)
      return refuse(kind::duplicate, "the key was used for run " + result_.run.text());
    return refuse(kind::conflict, "the key was used for another request");
  }

  bool apply(const append_journal& op) {
    auto* run = find(op.run);
    if (!run) return false;
    if (op.seq != run->journal.size() + 1)
      return refuse(kind::conflict, "entry " + std::to_string(op.seq) + " does not follow");
    run->journal.push_back(op.entry);
    undo_.emplace_back([run] { run->journal.pop_back(); });
    return true;
  }

  bool apply(const update_run& op) {
    auto* run = find(op.run);
    if (!run) return false;
    undo_.emplace_back([run, old = run->row] { run->row = old; });
    auto& row = run->row;
    row.status = op.status;
    row.attempts = op.attempts;
    if (op.reopens) {
      row.output.reset();
      row.error.reset();
      row.ended_us.reset();
    }
    if (op.output) row.output = op.output;
    if (op.error) row.error = op.error;
    if (op.ended_us) row.ended_us = op.ended_us;
    return true;
  }

  bool apply(const put_timer& op) {
    if (!find(op.run)) return false;
    keep_timer({batch_.tenant, op.run, op.effect});
    disk_.timers[{batch_.tenant, op.run, op.effect}] = op.due_us;
    return true;
  }

  bool apply(const clear_timer& op) {
    keep_timer({batch_.tenant, op.run, op.effect});
    disk_.timers.erase({batch_.tenant, op.run, op.effect});
    return true;
  }

  bool apply(const publish_event& op) {
    auto& t = book();
    t.feed.push_back({t.newest_event() + 1, op.type, op.subject, op.time_us, op.data});
    undo_.emplace_back([&t] { t.feed.pop_back(); });
    return true;
  }

  bool apply(const put_workflow& op) {
    for (const auto& [id, old] : disk_.workflows) {
      if (old.tenant != batch_.tenant || old.row.ref != op.row.ref) continue;
      result_.workflow_id = id;
      return refuse(old.row.digest == op.row.digest ? kind::duplicate : kind::conflict,
                    "this version is deployed already");
    }
    book();
    auto row = op.row;
    row.id = disk_.workflows.empty() ? 1 : disk_.workflows.rbegin()->first + 1;
    result_.workflow_id = row.id;
    undo_.emplace_back([this, id = row.id] { disk_.workflows.erase(id); });
    disk_.workflows[row.id] = {batch_.tenant, std::move(row)};
    return true;
  }

  bool apply(const put_event& op) {
    auto& t = book();
    drop_old_events(t, op.expired_before_us, 16);
    for (const auto& [sequence, kept] : t.inbox) {
      if (kept.source != op.source || kept.id != op.id) continue;
      result_.events.push_back({sequence, true});
      return true;
    }
    const auto sequence = ++t.newest_in_inbox;
    t.inbox[sequence] = {op.source, op.id, {sequence, op.received_us, op.event}};
    undo_.emplace_back([&t] { t.inbox.erase(t.newest_in_inbox--); });
    result_.events.push_back({sequence, false});
    return true;
  }

  size_t drop_old_events(memory_disk::tenant_book& t, int64_t before_us, size_t most) {
    std::vector<std::pair<int64_t, uint64_t>> old;
    for (const auto& [sequence, kept] : t.inbox)
      if (kept.event.received_us < before_us) old.emplace_back(kept.event.received_us, sequence);
    std::sort(old.begin(), old.end());
    const auto count = std::min(old.size(), most);
    for (size_t i = 0; i < count; ++i) {
      auto entry = t.inbox.extract(old[i].second);
      undo_.emplace_back([&t, sequence = entry.key(), kept = std::move(entry.mapped())] {
        t.inbox[sequence] = kept;
      });
    }
    return count;
  }

  bool apply(const put_listener& op) {
    if (!op.run.empty() && !find(op.run)) return false;
    auto& t = book();
    keep(t.listeners, {op.run, op.effect, op.trigger});
    auto& listener = t.listeners[{op.run, op.effect, op.trigger}];
    listener = {op.run, op.effect, op.trigger, op.routes, listener.cursor};
    return true;
  }

  bool apply(const advance_listener& op) {
    auto& t = disk_.tenants[batch_.tenant];
    keep(t.listeners, {op.run, op.effect, op.trigger});
    if (const auto at = t.listeners.find({op.run, op.effect, op.trigger}); at != t.listeners.end())
      at->second.cursor = std::max(at->second.cursor, op.sequence);
    return true;
  }

  bool apply(const clear_listener& op) {
    auto& t = disk_.tenants[batch_.tenant];
    keep(t.listeners, {op.run, op.effect, op.trigger});
    t.listeners.erase({op.run, op.effect, op.trigger});
    return true;
  }

  bool apply(const put_schedule& op) {
    auto& t = book();
    keep(t.schedules, {op.namespace_, op.name});
    t.schedules[{op.namespace_, op.name}] = op.state;
    return true;
  }

  bool apply(const clear_schedule& op) {
    auto& t = disk_.tenants[batch_.tenant];
    keep(t.schedules, {op.namespace_, op.name});
    t.schedules.erase({op.namespace_, op.name});
    return true;
  }

  bool apply(const put_snapshot& op) {
    auto* run = find(op.run);
    if (!run) return false;
    undo_.emplace_back([run, old = run->snapshot] { run->snapshot = old; });
    run->snapshot = {op.seq, op.state};
    return true;
  }

  bool apply(const purge_runs& op) {
    auto& t = disk_.tenants[batch_.tenant];
    purge_result result;
    size_t seen = 0;
    for (auto at = op.after ? t.runs.upper_bound(*op.after) : t.runs.begin();
         at != t.runs.end() && seen < op.limit && at->second.row.created_us < op.before_us;
         ++seen) {
      const auto run = at++;
      result.last = run->first;
      const auto& row = run->second.row;
      if (!workflow::is_final(row.status) || row.ended_us >= op.before_us) continue;
      ++result.removed;
      drop(run->first);
      keep(t.runs, run->first);
      t.runs.erase(run);
    }
    result.more = seen == op.limit;
    result_.purges.push_back(result);
    return true;
  }

  /// What waits for the run's sake goes with it.
  void drop(const run_id& run) {
    auto& t = disk_.tenants[batch_.tenant];
    std::erase_if(disk_.timers, [&](const auto& timer) {
      if (std::get<0>(timer.first) != batch_.tenant || std::get<1>(timer.first) != run)
        return false;
      keep_timer(timer.first);
      return true;
    });
    std::erase_if(t.listeners, [&](const auto& listener) {
      if (std::get<0>(listener.first) != run) return false;
      keep(t.listeners, listener.first);
      return true;
    });
  }

  bool apply(const purge_feed& op) {
    auto& t = disk_.tenants[batch_.tenant];
    size_t old = 0;
    while (old < op.limit && old + 1 < t.feed.size() && t.feed[old].time_us < op.before_us) ++old;
    undo_.emplace_back([&t, old, feed = t.feed] {
      t.feed = feed;
      t.feed_purged -= old;
    });
    t.feed.erase(t.feed.begin(), t.feed.begin() + static_cast<std::ptrdiff_t>(old));
    t.feed_purged += old;
    result_.purges.push_back({old, old == op.limit, {}});
    return true;
  }

  bool apply(const purge_inbox& op) {
    auto& t = disk_.tenants[batch_.tenant];
    const auto removed = drop_old_events(t, op.before_us, op.limit);
    result_.purges.push_back({removed, removed == op.limit, {}});
    return true;
  }

  bool apply(const put_collection& op) {
    auto& t = book();
    keep_collection(t, op.row.name);
    auto& collection = t.collections[op.row.name];
    if (collection.row.number == 0) collection.row.number = ++disk_.collections_made;
    return accept(collection.change(op, result_.collection_version));
  }

  bool apply(const drop_collection& op) {
    auto& t = disk_.tenants[batch_.tenant];
    const auto* found = find_collection(op.name);
    if (!found) return accept(store::no_collection(op.name));
    if (!found->records.empty()) return accept(store::not_empty(op.name));
    keep_collection(t, op.name);
    t.collections.erase(op.name);
    return true;
  }

  bool apply(const put_record& op) {
    auto* found = find_collection(op.collection);
    record_result done;
    if (found) keep_collection(disk_.tenants[batch_.tenant], op.collection);
    if (!accept(found ? found->put(op, done) : store::no_collection(op.collection))) return false;
    result_.records.push_back(done);
    return apply(store::record_event(done.created ? store::record_change::created
                                                  : store::record_change::updated,
                                     op.collection, op.id, done.version, op.time_us));
  }

  bool apply(const delete_record& op) {
    auto* found = find_collection(op.collection);
    record_result done;
    if (found) keep_collection(disk_.tenants[batch_.tenant], op.collection);
    if (!accept(found ? found->remove(op, done) : store::no_collection(op.collection)))
      return false;
    result_.records.push_back(done);
    return done.version == 0 ||
           apply(store::record_event(store::record_change::deleted, op.collection, op.id,
                                     done.version, op.time_us));
  }

  memory_collection* find_collection(const std::string& name) {
    auto& all = disk_.tenants[batch_.tenant].collections;
    const auto found = all.find(name);
    return found == all.end() ? nullptr : &found->second;
  }

  /// Once is enough: the oldest is what comes back.
  void keep_collection(memory_disk::tenant_book& t, const std::string& name) {
    if (kept_collections_.insert(name).second) keep(t.collections, name);
  }

  bool accept(const std::optional<store::refused_record>& refused) {
    if (!refused) return true;
    result_.refusal = refused->why;
    return refuse(kind::conflict, refused->reason);
  }

  /// What is at `key` now comes back when the batch is taken back.
  template <class Map>
  void keep(Map& map, const typename Map::key_type& key) {
    const auto old = map.find(key);
    if (old == map.end())
      undo_.emplace_back([&map, key] { map.erase(key); });
    else
      undo_.emplace_back([&map, key, was = old->second] { map[key] = was; });
  }

  memory_disk::tenant_book& book() {
    auto& t = disk_.tenants[batch_.tenant];
    if (!t.founded) undo_.emplace_back([&t] { t.founded = false; });
    t.founded = true;
    return t;
  }

  store::stored_run* find(const run_id& id) {
    if (const auto t = disk_.tenants.find(batch_.tenant); t != disk_.tenants.end())
      if (const auto run = t->second.runs.find(id); run != t->second.runs.end())
        return &run->second;
    refuse(kind::conflict, "the tenant has no run " + id.text());
    return nullptr;
  }

  void keep_timer(const memory_disk::timer_key& key) {
    const auto old = disk_.timers.find(key);
    if (old == disk_.timers.end())
      undo_.emplace_back([this, key] { disk_.timers.erase(key); });
    else
      undo_.emplace_back([this, key, due = old->second] { disk_.timers[key] = due; });
  }

  bool refuse(kind what, std::string reason) {
    result_.what = what;
    result_.reason = std::move(reason);
    return false;
  }

  memory_disk& disk_;
  const write_batch& batch_;
  batch_result result_;
  std::vector<std::function<void()>> undo_;
  std::set<std::string> kept_collections_;
};

store::commit_report memory_disk::commit(std::span<const write_batch* const> group) {
  const std::lock_guard lock{mutex_};
  std::map<tenant_id, uint64_t> before;
  for (const auto* batch : group)
    before.emplace(batch->tenant,
                   tenant(batch->tenant) ? tenant(batch->tenant)->newest_event() : 0);
  store::commit_report report;
  for (const auto* batch : group) report.results.push_back(batch_writer{*this, *batch}.apply());
  for (const auto& [name, known] : before) {
    const auto* t = tenant(name);
    if (!t || t->newest_event() == known) continue;
    const auto from = t->feed.end() - static_cast<std::ptrdiff_t>(t->newest_event() - known);
    report.published.push_back({name, {from, t->feed.end()}});
  }
  return report;
}

const memory_disk::tenant_book* memory_disk::tenant(const tenant_id& name) const {
  const auto found = tenants.find(name);
  return found == tenants.end() ? nullptr : &found->second;
}

const store::stored_run* memory_disk::run(const tenant_id& name, const run_id& id) const {
  const auto* t = tenant(name);
  if (!t) return nullptr;
  const auto found = t->runs.find(id);
  return found == t->runs.end() ? nullptr : &found->second;
}

const memory_collection* memory_disk::collection(const tenant_id& name,
                                                 const std::string& of) const {
  const auto* t = tenant(name);
  if (!t) return nullptr;
  const auto found = t->collections.find(of);
  return found == t->collections.end() ? nullptr : &found->second;
}

const workflow_row* memory_disk::workflow(int64_t id) const {
  const auto found = workflows.find(id);
  return found == workflows.end() ? nullptr : &found->second.row;
}

} // namespace steward::simulation
