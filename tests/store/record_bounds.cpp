#define CAF_SUITE record_bounds

#include "caf/test/dsl.hpp"
#include "store/record_rules.hpp"
#include "store/sqlite/engine.hpp"
#include "store/sqlite/statement.hpp"
#include "tests/store/postgres_server.hpp"
#include "tests/store/record_samples.hpp"

using namespace steward;
using namespace steward::store;
using namespace steward::store::tests;

namespace {

/// One whose conditions are so many that no index and no patience suffice.
record_query endless() {
  record_query query;
  query.collection = "big";
  query.filter.what = record_filter::kind::any;
  for (int i = 0; i < 50; ++i)
    query.filter.parts.push_back({record_filter::kind::condition,
                                  {},
                                  {"list", record_op::contains, {workflow::value{-1 - i}}}});
  return query;
}

/// The question ends as it should, and the reader goes on.
void check(session& s) {
  const auto found = s.read().find_records("acme", endless());
  CAF_CHECK(!found.ok());
  if (!found) CAF_CHECK(found.error().code == ec::unprocessable);
  record_query plain;
  plain.collection = "big";
  plain.limit = 1;
  CAF_CHECK(s.read().find_records("acme", plain).value().size() == 1u);
}

} // namespace

CAF_TEST(the embedded store gives a long question up) {
  scratch_folder folder;
  const auto file = folder.path() / "steward.db";
  session s{[&] { return sqlite::open({file, false}).value(); }};
  s.commit_one("acme", {collection("big")});
  sqlite::connection db{file, sqlite::connection::access::writing};
  db.execute("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)"
             " INSERT INTO records SELECT 1, 'r' || i, i, 0, 0,"
             " '{\"list\":[1,2,3,4,5,6,7,8,9]}', 0 FROM n");
  check(s);
}

CAF_TEST(PostgreSQL gives a long question up) {
  const auto database = postgres_server::shared().make_database();
  session s{postgres_opener(database)};
  s.commit_one("acme", {collection("big")});
  postgres_server::shared().admin(database)->execute(
      "INSERT INTO steward.records SELECT 1, 1, 'r' || i, i, 0, 0, jsonb_build_object('list',"
      " (SELECT jsonb_agg(n) FROM generate_series(1, 40) n)) FROM generate_series(1, 300000) i");
  check(s);
}

namespace {

/// Ten indexes that are eleven of the database, and those of no other number.
std::vector<record_index> many(int64_t number) {
  std::vector<record_index> list;
  for (int i = 0; i < 10; ++i)
    list.push_back({"i" + std::to_string(i),
                    {"f" + std::to_string(i) + "_" + std::to_string(number)},
                    i == 0, // a unique one counts twice
                    0});
  return list;
}

/// So many different indexes are enough for a store, and one too many harms nobody else.
void check_indexes(session& s) {
  const auto committed = [&](const tenant_id& tenant, const put_collection& op) {
    return s.commit_one(tenant, {op}).what == batch_result::kind::committed;
  };
  constexpr auto most = declared_indexes_most / 11;
  for (int64_t i = 0; i < most; ++i)
    CAF_CHECK(committed("acme", collection("c" + std::to_string(i), many(i))));
  std::vector<record_index> rest;
  for (auto i = most * 11; i < declared_indexes_most; ++i)
    rest.push_back({"r" + std::to_string(i), {"r" + std::to_string(i)}, false, 0});
  CAF_CHECK(committed("acme", collection("rest", rest)));
  // The 501st.
  const auto report = s.commit({batch("acme", {event("a")}),
                                batch("zeta", {collection("d", {{"one", {"one"}, false, 0}})}),
                                batch("zeta", {collection("e")})});
  CAF_CHECK(kinds(report) ==
            (std::vector{batch_result::kind::committed, batch_result::kind::conflict,
                         batch_result::kind::committed}));
  CAF_CHECK(report.results[1].reason.find("indexes") != std::string::npos);
  CAF_CHECK(!s.read().find_collection("zeta", "d").value());
  // Those that are there may be shared.
  CAF_CHECK(committed("zeta", collection("d", many(7))));
  CAF_CHECK(committed("zeta", collection("d", rest)));
  // A collection that is alone with its shape may have others in their place.
  CAF_CHECK(committed("acme", collection("c1", many(most))));
  CAF_CHECK(!committed("zeta", collection("d", many(1))));
  // Those that go make room.
  CAF_CHECK(committed("acme", collection("c0")));
  CAF_CHECK(committed("zeta", collection("d", many(1))));
}

} // namespace

CAF_TEST(the embedded store has so many declared indexes and no more) {
  scratch_folder folder;
  const auto file = folder.path() / "steward.db";
  session s{[&] { return sqlite::open({file, false}).value(); }};
  check_indexes(s);
}

CAF_TEST(PostgreSQL has so many declared indexes and no more) {
  session s{postgres_opener(postgres_server::shared().make_database())};
  check_indexes(s);
}

CAF_TEST(a view that somebody made on ours keeps only its collection from changing) {
  const auto database = postgres_server::shared().make_database();
  session s{postgres_opener(database)};
  auto orders = collection("orders");
  orders.columns = {"total"};
  s.commit_one("acme", {orders});
  const auto admin = postgres_server::shared().admin(database);
  admin->execute("CREATE VIEW public.report AS SELECT total FROM steward.records_1_orders;"
                 "GRANT SELECT ON steward.records_1_orders TO pg_monitor");
  // The same again, and a column more: the view is replaced, and what was granted on it stays.
  CAF_CHECK(s.commit_one("acme", {orders}).what == batch_result::kind::committed);
  orders.columns = {"total", "more"};
  CAF_CHECK(s.commit_one("acme", {orders}).what == batch_result::kind::committed);
  CAF_CHECK(admin
                ->execute("SELECT has_table_privilege('pg_monitor',"
                          " 'steward.records_1_orders', 'SELECT')")[0]
                .flag(0));
  orders.columns = {"more"};
  const auto report = s.commit({batch("acme", {event("a")}), batch("acme", {orders}),
                                batch("acme", {record("orders", "a", "{}")})});
  CAF_CHECK(kinds(report) ==
            (std::vector{batch_result::kind::committed, batch_result::kind::conflict,
                         batch_result::kind::committed}));
  admin->execute("DROP VIEW public.report");
  CAF_CHECK(s.commit_one("acme", {orders}).what == batch_result::kind::committed);
}
