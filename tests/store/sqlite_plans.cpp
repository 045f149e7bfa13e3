#define CAF_SUITE sqlite_plans

#include "caf/test/dsl.hpp"
#include "store/sqlite/migrations.hpp"
#include "store/sqlite/sql_reading.hpp"
#include "store/sqlite/sql_writing.hpp"
#include "store/sqlite/statement.hpp"
#include "tests/store/samples.hpp"

using namespace steward::store;
using namespace steward::store::sqlite;
using namespace steward::store::tests;

namespace {

struct fixture {
  scratch_folder folder;
  connection db{folder.path() / "steward.db", connection::access::writing};
  fixture() { CAF_REQUIRE(!migrate(db, "steward.db")); }

  std::vector<std::string> plan(const std::string& sql) {
    statement explain{db, "EXPLAIN QUERY PLAN " + sql};
    std::vector<std::string> steps;
    auto row = explain.run();
    while (row.next()) steps.push_back(row.string(3));
    return steps;
  }
  /// Reading a whole table, or sorting what an index should have given in order.
  static bool is_slow(const std::string& step) {
    const auto has = [&](const char* part) { return step.find(part) != std::string::npos; };
    // These two have one row, or are walked along an index, newest or smallest first.
    if (step == "SCAN new" || step == "SCAN CONSTANT ROW") return false;
    return has("SCAN") || has("TEMP B-TREE") || has("AUTOMATIC");
  }
  void check(const char* sql) {
    CAF_MESSAGE(sql);
    for (const auto& step : plan(sql)) {
      if (is_slow(step)) CAF_ERROR(step << " in " << sql);
    }
  }
  bool uses(const char* sql, const std::string& index) {
    for (const auto& step : plan(sql))
      if (step.find(index + " (") != std::string::npos) return true;
    return false;
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(plans_tests, fixture)

CAF_TEST(the check finds what it looks for) {
  CAF_CHECK(is_slow(plan("SELECT * FROM runs WHERE input = ''").at(0)));
  CAF_CHECK(is_slow(plan("SELECT * FROM runs WHERE tenant = 1 ORDER BY input").at(1)));
}

CAF_TEST(no query of the reader reads a whole table) {
  for (const auto* sql : reading::all)
    if (sql != reading::tenants && sql != reading::busy_tenants)
      check(sql); // These are asked for all tenants, or look at each.
}

CAF_TEST(no statement of the writer reads a whole table) {
  for (const auto* sql : writing::all)
    if (sql != writing::shapes) check(sql);
}

CAF_TEST(rare runs are found by the partial indexes) {
  CAF_CHECK(uses(reading::runs_by_status, "runs_by_status"));
  CAF_CHECK(uses(reading::workflow_runs_by_status, "runs_by_workflow_and_status"));
  CAF_CHECK(uses(reading::active_runs, "runs_to_wake"));
  CAF_CHECK(uses(reading::timers, "timers_by_due"));
  CAF_CHECK(uses(reading::runs, "runs_by_id"));
  CAF_CHECK(uses(reading::workflow_runs, "runs_by_workflow"));
}

CAF_TEST_FIXTURE_SCOPE_END()
