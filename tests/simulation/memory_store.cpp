#include "tests/simulation/memory_store.hpp"

#include "workflow/version.hpp"

#include <algorithm>
#include <atomic>

namespace steward::simulation {

namespace {

using store::result;

class memory_writer final : public store::writer {
public:
  memory_writer(std::shared_ptr<memory_disk> disk, std::shared_ptr<disk_access> access,
                std::shared_ptr<cluster_part> part, std::shared_ptr<void> place)
      : disk_(std::move(disk)), access_(std::move(access)), part_(std::move(part)),
        place_(std::move(place)) {}

  store::commit_report commit(std::span<const write_batch* const> group) override {
    if (!part_) return commit_own(group);
    const auto is_own = [this](const write_batch* b) {
      return b->ops.empty() || part_->held(shard_of(b->tenant));
    };
    std::vector<const write_batch*> own;
    std::ranges::copy_if(group, std::back_inserter(own), is_own);
    auto report = own.empty() ? store::commit_report{} : commit_own(own);
    auto done = std::move(report.results);
    report.results.assign(group.size(), refused("another server has this tenant"));
    for (size_t i = 0, next = 0; i < group.size() && next < own.size(); ++i)
      if (group[i] == own[next]) report.results[i] = std::move(done[next++]);
    return report;
  }

  bool release(const std::vector<shard>& shards) override {
    return !part_ || part_->release(shards);
  }

private:
  static batch_result refused(std::string why) {
    return {batch_result::kind::unavailable, {}, 0, std::move(why)};
  }

  store::commit_report commit_own(std::span<const write_batch* const> group) {
    const auto answer = access_ ? access_->may_commit() : disk_access::answer::write;
    if (answer != disk_access::answer::write) {
      const auto said = answer == disk_access::answer::lie ? batch_result::kind::committed
                                                           : batch_result::kind::unavailable;
      return {std::vector<batch_result>(group.size(), {said, {}, 0, "the disk is full"}), {}};
    }
    if (part_) {
      shard_set shards;
      for (const auto* b : group)
        if (!b->ops.empty()) shards.set(shard_of(b->tenant));
      if (!part_->passes(shards))
        return {std::vector<batch_result>(group.size(), refused("the fence is closed")), {}};
    }
    auto report = disk_->commit(group);
    if (access_) access_->committed(group, report);
    return report;
  }

  std::shared_ptr<memory_disk> disk_;
  std::shared_ptr<disk_access> access_;
  std::shared_ptr<cluster_part> part_;
  std::shared_ptr<void> place_;
};

bool newer(const workflow_row& a, const workflow_row& b) {
  if (const auto order = workflow::compare_versions(a.ref.version, b.ref.version); order != 0)
    return order > 0;
  return a.ref.version > b.ref.version;
}

class memory_reader final : public store::reader {
public:
  memory_reader(std::shared_ptr<memory_disk> disk, std::shared_ptr<disk_access> access)
      : disk_(std::move(disk)), access_(std::move(access)) {}

  result<std::optional<run_row>> get_run(const tenant_id& tenant, const run_id& id) override {
    return look([&](const memory_disk& d) -> std::optional<run_row> {
      const auto* run = d.run(tenant, id);
      return run ? std::optional{run->row} : std::nullopt;
    });
  }

  result<std::optional<store::stored_run>> load_run(const tenant_id& tenant, const run_id& id,
                                                    store::run_part part) override {
    return look([&](const memory_disk& d) -> std::optional<store::stored_run> {
      const auto* run = d.run(tenant, id);
      if (!run) return std::nullopt;
      auto loaded = *run;
      if (part == store::run_part::history) loaded.snapshot.reset();
      if (loaded.snapshot)
        loaded.journal.erase(loaded.journal.begin(),
                             loaded.journal.begin() +
                                 static_cast<std::ptrdiff_t>(loaded.snapshot->seq));
      return loaded;
    });
  }

  result<std::vector<run_row>> list_runs(const tenant_id& tenant,
                                         const store::run_query& q) override {
    return look([&](const memory_disk& d) {
      std::vector<run_row> list;
      const auto* t = d.tenant(tenant);
      if (!t) return list;
      for (auto at = q.before ? t->runs.lower_bound(*q.before) : t->runs.end();
           at != t->runs.begin() && list.size() < std::clamp<size_t>(q.limit, 1, 1000);) {
        const auto& row = (--at)->second.row;
        if (q.status && row.status != *q.status) continue;
        if (!q.workflow_name.empty() && (row.workflow.namespace_ != q.workflow_namespace ||
                                         row.workflow.name != q.workflow_name))
          continue;
        list.push_back(row);
      }
      return list;
    });
  }

  result<std::vector<uint64_t>> count_runs(const tenant_id& tenant) override {
    return look([&](const memory_disk& d) {
      std::vector<uint64_t> counts(static_cast<size_t>(run_status::completed) + 1);
      if (const auto* t = d.tenant(tenant))
        for (const auto& [id, run] : t->runs) ++counts[static_cast<size_t>(run.row.status)];
      return counts;
    });
  }

  result<std::vector<run_id>>
  active_runs(const tenant_id& tenant, const std::optional<run_id>& after, size_t limit) override {
    return look([&](const memory_disk& d) {
      std::vector<run_id> list;
      if (const auto* t = d.tenant(tenant))
        for (const auto& [id, run] : t->runs)
          if ((!after || id > *after) && is_active(run)) list.push_back(id);
      return first(std::move(list), limit);
    });
  }

  result<std::vector<store::stored_timer>> timers(const std::optional<store::stored_timer>& after,
                                                  size_t limit) override {
    return look([&](const memory_disk& d) {
      const auto place = [](const store::stored_timer& t) {
        return std::tie(t.due_us, t.run, t.effect, t.tenant);
      };
      std::vector<store::stored_timer> list;
      for (const auto& [key, due_us] : d.timers) {
        const auto& [tenant, run, effect] = key;
        const store::stored_timer t{tenant, run, effect, due_us};
        if (!after || place(t) > place(*after)) list.push_back(t);
      }
      std::sort(list.begin(), list.end(),
                [&](const auto& a, const auto& b) { return place(a) < place(b); });
      return first(std::move(list), limit);
    });
  }

  result<std::optional<workflow_row>> find_workflow(const tenant_id& tenant,
                                                    const workflow_ref& ref) override {
    return look([&](const memory_disk& d) {
      std::optional<workflow_row> best;
      for (const auto& [id, w] : d.workflows)
        if (w.tenant == tenant && w.row.ref.namespace_ == ref.namespace_ &&
            w.row.ref.name == ref.name &&
            (ref.version.empty() ? !best || newer(w.row, *best) : w.row.ref.version == ref.version))
          best = w.row;
      return best;
    });
  }

  result<std::optional<workflow_row>> workflow_by_id(int64_t id) override {
    return look([&](const memory_disk& d) -> std::optional<workflow_row> {
      const auto* row = d.workflow(id);
      return row ? std::optional{*row} : std::nullopt;
    });
  }

  result<std::vector<workflow_row>> list_workflows(const tenant_id& tenant,
                                                   const std::optional<workflow_ref>& after,
                                                   size_t limit) override {
    return look([&](const memory_disk& d) {
      std::vector<workflow_row> list;
      for (const auto& [id, w] : d.workflows)
        if (w.tenant == tenant) list.push_back(w.row);
      const auto before = [](const workflow_row& a, const workflow_row& b) {
        const auto names =
            std::tie(a.ref.namespace_, a.ref.name) <=> std::tie(b.ref.namespace_, b.ref.name);
        return names != 0 ? names < 0 : newer(a, b);
      };
      std::sort(list.begin(), list.end(), before);
      if (after) {
        workflow_row last;
        last.ref = *after;
        std::erase_if(list, [&](const auto& w) { return !before(last, w); });
      }
      for (auto& w : list) {
        w.source.clear();
        w.resources.clear();
      }
      return first(std::move(list), limit);
    });
  }

  result<std::vector<feed_event>> feed_after(const tenant_id& tenant, uint64_t after,
                                             size_t limit) override {
    auto page = look([&](const memory_disk& d) {
      const auto* t = d.tenant(tenant);
      if (!t || after >= t->newest_event()) return std::vector<feed_event>{};
      const auto skipped = after - std::min(after, t->feed_purged);
      const auto from = t->feed.begin() + static_cast<std::ptrdiff_t>(skipped);
      return first(std::vector<feed_event>{from, t->feed.end()}, limit);
    });
    if (page && access_) access_->read_feed(*page);
    return page;
  }

  result<store::feed_bounds> feed_range(const tenant_id& tenant) override {
    return look([&](const memory_disk& d) {
      const auto* t = d.tenant(tenant);
      if (!t || t->feed.empty()) return store::feed_bounds{};
      return store::feed_bounds{t->feed_purged + 1, t->newest_event()};
    });
  }

  result<std::vector<store::inbox_event>> inbox_after(const tenant_id& tenant, uint64_t after,
                                                      size_t limit) override {
    return look([&](const memory_disk& d) {
      std::vector<store::inbox_event> list;
      if (const auto* t = d.tenant(tenant))
        for (auto at = t->inbox.upper_bound(after);
             at != t->inbox.end() && list.size() < std::clamp<size_t>(limit, 1, 10'000); ++at)
          list.push_back(at->second.event);
      return list;
    });
  }

  result<store::inbox_bounds> inbox_range(const tenant_id& tenant) override {
    return look([&](const memory_disk& d) {
      const auto* t = d.tenant(tenant);
      if (!t) return store::inbox_bounds{};
      return store::inbox_bounds{t->inbox.empty() ? 0 : t->inbox.begin()->first,
                                 t->newest_in_inbox};
    });
  }

  result<std::vector<store::stored_listener>>
  listeners(const tenant_id& tenant, const std::optional<store::stored_listener>& after,
            size_t limit) override {
    return look([&](const memory_disk& d) {
      std::vector<store::stored_listener> list;
      if (const auto* t = d.tenant(tenant))
        for (const auto& [place, listener] : t->listeners)
          if (!after ||
              place > memory_disk::listener_place{after->run, after->effect, after->trigger})
            list.push_back(listener);
      return first(std::move(list), limit);
    });
  }

  result<std::vector<store::stored_schedule>> schedules(const tenant_id& tenant) override {
    return look([&](const memory_disk& d) {
      std::vector<store::stored_schedule> list;
      if (const auto* t = d.tenant(tenant))
        for (const auto& [of, state] : t->schedules) list.push_back({of.first, of.second, state});
      return list;
    });
  }

  result<std::optional<collection_row>> find_collection(const tenant_id& tenant,
                                                        const std::string& name) override {
    return look([&](const memory_disk& d) -> std::optional<collection_row> {
      const auto* found = d.collection(tenant, name);
      return found ? std::optional{found->row} : std::nullopt;
    });
  }

  result<std::vector<collection_row>>
  list_collections(const tenant_id& tenant, const std::string& after, size_t limit) override {
    return look([&](const memory_disk& d) {
      std::vector<collection_row> list;
      if (const auto* t = d.tenant(tenant))
        for (auto at = t->collections.upper_bound(after); at != t->collections.end(); ++at)
          list.push_back(at->second.row);
      return first(std::move(list), std::min<size_t>(limit, 1'000));
    });
  }

  result<std::optional<record_row>> get_record(const tenant_id& tenant,
                                               const std::string& collection,
                                               const std::string& id) override {
    return look([&](const memory_disk& d) -> std::optional<record_row> {
      const auto* of = d.collection(tenant, collection);
      if (!of || !of->records.contains(id)) return std::nullopt;
      return of->records.at(id);
    });
  }

  result<std::vector<record_row>> find_records(const tenant_id& tenant,
                                               const record_query& query) override {
    return look([&](const memory_disk& d) {
      const auto* of = d.collection(tenant, query.collection);
      return of ? of->find(query) : std::vector<record_row>{};
    });
  }

  result<std::vector<record_row>> record_history(const tenant_id& tenant,
                                                 const std::string& collection,
                                                 const std::string& id, uint64_t before,
                                                 size_t limit) override {
    return look([&](const memory_disk& d) {
      const auto* of = d.collection(tenant, collection);
      auto list = of ? of->versions(id, before) : std::vector<record_row>{};
      return first(std::move(list), std::min<size_t>(limit, 1'000));
    });
  }

  result<std::vector<tenant_id>> tenants() override {
    return tenants_with([](const auto& t) { return t.founded; });
  }

  result<std::vector<tenant_id>> busy_tenants() override {
    return tenants_with([](const auto& t) {
      return !t.listeners.empty() || !t.schedules.empty() ||
             t.collections.contains("agent_states") ||
             std::ranges::any_of(t.runs, [](const auto& r) { return is_active(r.second); });
    });
  }

private:
  static bool is_active(const store::stored_run& run) {
    return run.row.status == run_status::pending || run.row.status == run_status::running;
  }

  template <class Which>
  result<std::vector<tenant_id>> tenants_with(Which which) {
    return look([&](const memory_disk& d) {
      std::vector<tenant_id> list;
      for (const auto& [name, t] : d.tenants)
        if (which(t)) list.push_back(name);
      return list;
    });
  }

  template <class Look, class Value = std::invoke_result_t<Look, const memory_disk&>>
  result<Value> look(Look what) {
    if (access_ && !access_->may_read())
      return failed{store::store_error{ec::unavailable, "the disk can't be read"}};
    return disk_->read(what);
  }

  template <class Row>
  static std::vector<Row> first(std::vector<Row> list, size_t limit) {
    if (const auto size = std::clamp<size_t>(limit, 1, 10'000); list.size() > size)
      list.resize(size);
    return list;
  }

  std::shared_ptr<memory_disk> disk_;
  std::shared_ptr<disk_access> access_;
};

class memory_engine final : public store::engine {
public:
  memory_engine(std::shared_ptr<memory_disk> disk, std::shared_ptr<disk_access> access,
                std::shared_ptr<cluster_part> part)
      : disk_(std::move(disk)), access_(std::move(access)), part_(std::move(part)) {}

  result<std::unique_ptr<store::writer>> open_writer() override {
    if (has_writer_->exchange(true))
      return failed{store::store_error{ec::unavailable, "the store has a writer already"}};
    const std::shared_ptr<void> place{nullptr, [taken = has_writer_](void*) { *taken = false; }};
    return std::unique_ptr<store::writer>{
        std::make_unique<memory_writer>(disk_, access_, part_, place)};
  }
  result<std::unique_ptr<store::reader>> open_reader() override {
    return std::unique_ptr<store::reader>{std::make_unique<memory_reader>(disk_, access_)};
  }

  store::membership* cluster() override { return part_.get(); }

private:
  std::shared_ptr<memory_disk> disk_;
  std::shared_ptr<disk_access> access_;
  std::shared_ptr<cluster_part> part_;
  std::shared_ptr<std::atomic<bool>> has_writer_ = std::make_shared<std::atomic<bool>>(false);
};

} // namespace

std::unique_ptr<store::engine> open_memory_store(std::shared_ptr<memory_disk> disk,
                                                 std::shared_ptr<disk_access> access,
                                                 std::shared_ptr<cluster_part> part) {
  return std::make_unique<memory_engine>(std::move(disk), std::move(access), std::move(part));
}

} // namespace steward::simulation
