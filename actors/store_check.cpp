#include "actors/store_check.hpp"

#include "actors/run_revival.hpp"
#include "actors/stored_definition.hpp"
#include "connectors/secret_directory.hpp"
#include "workflow/json.hpp"

#include <algorithm>
#include <map>

namespace steward {

namespace {

constexpr size_t page_of_runs = 100; // They come with their inputs and outputs.
constexpr size_t remembered_workflows = 1'000;

bool same_document(const std::optional<std::string>& stored,
                   const std::optional<std::string>& now) {
  if (!stored || !now) return stored.has_value() == now.has_value();
  const auto a = workflow::parse_json(*stored), b = workflow::parse_json(*now);
  return a && b && *a == *b;
}

/// What waits in the store for its time or its event: (run, effect), sorted.
class stored_waits {
public:
  /// All of the store; a page at a time.
  std::optional<store::store_error> load(store::reader& reader) {
    waits_.clear();
    std::optional<store::stored_timer> timer;
    for (bool more = true; more;) {
      const auto page = reader.timers(timer, page_of_waits);
      if (!page) return page.error();
      for (const auto& t : *page) waits_.emplace_back(t.run, t.effect);
      more = page->size() == page_of_waits;
      if (more) timer = page->back();
    }
    const auto tenants = reader.tenants();
    if (!tenants) return tenants.error();
    for (const auto& tenant : *tenants) {
      std::optional<store::stored_listener> listener;
      for (bool more = true; more;) {
        const auto page = reader.listeners(tenant, listener, page_of_waits);
        if (!page) return page.error();
        for (const auto& l : *page) waits_.emplace_back(l.run, l.effect);
        more = page->size() == page_of_waits;
        if (more) listener = page->back();
      }
    }
    std::ranges::sort(waits_);
    return std::nullopt;
  }

  /// Whether the run waits for something that nobody would tell it.
  bool lack(const run_id& run, const workflow::machine& m) const {
    return std::ranges::any_of(m.outstanding(), [&](const workflow::command& c) {
      const auto* timer = std::get_if<workflow::set_timer>(&c);
      const auto* listener = std::get_if<workflow::listen_for>(&c);
      if (!timer && !listener) return false;
      const auto effect = timer ? timer->effect : listener->effect;
      return !std::ranges::binary_search(waits_, std::pair{run, effect});
    });
  }

private:
  static constexpr size_t page_of_waits = 10'000;
  std::vector<std::pair<run_id, effect_id>> waits_;
};

class checker {
public:
  checker(store::reader& reader, const config::settings& settings,
          const std::function<void(const std::string&)>& on_problem)
      : reader_(reader), settings_(settings), on_problem_(on_problem) {}

  store::result<check_report> run() {
    if (auto problem = waits_.load(reader_)) return failed{*problem};
    const auto tenants = reader_.tenants();
    if (!tenants) return failed{tenants.error()};
    for (const auto& tenant : *tenants) {
      ++report_.tenants;
      if (auto problem = check_runs(tenant)) return failed{*problem};
    }
    // What went on meanwhile is looked at once more.
    if (!suspects_.empty())
      if (auto problem = waits_.load(reader_)) return failed{*problem};
    const auto suspects = std::exchange(suspects_, {});
    for (const auto& [tenant, id] : suspects) {
      --report_.runs;
      if (auto problem = check_run(tenant, id)) return failed{*problem};
    }
    for (const auto& [tenant, id] : suspects_)
      tell(tenant, id, "it waits for a timer or a listener that is not stored");
    return report_;
  }

private:
  std::optional<store::store_error> check_runs(const tenant_id& tenant) {
    const auto before = count(tenant);
    if (!before) return before.error();
    uint64_t seen = 0;
    store::run_query query;
    query.limit = page_of_runs;
    for (bool more = true; more;) {
      const auto page = reader_.list_runs(tenant, query);
      if (!page) return page.error();
      seen += page->size();
      for (const auto& row : *page)
        if (auto problem = check_run(tenant, row.id)) return problem;
      more = page->size() == page_of_runs;
      if (more) query.before = page->back().id;
    }
    const auto after = count(tenant);
    if (!after) return after.error();
    if (const auto least = std::min(*before, *after); seen < least) {
      report_.broken += least - seen;
      on_problem_("tenant=" + tenant + " " + std::to_string(least - seen) +
                  " of its runs can't be read: their workflows are missing");
    }
    return std::nullopt;
  }

  store::result<uint64_t> count(const tenant_id& tenant) {
    const auto counts = reader_.count_runs(tenant);
    if (!counts) return failed{counts.error()};
    uint64_t sum = 0;
    for (const auto each : *counts) sum += each;
    return sum;
  }

  void tell(const tenant_id& tenant, const run_id& id, const std::string& why) {
    ++report_.broken;
    on_problem_("tenant=" + tenant + " run=" + id.text() + " " + why);
  }

  /// Only what the store itself can't do.
  std::optional<store::store_error> check_run(const tenant_id& tenant, const run_id& id) {
    const auto whole = reader_.load_run(tenant, id, store::run_part::history);
    if (!whole && whole.error().code != ec::corrupt_data) return whole.error();
    if (whole && !*whole) return std::nullopt; // it has aged out
    ++report_.runs;
    if (!whole) {
      tell(tenant, id, whole.error().reason);
      return std::nullopt;
    }
    report_.entries += (*whole)->journal.size();
    std::string why;
    try {
      const auto workflow = find(tenant, **whole, why);
      if (workflow) {
        const auto replayed = revive(*workflow, settings_.tenant.machine, **whole);
        const auto& row = (*whole)->row;
        why = compare(row, replayed->machine, workflow->mask);
        if (why.empty() && !workflow::is_final(row.status))
          if (auto problem = check_snapshot(tenant, *workflow, *replayed, id, why)) return problem;
        if (why.empty() && row.status == run_status::waiting && waits_.lack(id, replayed->machine))
          suspects_.emplace_back(tenant, id);
      }
    } catch (const std::exception& e) {
      why = e.what();
    }
    if (!why.empty()) tell(tenant, id, why);
    return std::nullopt;
  }

  static std::string compare(const run_row& row, const workflow::machine& m,
                             const workflow::secret_mask& mask) {
    const auto text = [](run_status status) { return std::string{workflow::to_string(status)}; };
    if (row.status != m.status())
      return "the row says " + text(row.status) + ", its journal leads to " + text(m.status());
    if (!workflow::is_final(row.status)) return {};
    std::optional<std::string> output, error;
    if (row.status == run_status::completed) output = workflow::to_json(mask.masked(m.output()));
    if (m.error()) error = workflow::to_json(mask.masked(workflow::to_value(*m.error())));
    if (!same_document(row.output, output)) return "the output is not what its journal leads to";
    if (!same_document(row.error, error)) return "the error is not what its journal leads to";
    if (row.attempts != m.attempts())
      return "the row counts " + std::to_string(row.attempts) + " attempts, its journal " +
             std::to_string(m.attempts());
    return {};
  }

  /// What the snapshot and the entries after it lead to must be what all entries lead to.
  std::optional<store::store_error> check_snapshot(const tenant_id& tenant,
                                                   const deployed& workflow,
                                                   const revived_run& replayed, const run_id& id,
                                                   std::string& why) {
    const auto state = reader_.load_run(tenant, id, store::run_part::state);
    if (!state && state.error().code != ec::corrupt_data) return state.error();
    if (!state) why = state.error().reason;
    if (!state || !*state || !(*state)->snapshot) return std::nullopt;
    ++report_.snapshots;
    const auto resumed = revive(workflow, settings_.tenant.machine, **state);
    if (!resumed) {
      why = "its snapshot can't be read by this version (its journal can)";
    } else if (resumed->seq == replayed.seq) {
      if (snapshot_of(resumed->machine, resumed->memory) !=
          snapshot_of(replayed.machine, replayed.memory))
        why = "its snapshot leads elsewhere than its journal";
    } else { // it has gone on meanwhile, or its journal ends too early
      const auto again = reader_.load_run(tenant, id, store::run_part::history);
      if (!again) return again.error();
      if (*again && (*again)->journal.size() < resumed->seq)
        why = "its snapshot is of " + std::to_string((*state)->snapshot->seq) +
              " entries, its journal has " + std::to_string((*again)->journal.size());
    }
    return std::nullopt;
  }

  std::shared_ptr<const deployed> find(const tenant_id& tenant, const store::stored_run& run,
                                       std::string& why) {
    const auto id = run.row.workflow_id;
    if (const auto known = workflows_.find(id); known != workflows_.end()) return known->second;
    const auto row = reader_.workflow_by_id(id);
    if (!row || !*row) {
      why = row ? "its workflow is missing" : row.error().reason;
      return nullptr;
    }
    auto definition = read_stored(**row);
    if (!definition) {
      why = "its workflow can't be read by this version";
      return nullptr;
    }
    auto d = std::make_shared<deployed>();
    d->id = id;
    d->definition = std::move(*definition);
    const connectors::secret_directory secrets{settings_.secrets.directory};
    d->secrets = secrets.read_all(tenant, d->definition->secrets).secrets;
    d->mask = workflow::secret_mask{d->secrets};
    if (workflows_.size() >= remembered_workflows) workflows_.clear();
    return workflows_[id] = std::move(d);
  }

  store::reader& reader_;
  const config::settings& settings_;
  const std::function<void(const std::string&)>& on_problem_;
  stored_waits waits_;
  std::vector<std::pair<tenant_id, run_id>> suspects_; ///< Whose wait was not found.
  std::map<int64_t, std::shared_ptr<const deployed>> workflows_;
  check_report report_;
};

} // namespace

store::result<check_report> check_store(store::reader& reader, const config::settings& settings,
                                        const std::function<void(const std::string&)>& on_problem) {
  return checker{reader, settings, on_problem}.run();
}

} // namespace steward
