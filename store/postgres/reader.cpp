#include "store/postgres/reader.hpp"

#include "store/feed_codec.hpp"
#include "store/postgres/reader_sessions.hpp"
#include "store/postgres/row_reading.hpp"
#include "store/postgres/sql_reading.hpp"
#include "workflow/version.hpp"

#include <algorithm>
#include <limits>

namespace steward::store::postgres {

namespace {

constexpr size_t runs_per_page_max = 1'000;
constexpr size_t rows_per_page_max = 10'000; // Of everything else.

int64_t page(size_t limit, size_t max) {
  return static_cast<int64_t>(std::clamp<size_t>(limit, 1, max));
}

constexpr uint64_t sequence_end = 1ull << 62; // No event has this number.

/// A total order: versions of equal rank (they differ in build metadata) go by their text.
bool newer(const std::string& a, const std::string& b) {
  const int order = workflow::compare_versions(a, b);
  return order != 0 ? order > 0 : a > b;
}

std::string latest_version(connection& db, int32_t tenant, const workflow_ref& ref) {
  std::string latest;
  for (const auto row : db.run(reading::versions, parameters::of(tenant, ref.namespace_, ref.name)))
    if (auto version = row.string(0); latest.empty() || newer(version, latest)) latest = version;
  return latest;
}

} // namespace

postgres_reader::postgres_reader(const options& o, writer_seat& seat, std::shared_ptr<void> hold)
    : hold_(std::move(hold)), seat_(seat), session_(o, "steward reader", [this](connection&) {
        seen_.clear();
        tenants_.clear();
      }) {}

// --- whose rows ---------------------------------------------------------------------------------

void postgres_reader::see(connection& db, const std::string& whom) {
  if (seen_ == whom) return;
  seen_.clear();
  db.run(reading::see, parameters::of(whom));
  seen_ = whom;
}

int32_t postgres_reader::find_tenant(connection& db, const tenant_id& tenant) {
  if (const auto known = tenants_.find(tenant); known != tenants_.end()) return known->second;
  see(db, "*");
  const auto found = db.run(reading::tenant_id, parameters::of(tenant));
  if (found.empty()) return 0;
  return tenants_[tenant] = static_cast<int32_t>(found[0].integer(0));
}

// --- runs ---------------------------------------------------------------------------------------

result<std::optional<run_row>> postgres_reader::get_run(const tenant_id& tenant, const run_id& id) {
  using found = std::optional<run_row>;
  return of_tenant(tenant, found{}, [&](connection& db, int32_t own) -> found {
    const auto rows = db.run(reading::run, parameters::of(own, id));
    if (rows.empty()) return std::nullopt;
    return to_run(rows[0]);
  });
}

result<std::optional<stored_run>> postgres_reader::load_run(const tenant_id& tenant,
                                                            const run_id& id, run_part part) {
  using found = std::optional<stored_run>;
  return of_tenant(tenant, found{}, [&](connection& db, int32_t own) -> found {
    const one_moment together{db}; // The journal goes with the row.
    const auto rows = db.run(reading::run, parameters::of(own, id));
    if (rows.empty()) return std::nullopt;
    stored_run loaded;
    loaded.row = to_run(rows[0]);
    uint64_t before = 0;
    if (part == run_part::state)
      if (const auto kept = db.run(reading::snapshot, parameters::of(own, id)); !kept.empty()) {
        before = kept[0].number(0);
        loaded.snapshot = {before, kept[0].bytes(1)};
      }
    const auto with = parameters::of(own, id, static_cast<int64_t>(before));
    for (const auto entry : db.run(reading::journal, with)) {
      loaded.journal.push_back(entry.bytes(1));
      if (entry.number(0) != before + loaded.journal.size())
        corrupt("the journal of run " + id.text() + " has a hole before entry " +
                std::to_string(entry.number(0)));
    }
    return loaded;
  });
}

result<std::vector<run_row>> postgres_reader::list_runs(const tenant_id& tenant,
                                                        const run_query& q) {
  return of_tenant(tenant, std::vector<run_row>{}, [&](connection& db, int32_t own) {
    run_id last;
    last.bytes.fill(0xff); // No UUIDv7 comes after it.
    auto with = parameters::of(own, q.before.value_or(last), page(q.limit, runs_per_page_max));
    const bool completed = q.status == run_status::completed;
    const auto number = static_cast<int16_t>(q.status.value_or(run_status::completed));
    if (q.workflow_name.empty()) {
      if (!q.status) return to_runs(db.run(reading::runs, with));
      if (completed) return to_runs(db.run(reading::completed_runs, with));
      with.add(number);
      return to_runs(db.run(reading::runs_by_status, with));
    }
    const auto& query = !q.status   ? reading::workflow_runs
                        : completed ? reading::completed_workflow_runs
                                    : reading::workflow_runs_by_status;
    with.add(q.workflow_namespace);
    with.add(q.workflow_name);
    if (q.status && !completed) with.add(number);
    return to_runs(db.run(query, with));
  });
}

result<std::vector<uint64_t>> postgres_reader::count_runs(const tenant_id& tenant) {
  std::vector<uint64_t> counts(static_cast<size_t>(run_status::completed) + 1);
  return of_tenant(tenant, counts, [&](connection& db, int32_t own) {
    const auto rows = db.run(reading::run_counts, parameters::of(own));
    for (size_t i = 0; i < counts.size() && !rows.empty(); ++i)
      counts[i] = rows[0].number(static_cast<int>(i));
    return counts;
  });
}

result<std::vector<run_id>> postgres_reader::active_runs(const tenant_id& tenant,
                                                         const std::optional<run_id>& after,
                                                         size_t limit) {
  return of_tenant(tenant, std::vector<run_id>{}, [&](connection& db, int32_t own) {
    std::vector<run_id> list;
    const auto with = parameters::of(own, after.value_or(run_id{}), page(limit, rows_per_page_max));
    for (const auto row : db.run(reading::active_runs, with)) list.push_back(row.id(0));
    return list;
  });
}

result<std::vector<stored_timer>> postgres_reader::timers(const std::optional<stored_timer>& after,
                                                          size_t limit) {
  return of_all([&](connection& db) {
    const auto past = after.value_or(stored_timer{{}, {}, 0, std::numeric_limits<int64_t>::min()});
    // A tenant that is not there any more: that timer is left out all the same.
    auto tenant = std::numeric_limits<int32_t>::max();
    if (const auto found = find_tenant(db, past.tenant); found != 0) tenant = found;
    const auto with =
        parameters::of(tenant, past.due_us, past.run, static_cast<int64_t>(past.effect),
                       page(limit, rows_per_page_max));
    std::vector<stored_timer> list;
    for (const auto row : db.run(reading::timers, with))
      list.push_back({row.string(0), row.id(1), row.number(2), row.integer(3)});
    return list;
  });
}

// --- workflows ----------------------------------------------------------------------------------

result<std::optional<workflow_row>> postgres_reader::find_workflow(const tenant_id& tenant,
                                                                   const workflow_ref& ref) {
  using found = std::optional<workflow_row>;
  return of_tenant(tenant, found{}, [&](connection& db, int32_t own) {
    const auto version = ref.version.empty() ? latest_version(db, own, ref) : ref.version;
    return to_deployed(
        db.run(reading::workflow, parameters::of(own, ref.namespace_, ref.name, version)));
  });
}

result<std::optional<workflow_row>> postgres_reader::workflow_by_id(int64_t id) {
  return of_all([&](connection& db) {
    return to_deployed(db.run(reading::workflow_by_id, parameters::of(id)));
  });
}

result<std::vector<workflow_row>>
postgres_reader::list_workflows(const tenant_id& tenant, const std::optional<workflow_ref>& after,
                                size_t limit) {
  return of_tenant(tenant, std::vector<workflow_row>{}, [&](connection& db, int32_t own) {
    const auto past = after.value_or(workflow_ref{});
    const auto size = static_cast<size_t>(page(limit, rows_per_page_max));
    const auto same_name = [](const workflow_ref& a, const workflow_ref& b) {
      return a.namespace_ == b.namespace_ && a.name == b.name;
    };
    // The index gives names in order; the versions of one name are put in order here.
    std::vector<workflow_row> list;
    size_t sorted = 0;
    const auto sort_versions = [&] {
      std::sort(list.begin() + static_cast<std::ptrdiff_t>(sorted), list.end(),
                [](const auto& a, const auto& b) { return newer(a.ref.version, b.ref.version); });
      sorted = list.size();
    };
    for (const auto row :
         db.run(reading::workflows, parameters::of(own, past.namespace_, past.name))) {
      auto w = to_workflow(row);
      if (after && same_name(w.ref, past) && !newer(past.version, w.ref.version)) continue;
      if (list.size() > sorted && !same_name(list.back().ref, w.ref)) {
        sort_versions();
        if (sorted >= size) break;
      }
      list.push_back(std::move(w));
    }
    sort_versions();
    if (list.size() > size) list.resize(size);
    return list;
  });
}

// --- feed ---------------------------------------------------------------------------------------

result<std::vector<feed_event>> postgres_reader::feed_after(const tenant_id& tenant, uint64_t after,
                                                            size_t limit) {
  return of_tenant(tenant, std::vector<feed_event>{}, [&](connection& db, int32_t own) {
    std::vector<feed_event> list;
    if (after >= sequence_end) return list;
    const auto size = static_cast<size_t>(page(limit, rows_per_page_max));
    const auto with = parameters::of(own, static_cast<int64_t>(after), static_cast<int64_t>(size));
    for (const auto row : db.run(reading::feed, with)) {
      if (list.size() >= size) break;
      const auto first = row.number(0), last = row.number(1);
      auto events = decode_events(row.bytes(2), first);
      if (!events || events->size() != last - first + 1)
        corrupt("events " + std::to_string(first) + " to " + std::to_string(last) + " of tenant '" +
                tenant + "' are unreadable");
      for (auto& event : *events)
        if (event.sequence > after && list.size() < size) list.push_back(std::move(event));
    }
    return list;
  });
}

result<feed_bounds> postgres_reader::feed_range(const tenant_id& tenant) {
  return of_tenant(tenant, feed_bounds{}, [&](connection& db, int32_t own) -> feed_bounds {
    const auto rows = db.run(reading::feed_range, parameters::of(own));
    if (rows.empty()) return {};
    return {rows[0].number(0), rows[0].number(1)}; // NULL, when there is none, reads as 0.
  });
}

// --- the inbox, listeners, schedules ------------------------------------------------------------

result<std::vector<inbox_event>> postgres_reader::inbox_after(const tenant_id& tenant,
                                                              uint64_t after, size_t limit) {
  return of_tenant(tenant, std::vector<inbox_event>{}, [&](connection& db, int32_t own) {
    std::vector<inbox_event> list;
    if (after >= sequence_end) return list;
    const auto with =
        parameters::of(own, static_cast<int64_t>(after), page(limit, rows_per_page_max));
    for (const auto row : db.run(reading::inbox, with))
      list.push_back({row.number(0), row.integer(1), row.string(2)});
    return list;
  });
}

result<inbox_bounds> postgres_reader::inbox_range(const tenant_id& tenant) {
  return of_tenant(tenant, inbox_bounds{}, [&](connection& db, int32_t own) -> inbox_bounds {
    const auto rows = db.run(reading::inbox_range, parameters::of(own));
    if (rows.empty()) return {};
    return {rows[0].number(0), rows[0].number(1)};
  });
}

result<std::vector<stored_listener>>
postgres_reader::listeners(const tenant_id& tenant, const std::optional<stored_listener>& after,
                           size_t limit) {
  return of_tenant(tenant, std::vector<stored_listener>{}, [&](connection& db, int32_t own) {
    // Before the first there is none: a trigger has a name, and a run is no row of zeros.
    const auto past = after.value_or(stored_listener{});
    const auto with = parameters::of(own, past.run, static_cast<int64_t>(past.effect), past.trigger,
                                     page(limit, rows_per_page_max));
    std::vector<stored_listener> list;
    for (const auto row : db.run(reading::listeners, with))
      list.push_back({row.id(0), row.number(1), row.string(2), row.string(3), row.number(4)});
    return list;
  });
}

result<std::vector<stored_schedule>> postgres_reader::schedules(const tenant_id& tenant) {
  return of_tenant(tenant, std::vector<stored_schedule>{}, [&](connection& db, int32_t own) {
    std::vector<stored_schedule> list;
    for (const auto row : db.run(reading::schedules, parameters::of(own)))
      list.push_back({row.string(0), row.string(1), row.string(2)});
    return list;
  });
}

// --- tenants ------------------------------------------------------------------------------------

result<std::vector<tenant_id>> postgres_reader::tenants() {
  return of_all([&](connection& db) { return to_names(db.run(reading::tenants)); });
}

result<std::vector<tenant_id>> postgres_reader::busy_tenants() {
  return of_all([&](connection& db) { return to_names(db.run(reading::busy_tenants)); });
}

} // namespace steward::store::postgres
