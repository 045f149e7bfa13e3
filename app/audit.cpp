#include "agents/audit_chain.hpp"
#include "app/commands.hpp"
#include "app/store_options.hpp"
#include "workflow/json.hpp"

#include <CLI/CLI.hpp>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <cstdio>

namespace steward::app {

namespace {

struct audit_options {
  store_options store;
  std::string tenant;
};

struct chain_report {
  uint64_t entries = 0;
  std::string hash, problem;
};

store::result<chain_report> verify_chain(store::reader& reader, const tenant_id& tenant) {
  chain_report report;
  agents::audit_check check;
  record_query q;
  q.collection = "audit_logs";
  q.limit = 1'000;
  while (true) { // by id, which is by sequence
    const auto rows = reader.find_records(tenant, q);
    if (!rows) return failed{rows.error()};
    for (const auto& row : *rows) {
      const auto document = workflow::parse_json(row.data);
      report.problem =
          document ? check.next(row.id, *document) : "entry " + row.id + " can't be read";
      if (!report.problem.empty()) return report;
    }
    report.entries = check.entries();
    report.hash = check.hash();
    if (rows->size() < q.limit) return report;
    q.after = cursor_after({}, {}, rows->back().id);
  }
}

int verify(const audit_options& o) {
  config::settings s;
  if (const auto why = settle(o.store, s)) {
    std::fprintf(stderr, "steward: %s\n", why->c_str());
    return exit_invalid;
  }
  spdlog::set_default_logger(spdlog::stderr_logger_mt("steward"));
  const auto where = location_of(s);
  const auto reader = store::open_reader(where);
  const auto failed_to_read = [](const store::store_error& e) {
    std::fprintf(stderr, "steward: %s\n", e.reason.c_str());
    return exit_invalid;
  };
  if (!reader) return failed_to_read(reader.error());
  const auto all = (*reader)->tenants();
  if (!all) return failed_to_read(all.error());
  uint64_t chains = 0, broken = 0;
  for (const auto& tenant : *all) {
    if (!o.tenant.empty() && tenant != o.tenant) continue;
    const auto collection = (*reader)->find_collection(tenant, "audit_logs");
    if (!collection) return failed_to_read(collection.error());
    if (!*collection) continue;
    const auto report = verify_chain(**reader, tenant);
    if (!report) return failed_to_read(report.error());
    ++chains;
    if (!report->problem.empty()) {
      ++broken;
      std::printf("%s: broken: %s\n", tenant.c_str(), report->problem.c_str());
      continue;
    }
    std::printf("%s: %llu entries, whole, last hash %s\n", tenant.c_str(),
                static_cast<unsigned long long>(report->entries), report->hash.c_str());
  }
  std::printf("%s: %llu audit logs: %llu broken\n", store::describe(where).c_str(),
              static_cast<unsigned long long>(chains), static_cast<unsigned long long>(broken));
  return broken == 0 ? exit_completed : exit_faulted;
}

} // namespace

command add_audit(CLI::App& cli) {
  auto o = std::make_shared<audit_options>();
  auto* sub = cli.add_subcommand("audit", "The audit logs of what agents and people did");
  sub->require_subcommand(1);
  auto* verifies = sub->add_subcommand(
      "verify",
      "Check the hash chain of each tenant's audit log: nothing changed, nothing left out");
  o->store.add_to(*verifies);
  verifies->add_option("--tenant", o->tenant, "Only this tenant's");
  return [o] { return verify(*o); };
}

} // namespace steward::app
