#define CAF_SUITE record_plans

#include "caf/test/dsl.hpp"
#include "store/postgres/record_dialect.hpp"
#include "store/postgres/session.hpp"
#include "store/record_sql.hpp"
#include "store/sqlite/engine.hpp"
#include "store/sqlite/record_dialect.hpp"
#include "tests/store/postgres_server.hpp"
#include "tests/store/record_samples.hpp"

using namespace steward;
using namespace steward::store;
using namespace steward::store::tests;
using workflow::value;

namespace {

const std::vector<record_index> declared{{"by_status", {"status", "total"}, false, 0},
                                         {"by_name", {"customer.name"}, true, 0}};

void make_collection(session& s) {
  const auto made = s.commit_one("acme", {collection("orders", declared)});
  if (made.what != batch_result::kind::committed) CAF_FAIL(made.reason);
}

record_filter is(std::string field, record_op op, value v) {
  return {record_filter::kind::condition, {}, {std::move(field), op, {std::move(v)}}};
}

/// As the reader says it.
record_place place_for(const record_query& query) {
  return {1, may_serve(declared, query) ? 1 : 0};
}

struct question {
  const char* says;
  record_query query;
  const char* index; ///< The one that has to answer it; null: none can.
};

std::vector<question> questions() {
  record_query by_name, by_both, newest, prefix, page, none;
  for (auto* q : {&by_name, &by_both, &newest, &prefix, &page, &none}) q->collection = "orders";
  by_name.filter = is("customer.name", record_op::eq, value{"n777"});
  by_both.filter = {
      record_filter::kind::all,
      {is("status", record_op::eq, value{"open"}), is("total", record_op::gt, value{5'000})}};
  by_both.order = {{"total", false}};
  newest.filter = is("status", record_op::eq, value{"open"});
  newest.order = {{"total", true}};
  prefix.filter = is("customer.name", record_op::prefix, value{"n77"});
  prefix.order = {{"customer.name", false}};
  page = by_both;
  page.after = record_cursor{{value{50'000}}, "r1"};
  none.filter = is("note", record_op::eq, value{"x"});
  return {{"one field", by_name, "_1"},        {"two fields", by_both, "_2"},
          {"the other way", newest, "_2"},     {"a prefix", prefix, "_1"},
          {"a page that follows", page, "_2"}, {"no index", none, nullptr}};
}

/// Whether each range of each question is answered by its index, in order.
template <class Explain>
void check(Explain explain) {
  for (const auto& each : questions())
    for (size_t range = 0; range < count_ranges(each.query); ++range) {
      const auto plan = explain(each.query, range);
      const bool sorts = plan.find("TEMP B-TREE") != plan.npos || plan.find("Sort") != plan.npos;
      if (!each.index) {
        CAF_CHECK(plan.find("records_shape_") == plan.npos);
        continue;
      }
      const auto index = "records_shape_1" + std::string{each.index};
      // The rest of the cursor's own values is one step of the index, not all that the filter
      // leaves.
      const bool far = each.query.after && range == 0 && plan.find("<expr>>?") != plan.npos;
      if (plan.find(index) == plan.npos || sorts || far)
        CAF_ERROR(each.says << " is planned as\n" << plan);
    }
}

} // namespace

CAF_TEST(the embedded store answers from the declared indexes) {
  scratch_folder folder;
  const auto file = folder.path() / "steward.db";
  session s{[&] { return sqlite::open({file, false}).value(); }};
  make_collection(s);
  sqlite::connection writing{file, sqlite::connection::access::writing};
  writing.execute(
      "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)"
      " INSERT INTO records SELECT 1, 'r' || i, i, 0, 0, json_object('status',"
      " substr('openpaidlategone', 1 + i % 4 * 4, 4), 'total', i * 7919 % 100003,"
      " 'customer', json_object('name', 'n' || i)), 1 FROM n");
  sqlite::connection db{file, sqlite::connection::access::reading};
  check([&](const record_query& query, size_t range) {
    sqlite::record_dialect dialect;
    const auto sql = sqlite::select_sql(place_for(query), query, range, 50, dialect);
    sqlite::statement explain{db, "EXPLAIN QUERY PLAN " + sql};
    std::string plan;
    auto row = explain.run_list(dialect.parameters());
    while (row.next()) plan += row.string(3) + "\n";
    return plan;
  });
}

CAF_TEST(PostgreSQL answers from the declared indexes) {
  const auto database = postgres_server::shared().make_database();
  session s{postgres_opener(database)};
  make_collection(s);
  const postgres::options settings{.url = postgres_server::shared().url(database)};
  const auto db = postgres::connect(settings, "plans");
  db->execute(
      "INSERT INTO steward.records SELECT 1, 1, 'r' || i, i, 0, 0, jsonb_build_object("
      "'status', substr('openpaidlategone', 1 + i % 4 * 4, 4), 'total', i * 7919 % 100003,"
      " 'customer', jsonb_build_object('name', 'n' || i)), 1 FROM generate_series(1, 100000) i");
  for (const auto* known : {"", "ANALYZE steward.records"}) { // Whatever it knows of the table.
    db->execute("SET steward.tenant = '1'; " + std::string{known});
    check([&](const record_query& query, size_t range) {
      postgres::record_dialect dialect;
      const auto sql = postgres::select_sql(place_for(query), query, range, 50, dialect);
      // As it is run: planned without its values.
      std::string values;
      for (size_t i = 0; i < dialect.values().values().size(); ++i)
        values += i == 0 ? "(NULL" : ", NULL";
      if (!values.empty()) values += ')';
      db->execute("PREPARE looked_at AS " + sql);
      std::string plan;
      for (const auto row : db->execute("EXPLAIN (COSTS OFF) EXECUTE looked_at" + values))
        plan += row.string(0) + "\n";
      db->execute("DEALLOCATE looked_at");
      return plan;
    });
  }
}
