#define CAF_SUITE postgres_opening

#include "caf/test/dsl.hpp"
#include "store/open.hpp"
#include "store/postgres/migrations/all.hpp"
#include "store/postgres/session.hpp"
#include "tests/store/old_indexes.hpp"
#include "tests/store/postgres_server.hpp"
#include "tests/store/record_samples.hpp"

#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace steward;
using namespace steward::store;
using namespace steward::store::tests;

namespace {

using std::chrono::milliseconds;

struct fixture {
  postgres_server& server = postgres_server::shared();
  std::string database = server.make_database();
  postgres::options settings{.url = server.url(database), .lock_timeout = milliseconds{200}};

  result<std::unique_ptr<engine>> open() { return postgres::open(settings); }
  store_error refusal() {
    const auto opened = open();
    if (opened) CAF_FAIL("it was opened");
    return opened.error();
  }
  void by_hand(const std::string& sql) { server.admin(database)->execute(sql); }
  static bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
  }
  /// How many rows of each table the session sees.
  static std::vector<int64_t> seen(postgres::connection& db) {
    std::vector<int64_t> counts;
    for (const auto* table :
         {"tenants", "workflows", "runs", "journal", "timers", "keys", "feed", "inbox", "listeners",
          "schedules", "snapshots", "collections", "record_history"})
      counts.push_back(
          db.execute(std::string{"SELECT count(*) FROM steward."} + table)[0].integer(0));
    return counts;
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(opening_tests, fixture)

CAF_TEST(an empty database becomes a store and stays one) {
  CAF_CHECK(open().ok());
  CAF_CHECK(open().ok());
}

CAF_TEST(an empty schema that was made for us is taken) {
  by_hand("CREATE SCHEMA steward AUTHORIZATION steward");
  CAF_CHECK(open().ok());
}

CAF_TEST(a newer schema is refused with both numbers and left alone) {
  CAF_REQUIRE(open().ok());
  by_hand("UPDATE steward.store SET version = 4711, oldest = 4711");
  const auto why = refusal();
  CAF_CHECK(why.code == ec::conflict);
  CAF_CHECK(has(why.reason, "4711"));
  CAF_CHECK(has(why.reason, "schemas up to 4"));
  CAF_CHECK(server.admin(database)->execute("SELECT version FROM steward.store")[0].integer(0) ==
            4711);
}

CAF_TEST(a store with an index for each collection gets shapes) {
  const auto db = postgres::connect(settings, "before");
  db->execute("CREATE SCHEMA steward; SET steward.tenant = '*';"
              "CREATE TABLE steward.store (program text PRIMARY KEY, version bigint NOT NULL);"
              "INSERT INTO steward.store VALUES ('steward', 2)");
  for (int i = 0; i < 2; ++i) db->execute(postgres::migrations::all[i]);
  db->execute("INSERT INTO steward.tenants VALUES (1, 'acme', 0, 0, 0, 0, 0, 0, 0, 0, 0),"
              " (2, 'zeta', 0, 0, 0, 0, 0, 0, 0, 0, 0);"
              "SELECT setval('steward.collection_numbers', 3)");
  const auto key = [](const std::string& field) {
    return "steward.sort_key((data #> '{\"" + field + "\"}'))";
  };
  for (const auto* number : {"1", "2", "3"}) {
    const std::string n{number}, indexes = n == "3" ? "[]" : old_indexes,
                                 tenant = n == "1" ? "1" : "2";
    db->execute("INSERT INTO steward.collections VALUES (" + n + ", " + tenant + ", 'orders" + n +
                "', 'true', '" + indexes + "', true, 1, 5, 3)");
    for (const auto* id : {"'a'", "'b'"})
      db->execute("INSERT INTO steward.records VALUES (" + tenant + ", " + n + ", " + id +
                  ", 1, 5, 5, jsonb_build_object('code', " + id + ", 'total', 7))");
    db->execute("CREATE VIEW steward.records_" + n + "_orders" + n +
                " AS SELECT id AS _id FROM steward.records WHERE collection = " + n);
    if (n == "3") continue;
    const std::string on = " ON steward.records (", where = " WHERE collection = " + n;
    db->execute("CREATE INDEX records_" + n + "_1" + on + key("total") + ", id)" + where);
    db->execute("CREATE INDEX records_" + n + "_2" + on + key("code") + ", id)" + where);
    db->execute("CREATE UNIQUE INDEX records_" + n + "_2_unique" + on + key("code") + ")" + where +
                " AND " + key("code") + " <> ROW(4, 0, '')::steward.sort_key");
  }
  session s{[&] { return std::move(open().value()); }};
  check_shapes_of_old_store(s);
  CAF_CHECK_EQUAL(db->execute("SELECT count(*) FROM pg_indexes WHERE tablename = 'records'"
                              " AND indexname <> 'records_pkey'")[0]
                      .integer(0),
                  3);
  CAF_CHECK_EQUAL(db->execute("SELECT string_agg(shape::text, '' ORDER BY collection, id)"
                              " FROM steward.records")[0]
                      .string(0),
                  "111100");
  CAF_CHECK_EQUAL(db->execute("SELECT collections FROM steward.record_shapes")[0].integer(0), 2);
}

CAF_TEST(a schema of another application is refused and left alone) {
  for (const auto* sql :
       {"CREATE SCHEMA steward AUTHORIZATION steward; CREATE TABLE steward.theirs (x int)",
        "CREATE TABLE steward.store (x int)",
        "DROP TABLE steward.store;"
        "CREATE TABLE steward.store (program text, version int);"
        "INSERT INTO steward.store VALUES ('another', 1)"}) {
    by_hand(sql);
    by_hand("GRANT ALL ON ALL TABLES IN SCHEMA steward TO steward");
    const auto why = refusal();
    CAF_CHECK(why.code == ec::conflict);
    CAF_CHECK(has(why.reason, "another application"));
  }
}

CAF_TEST(a server or a database that is not there is unavailable) {
  settings.url = server.url("nowhere");
  CAF_CHECK(refusal().code == ec::unavailable);
  settings.url = "postgresql://u:secret@127.0.0.1:1/x?sslpassword=hidden";
  const auto why = refusal();
  CAF_CHECK(why.code == ec::unavailable);
  CAF_CHECK(!has(why.reason, "secret") && !has(why.reason, "hidden"));
  settings.url = "postgresql://u:secret@[broken?nonsense=hidden&password=secret";
  CAF_CHECK(!has(refusal().reason, "secret"));
}

CAF_TEST(two engines do not write one database) {
  auto first = open();
  CAF_REQUIRE(first.ok());
  const auto why = refusal();
  CAF_CHECK(why.code == ec::unavailable);
  CAF_CHECK(has(why.reason, "another steward"));
  first.value().reset();
  settings.lock_timeout = milliseconds{5'000};
  CAF_CHECK(open().ok());
}

CAF_TEST(a process that died leaves its place) {
  int ends[2];
  CAF_REQUIRE(::pipe(ends) == 0);
  const auto child = ::fork();
  if (child == 0) {
    const auto opened = open();
    static_cast<void>(!::write(ends[1], opened.ok() ? "1" : "0", 1));
    for (;;) ::pause();
  }
  char opened = 0;
  CAF_REQUIRE(::read(ends[0], &opened, 1) == 1);
  CAF_CHECK_EQUAL(opened, '1');
  CAF_CHECK(has(refusal().reason, "another steward"));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  settings.lock_timeout = milliseconds{5'000};
  CAF_CHECK(open().ok());
}

CAF_TEST(a writer that lost its place can not commit) {
  session s{[&] { return std::move(open().value()); }};
  s.commit_one("acme", {event("1")});
  by_hand("UPDATE steward.writers SET closed = true");
  // It takes its place again, since nobody else has.
  const auto again = s.commit_one("acme", {event("2")});
  if (again.what != batch_result::kind::committed) CAF_ERROR(again.reason);
  CAF_CHECK_EQUAL(server.admin(database)
                      ->execute("SELECT count(*) FROM steward.writers WHERE NOT closed")[0]
                      .integer(0),
                  1);
  CAF_CHECK(s.read().feed_range("acme").value().newest == 2u);
}

CAF_TEST(a session sees the rows of the tenant it names and without one none) {
  session s{[&] { return std::move(open().value()); }};
  for (const tenant_id tenant : {"acme", "zeta"}) {
    const auto workflow = s.workflow(tenant, "order");
    s.commit_one(tenant, {start_with_key(1, workflow, "k", "f"), append_journal{id(1), 1, "one"},
                          put_timer{id(1), 1, noon_us}, event("e"),
                          put_event{"shop", "1", noon_us, "{}", 0},
                          put_listener{id(1), 2, "", "[]"}, put_schedule{"shop", "order", "{}"},
                          put_snapshot{id(1), 1, "s"}, collection("notes", {}, true),
                          record("notes", "a", R"({"of":")" + tenant + "\"}")});
  }
  const auto db = postgres::connect(settings, "somebody");
  const auto all = [&](int64_t count) { return std::vector<int64_t>(13, count); };
  CAF_CHECK(seen(*db) == all(0));
  db->execute("SET steward.tenant = ''");
  CAF_CHECK(seen(*db) == all(0));
  db->execute("SET steward.tenant = '1'");
  CAF_CHECK(seen(*db) == all(1));
  CAF_CHECK_EQUAL(db->execute("SELECT name FROM steward.tenants")[0].string(0), "acme");
  db->execute("SET steward.tenant = '3'");
  CAF_CHECK(seen(*db) == all(0));
  db->execute("SET steward.tenant = '*'");
  CAF_CHECK(seen(*db) == all(2));
  // Records are read through a view that does the same.
  const auto notes = [&](const std::string& tenant) {
    db->execute("SET steward.tenant = '" + tenant + "'");
    std::string of;
    for (const auto row : db->execute("SELECT data ->> 'of' FROM steward.own_records"))
      of += row.string(0) + " ";
    return of;
  };
  CAF_CHECK_EQUAL(notes("1"), "acme ");
  CAF_CHECK_EQUAL(notes("2"), "zeta ");
  for (const auto* nobody : {"3", "", "*"}) CAF_CHECK_EQUAL(notes(nobody), "");
  // Nor may it write another's.
  db->execute("SET steward.tenant = '1'");
  bool refused = false;
  try {
    db->execute("INSERT INTO steward.schedules VALUES (2, 'a', 'b', 'c')");
  } catch (const postgres::sql_error& e) {
    refused = has(e.what(), "row-level security");
  }
  CAF_CHECK(refused);
}

CAF_TEST(an operator is told of a role that row level security does not bind) {
  std::vector<std::string> told;
  settings.warn = [&](const std::string& what) { told.push_back(what); };
  CAF_CHECK(open().ok());
  CAF_CHECK(told.empty());
  by_hand("ALTER ROLE steward BYPASSRLS");
  CAF_CHECK(open().ok());
  by_hand("ALTER ROLE steward NOBYPASSRLS");
  CAF_REQUIRE(told.size() == 1);
  CAF_CHECK(has(told[0], "row-level security"));
}

CAF_TEST(damaged rows are reported as corrupt data) {
  session s{[&] { return std::move(open().value()); }};
  s.commit_one("acme", {event("1"), event("2")});
  s.commit_one("acme", {start(1, s.workflow("acme", "order"), run_status::running),
                        append_journal{id(1), 1, "one"}, append_journal{id(1), 2, "two"}});
  by_hand("UPDATE steward.feed SET events = '\\xff00'; DELETE FROM steward.journal WHERE seq = 1");
  CAF_CHECK(s.read().feed_after("acme", 0, 10).error().code == ec::corrupt_data);
  CAF_CHECK(s.read().load_run("acme", id(1)).error().code == ec::corrupt_data);
}

CAF_TEST(the place of the store says which engine serves it) {
  scratch_folder folder;
  CAF_CHECK(store::open({folder.path() / "data", ""}, {}).ok());
  CAF_CHECK(std::filesystem::exists(folder.path() / "data" / "steward.db"));
  CAF_CHECK(store::open({folder.path(), settings.url}, {}).ok());
  const auto other = store::open({folder.path(), "mysql://u:secret@host/name"}, {});
  CAF_REQUIRE(!other.ok());
  CAF_CHECK(has(other.error().reason, "postgresql://"));
  CAF_CHECK(!has(other.error().reason, "secret"));
  CAF_CHECK_EQUAL(describe({"var", ""}), "var");
  CAF_CHECK_EQUAL(describe({"var", "postgresql://u:p@h/n?password=x&sslmode=require"}),
                  "postgresql://u:***@h/n?password=***&sslmode=require");
}

CAF_TEST_FIXTURE_SCOPE_END()
