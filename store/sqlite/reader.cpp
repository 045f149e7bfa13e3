#include "store/sqlite/reader.hpp"

#include "store/feed_codec.hpp"
#include "store/sqlite/guarded.hpp"
#include "store/sqlite/sql_reading.hpp"
#include "workflow/version.hpp"

#include <algorithm>
#include <limits>

namespace steward::store::sqlite {

namespace {

constexpr size_t runs_per_page_max = 1'000;
constexpr size_t rows_per_page_max = 10'000; // Of everything else.

int64_t page(size_t limit, size_t max) {
  return static_cast<int64_t>(std::clamp<size_t>(limit, 1, max));
}

constexpr uint64_t sequence_end = 1ull << 40; // No event has this number: see `feed.position`.

[[noreturn]] void corrupt(const std::string& what) { throw sql_error{SQLITE_CORRUPT, what}; }

run_status status(const rows& row, int column) {
  const auto number = row.integer(column);
  if (number < 0 || number > static_cast<int64_t>(run_status::completed))
    corrupt("a run has the status " + std::to_string(number));
  return static_cast<run_status>(number);
}

/// Columns as in STEWARD_RUN.
run_row to_run(const rows& row) {
  run_row r;
  r.id = row.id(1);
  r.workflow_id = row.integer(2);
  r.workflow = {row.string(3), row.string(4), row.string(5)};
  r.status = status(row, 6);
  r.input = row.string(7);
  r.output = row.maybe_string(8);
  r.error = row.maybe_string(9);
  r.created_us = row.integer(10);
  r.started_us = row.maybe_integer(11);
  r.ended_us = row.maybe_integer(12);
  r.attempts = row.number(13);
  if (!row.is_null(14)) r.parent = row.id(14);
  r.parent_effect = row.number(15);
  return r;
}

std::vector<run_row> to_runs(rows row) {
  std::vector<run_row> list;
  while (row.next()) list.push_back(to_run(row));
  return list;
}

/// Columns as in STEWARD_WORKFLOW, without the source and what it was read with.
workflow_row to_workflow(const rows& row) {
  workflow_row w;
  w.id = row.integer(0);
  w.ref = {row.string(1), row.string(2), row.string(3)};
  w.digest = row.string(4);
  w.created_us = row.integer(5);
  return w;
}

std::optional<workflow_row> with_source(rows row) {
  if (!row.next()) return std::nullopt;
  auto w = to_workflow(row);
  w.source = row.string(6);
  w.resources = row.string(7);
  return w;
}

std::vector<tenant_id> to_names(rows row) {
  std::vector<tenant_id> list;
  while (row.next()) list.push_back(row.string(0));
  return list;
}

/// A total order: versions of equal rank (they differ in build metadata) go by their text.
bool newer(const std::string& a, const std::string& b) {
  const int order = workflow::compare_versions(a, b);
  return order != 0 ? order > 0 : a > b;
}

} // namespace

sqlite_reader::sqlite_reader(const std::filesystem::path& file, std::shared_ptr<void> hold)
    : hold_(std::move(hold)), db_(file, connection::access::reading), run_(db_, reading::run),
      journal_(db_, reading::journal), snapshot_(db_, reading::snapshot), runs_(db_, reading::runs),
      completed_runs_(db_, reading::completed_runs), runs_by_status_(db_, reading::runs_by_status),
      workflow_runs_(db_, reading::workflow_runs),
      completed_workflow_runs_(db_, reading::completed_workflow_runs),
      workflow_runs_by_status_(db_, reading::workflow_runs_by_status),
      run_counts_(db_, reading::run_counts), active_runs_(db_, reading::active_runs),
      timers_(db_, reading::timers), workflow_(db_, reading::workflow),
      workflow_by_id_(db_, reading::workflow_by_id), versions_(db_, reading::versions),
      workflows_(db_, reading::workflows), feed_(db_, reading::feed),
      feed_range_(db_, reading::feed_range), inbox_(db_, reading::inbox),
      inbox_range_(db_, reading::inbox_range), listeners_(db_, reading::listeners),
      schedules_(db_, reading::schedules), collection_(db_, reading::collection),
      collections_(db_, reading::collections), record_(db_, reading::record),
      record_history_(db_, reading::record_history), tenants_(db_, reading::tenants),
      busy_tenants_(db_, reading::busy_tenants), made_(db_) {}

// --- runs ---------------------------------------------------------------------------------------

result<std::optional<run_row>> sqlite_reader::get_run(const tenant_id& tenant, const run_id& id) {
  return guarded([&]() -> std::optional<run_row> {
    auto row = run_.run(tenant, id);
    if (!row.next()) return std::nullopt;
    return to_run(row);
  });
}

result<std::optional<stored_run>> sqlite_reader::load_run(const tenant_id& tenant, const run_id& id,
                                                          run_part part) {
  return guarded([&]() -> std::optional<stored_run> {
    // The row stays open while the journal is read, and so does its snapshot: both are of one
    // moment.
    auto row = run_.run(tenant, id);
    if (!row.next()) return std::nullopt;
    stored_run loaded;
    loaded.row = to_run(row);
    uint64_t before = 0;
    if (part == run_part::state)
      if (auto kept = snapshot_.run(row.integer(0)); kept.next()) {
        before = kept.number(0);
        loaded.snapshot = {before, kept.string(1)};
      }
    auto entries = journal_.run(row.integer(0), before);
    while (entries.next()) {
      loaded.journal.push_back(entries.string(1));
      if (entries.number(0) != before + loaded.journal.size())
        corrupt("the journal of run " + id.text() + " has a hole before entry " +
                std::to_string(entries.number(0)));
    }
    return loaded;
  });
}

result<std::vector<run_row>> sqlite_reader::list_runs(const tenant_id& tenant, const run_query& q) {
  return guarded([&] {
    run_id last;
    last.bytes.fill(0xff); // No UUIDv7 comes after it.
    const auto before = q.before.value_or(last);
    const auto size = page(q.limit, runs_per_page_max);
    const auto number = static_cast<int64_t>(q.status.value_or(run_status::completed));
    const bool completed = q.status == run_status::completed;
    if (!q.workflow_name.empty()) {
      auto& query = !q.status   ? workflow_runs_
                    : completed ? completed_workflow_runs_
                                : workflow_runs_by_status_;
      return to_runs(
          query.run(tenant, before, size, number, q.workflow_namespace, q.workflow_name));
    }
    if (q.status && !completed) return to_runs(runs_by_status_.run(tenant, before, size, number));
    return to_runs((completed ? completed_runs_ : runs_).run(tenant, before, size));
  });
}

result<std::vector<uint64_t>> sqlite_reader::count_runs(const tenant_id& tenant) {
  return guarded([&] {
    std::vector<uint64_t> counts(static_cast<size_t>(run_status::completed) + 1);
    auto row = run_counts_.run(tenant);
    while (row.next()) counts.at(static_cast<size_t>(status(row, 0))) = row.number(1);
    return counts;
  });
}

result<std::vector<run_id>> sqlite_reader::active_runs(const tenant_id& tenant,
                                                       const std::optional<run_id>& after,
                                                       size_t limit) {
  return guarded([&] {
    const auto past = after.value_or(run_id{});
    auto row = active_runs_.run(tenant, past, page(limit, rows_per_page_max));
    std::vector<run_id> list;
    while (row.next()) list.push_back(row.id(0));
    return list;
  });
}

result<std::vector<stored_timer>> sqlite_reader::timers(const std::optional<stored_timer>& after,
                                                        size_t limit) {
  return guarded([&] {
    const auto past = after.value_or(stored_timer{{}, {}, 0, std::numeric_limits<int64_t>::min()});
    auto row = timers_.run(past.tenant, past.due_us, past.run, past.effect,
                           page(limit, rows_per_page_max));
    std::vector<stored_timer> list;
    while (row.next()) list.push_back({row.string(0), row.id(1), row.number(2), row.integer(3)});
    return list;
  });
}

// --- workflows ----------------------------------------------------------------------------------

result<std::optional<workflow_row>> sqlite_reader::find_workflow(const tenant_id& tenant,
                                                                 const workflow_ref& ref) {
  return guarded([&] {
    const auto version = ref.version.empty() ? latest_version(tenant, ref) : ref.version;
    return with_source(workflow_.run(tenant, ref.namespace_, ref.name, version));
  });
}

std::string sqlite_reader::latest_version(const tenant_id& tenant, const workflow_ref& ref) {
  std::string latest;
  auto row = versions_.run(tenant, ref.namespace_, ref.name);
  while (row.next())
    if (auto version = row.string(0); latest.empty() || newer(version, latest)) latest = version;
  return latest;
}

result<std::optional<workflow_row>> sqlite_reader::workflow_by_id(int64_t id) {
  return guarded([&] { return with_source(workflow_by_id_.run(id)); });
}

result<std::vector<workflow_row>>
sqlite_reader::list_workflows(const tenant_id& tenant, const std::optional<workflow_ref>& after,
                              size_t limit) {
  return guarded([&] {
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
    auto row = workflows_.run(tenant, past.namespace_, past.name);
    while (row.next()) {
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

result<std::vector<feed_event>> sqlite_reader::feed_after(const tenant_id& tenant, uint64_t after,
                                                          size_t limit) {
  return guarded([&] {
    std::vector<feed_event> list;
    if (after >= sequence_end) return list;
    const auto size = static_cast<size_t>(page(limit, rows_per_page_max));
    auto row = feed_.run(tenant, after, static_cast<int64_t>(size));
    while (list.size() < size && row.next()) {
      const auto first = row.number(0), last = row.number(1);
      auto events = decode_events(row.view(2), first);
      if (!events || events->size() != last - first + 1)
        corrupt("events " + std::to_string(first) + " to " + std::to_string(last) + " of tenant '" +
                tenant + "' are unreadable");
      for (auto& event : *events)
        if (event.sequence > after && list.size() < size) list.push_back(std::move(event));
    }
    return list;
  });
}

result<feed_bounds> sqlite_reader::feed_range(const tenant_id& tenant) {
  return guarded([&] {
    feed_bounds bounds;
    if (auto row = feed_range_.run(tenant); row.next())
      bounds = {row.number(0), row.number(1)}; // NULL, when there is none, reads as 0.
    return bounds;
  });
}

// --- the inbox, listeners, schedules ------------------------------------------------------------

result<std::vector<inbox_event>> sqlite_reader::inbox_after(const tenant_id& tenant, uint64_t after,
                                                            size_t limit) {
  return guarded([&] {
    std::vector<inbox_event> list;
    if (after >= sequence_end) return list;
    auto row = inbox_.run(tenant, after, page(limit, rows_per_page_max));
    while (row.next()) list.push_back({row.number(0), row.integer(1), row.string(2)});
    return list;
  });
}

result<inbox_bounds> sqlite_reader::inbox_range(const tenant_id& tenant) {
  return guarded([&] {
    inbox_bounds bounds;
    if (auto row = inbox_range_.run(tenant); row.next()) bounds = {row.number(0), row.number(1)};
    return bounds;
  });
}

result<std::vector<stored_listener>>
sqlite_reader::listeners(const tenant_id& tenant, const std::optional<stored_listener>& after,
                         size_t limit) {
  return guarded([&] {
    std::vector<stored_listener> list;
    const auto past = after.value_or(stored_listener{});
    // Before the first there is none: a trigger has a name, and a run is no row of zeros.
    auto row =
        listeners_.run(tenant, past.run, past.effect, past.trigger, page(limit, rows_per_page_max));
    while (row.next())
      list.push_back({row.id(0), row.number(1), row.string(2), row.string(3), row.number(4)});
    return list;
  });
}

result<std::vector<stored_schedule>> sqlite_reader::schedules(const tenant_id& tenant) {
  return guarded([&] {
    std::vector<stored_schedule> list;
    auto row = schedules_.run(tenant);
    while (row.next()) list.push_back({row.string(0), row.string(1), row.string(2)});
    return list;
  });
}

// --- tenants ------------------------------------------------------------------------------------

result<std::vector<tenant_id>> sqlite_reader::tenants() {
  return guarded([&] { return to_names(tenants_.run()); });
}

result<std::vector<tenant_id>> sqlite_reader::busy_tenants() {
  return guarded([&] { return to_names(busy_tenants_.run()); });
}

} // namespace steward::store::sqlite
