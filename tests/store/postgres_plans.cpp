#define CAF_SUITE postgres_plans

#include "caf/test/dsl.hpp"
#include "store/postgres/session.hpp"
#include "store/postgres/sql_reading.hpp"
#include "store/postgres/sql_writing.hpp"
#include "tests/store/postgres_server.hpp"

using namespace steward::store;
using namespace steward::store::postgres;
using namespace steward::store::tests;

namespace {

struct fixture {
  std::string database = postgres_server::shared().make_database();
  options settings{.url = postgres_server::shared().url(database)};
  std::unique_ptr<connection> db;

  fixture() {
    CAF_REQUIRE(postgres::open(settings).ok());
    db = connect(settings, "plans");
    db->execute("SET steward.tenant = '*'");
  }

  /// As each session would run it: planned without its values.
  std::string plan(const std::string& sql) {
    size_t values = 0;
    for (size_t at = sql.find('$'); at != sql.npos; at = sql.find('$', at + 1))
      values = std::max(values, static_cast<size_t>(std::stoi(sql.substr(at + 1))));
    std::string with;
    for (size_t i = 0; i < values; ++i) with += i == 0 ? "(NULL" : ", NULL";
    if (!with.empty()) with += ')';
    db->execute("PREPARE looked_at AS " + sql);
    std::string steps;
    for (const auto row : db->execute("EXPLAIN EXECUTE looked_at" + with))
      steps += row.string(0) + "\n";
    db->execute("DEALLOCATE looked_at");
    return steps;
  }
  static bool has(const std::string& plan, const std::string& part) {
    return plan.find(part) != plan.npos;
  }
  /// Reading a whole table, or sorting what an index should have given in order.
  static bool is_slow(const std::string& plan) {
    return has(plan, "Seq Scan") || has(plan, "Sort");
  }
  void check(const std::string& name, const std::string& sql) {
    CAF_MESSAGE(name);
    const auto steps = plan(sql);
    if (is_slow(steps)) CAF_ERROR(name << " is planned as\n" << steps);
    // An index that is only read from its beginning finds nothing.
    for (size_t at = steps.find("Index"); at != steps.npos; at = steps.find("Index", at + 1)) {
      const auto line = steps.substr(at, steps.find('\n', at) - at);
      if (has(line, " Scan") && !has(steps.substr(at, 400), "Index Cond"))
        CAF_ERROR(name << " reads a whole index:\n" << steps);
    }
  }
  void uses(const statement& what, const std::string& index) {
    const auto steps = plan(what.sql);
    if (!has(steps, index + " on")) CAF_ERROR(what.name << " is planned as\n" << steps);
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(plans_tests, fixture)

CAF_TEST(the check finds what it looks for) {
  CAF_CHECK(is_slow(plan("SELECT * FROM steward.runs WHERE input = ''")));
  CAF_CHECK(is_slow(plan("SELECT * FROM steward.runs WHERE tenant = 1 ORDER BY input")));
}

CAF_TEST(no query of the reader reads a whole table) {
  for (const auto* query : reading::own) check(query->name, query->sql);
  for (const auto* query : reading::shared)
    if (query != &reading::tenants && query != &reading::busy_tenants)
      check(query->name, query->sql); // These are asked for all tenants, or look at each.
}

CAF_TEST(no statement of the writer reads a whole table) {
  for (const auto* query : writing::lookups)
    if (query != &writing::shapes) check(query->name, query->sql);
  for (const auto* change : writing::changes)
    check(std::to_string(change->number),
          std::string{"WITH part AS ("} + change->sql + ") SELECT 1");
}

CAF_TEST(rare runs are found by the partial indexes) {
  uses(reading::runs_by_status, "runs_by_status");
  uses(reading::workflow_runs_by_status, "runs_by_workflow_and_status");
  uses(reading::active_runs, "runs_to_wake");
  uses(reading::timers, "timers_by_due");
  uses(reading::runs, "runs_pkey");
  uses(reading::workflow_runs, "runs_by_workflow");
}

CAF_TEST_FIXTURE_SCOPE_END()
