#define CAF_SUITE record_bounds

#include "caf/test/dsl.hpp"
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
             " '{\"list\":[1,2,3,4,5,6,7,8,9]}' FROM n");
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
