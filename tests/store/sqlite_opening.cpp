#define CAF_SUITE sqlite_opening

#include "caf/test/dsl.hpp"
#include "store/sqlite/engine.hpp"
#include "store/sqlite/migrations.hpp"
#include "store/sqlite/migrations/all.hpp"
#include "store/sqlite/statement.hpp"
#include "tests/store/old_indexes.hpp"
#include "tests/store/samples.hpp"

#include <sqlite3.h>

#include <fstream>
#include <sys/wait.h>
#include <unistd.h>

using namespace steward;
using namespace steward::store;
using namespace steward::store::tests;

namespace {

struct fixture {
  scratch_folder folder;
  std::filesystem::path file = folder.path() / "steward.db";

  result<std::unique_ptr<engine>> open() { return sqlite::open({file, false}); }
  store_error refusal() {
    const auto opened = open();
    if (opened) CAF_FAIL("it was opened");
    return opened.error();
  }
  /// What another program would do to the file.
  void by_hand(const std::string& sql) {
    sqlite3* db = nullptr;
    CAF_REQUIRE(sqlite3_open(file.c_str(), &db) == SQLITE_OK);
    CAF_CHECK_EQUAL(sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(db);
  }
  void write(const std::string& bytes) { std::ofstream{file, std::ios::binary} << bytes; }
  std::string bytes() {
    std::ifstream in{file, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
  }
  static bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(opening_tests, fixture)

CAF_TEST(a missing or empty file becomes a store) {
  CAF_CHECK(open().ok());
  CAF_CHECK(open().ok()); // And is one from then on.
  std::filesystem::remove(file);
  write("");
  CAF_CHECK(open().ok());
}

CAF_TEST(a missing folder is unavailable) {
  file = folder.path() / "nowhere" / "steward.db";
  CAF_CHECK(refusal().code == ec::unavailable);
}

CAF_TEST(a newer schema is refused with both numbers and left alone) {
  CAF_REQUIRE(open().value()->open_writer().ok());
  by_hand("PRAGMA user_version = 4711");
  const auto before = bytes();
  const auto why = refusal();
  CAF_CHECK(why.code == ec::conflict);
  CAF_CHECK(has(why.reason, "4711"));
  CAF_CHECK(has(why.reason, "schemas up to 5"));
  CAF_CHECK(bytes() == before);
}

CAF_TEST(a database of another application is refused and left alone) {
  by_hand("CREATE TABLE theirs (x); PRAGMA application_id = 42");
  const auto before = bytes();
  CAF_CHECK(refusal().code == ec::conflict);
  CAF_CHECK(bytes() == before);
}

CAF_TEST(a database without an application id is not taken over) {
  by_hand("CREATE TABLE theirs (x)");
  const auto before = bytes();
  CAF_CHECK(refusal().code == ec::conflict);
  CAF_CHECK(bytes() == before);
}

CAF_TEST(a file that is no database is refused and left alone) {
  for (const size_t size : {5u, 400u, 5000u}) {
    write(std::string(size, 'x'));
    const auto why = refusal();
    CAF_CHECK(why.code == ec::conflict);
    CAF_CHECK(has(why.reason, "not a SQLite database"));
    CAF_CHECK(bytes() == std::string(size, 'x'));
  }
}

CAF_TEST(a store in use is refused until the last connection is closed) {
  auto first = open();
  CAF_REQUIRE(first.ok());
  CAF_CHECK(refusal().code == ec::unavailable);
  auto reader = first.value()->open_reader();
  first.value().reset();
  const auto why = refusal();
  CAF_CHECK(has(why.reason, "another steward (process " + std::to_string(::getpid()) + ")"));
  reader.value().reset();
  CAF_CHECK(open().ok());
}

CAF_TEST(another process is refused as well) {
  auto opened = open();
  CAF_REQUIRE(opened.ok());
  const auto child = ::fork();
  if (child == 0) ::_exit(open().ok() ? 0 : 7);
  int status = 0;
  CAF_REQUIRE(::waitpid(child, &status, 0) == child);
  CAF_CHECK_EQUAL(WEXITSTATUS(status), 7);
}

CAF_TEST(the file is in write ahead mode with the schema number and the mark of ours) {
  CAF_REQUIRE(open().value()->open_writer().ok());
  const auto header = bytes().substr(0, 100);
  CAF_REQUIRE(header.size() == 100);
  CAF_CHECK_EQUAL(header.substr(18, 2), "\2\2");                       // WAL
  CAF_CHECK_EQUAL(header.substr(60, 4), (std::string{"\0\0\0\5", 4})); // user_version
  CAF_CHECK_EQUAL(header.substr(68, 4), "Stew");                       // application_id
}

CAF_TEST(a store of the first schema is brought up to date with all that it holds) {
  by_hand(std::string{sqlite::migrations::first_schema_0001} +
          "INSERT INTO tenants (name) VALUES ('acme');"
          "INSERT INTO workflows (tenant, family, namespace, name, version, digest, source,"
          " created_us) VALUES (1, 1, 'shop', 'order', '1.0.0', 'sha256:1', 'do: []', 5);"
          "PRAGMA user_version = 1; PRAGMA application_id = " +
          std::to_string(sqlite::application_id));
  session s{[&] { return std::move(open().value()); }};
  const auto found = *s.read().find_workflow("acme", {"shop", "order", ""}).value();
  CAF_CHECK_EQUAL(found.source, "do: []");
  CAF_CHECK(found.resources.empty());
  const auto put = s.commit_one("acme", {put_event{"shop", "1", noon_us, "{}", 0}});
  CAF_CHECK(put.events == (std::vector<put_event_result>{{1, false}}));
}

CAF_TEST(a store with an index for each collection gets shapes) {
  std::string sql;
  for (int i = 0; i < 4; ++i) sql += sqlite::migrations::all[i];
  sql += "INSERT INTO tenants (name) VALUES ('acme'), ('zeta');";
  const auto key = [](const std::string& field) {
    const auto of = "(data, '$.\"" + field + "\"')";
    return "CASE json_type" + of + " WHEN 'integer' THEN json_extract" + of +
           " WHEN 'text' THEN json_extract" + of + " ELSE x'02' END";
  };
  for (const auto* number : {"1", "2", "3"}) {
    const std::string n{number}, indexes = n == "3" ? "[]" : old_indexes;
    sql += "INSERT INTO collections VALUES (" + n + ", 1 + (" + n + " > 1), 'orders" + n +
           "', 'true', '" + indexes + "', 1, 1, 5, 3);";
    for (const auto* id : {"'a'", "'b'"})
      sql += "INSERT INTO records VALUES (" + n + ", " + id + ", 1, 5, 5, json_object('code', " +
             id + ", 'total', 7));";
    sql += "CREATE VIEW records_" + n + "_orders" + n +
           " AS SELECT id AS _id FROM records WHERE collection = " + n + ";";
    if (n == "3") continue;
    const auto where = " WHERE collection = " + n;
    sql += "CREATE INDEX records_" + n + "_1 ON records (" + key("total") + ", id)" + where + ";" +
           "CREATE INDEX records_" + n + "_2 ON records (" + key("code") + ", id)" + where + ";" +
           "CREATE UNIQUE INDEX records_" + n + "_2_unique ON records (" + key("code") + ")" +
           where + " AND " + key("code") + " <> x'02';";
  }
  by_hand(
      "PRAGMA trusted_schema = ON;" + sql +
      "PRAGMA user_version = 4; PRAGMA application_id = " + std::to_string(sqlite::application_id));
  session s{[&] { return std::move(open().value()); }};
  check_shapes_of_old_store(s);
  sqlite::connection db{file, sqlite::connection::access::reading};
  CAF_CHECK_EQUAL(db.number("SELECT count(*) FROM sqlite_master WHERE type = 'index' AND"
                            " tbl_name = 'records' AND sql IS NOT NULL"),
                  3);
  CAF_CHECK_EQUAL(db.text("SELECT group_concat(shape, '') FROM"
                          " (SELECT shape FROM records ORDER BY collection, id)"),
                  "111100");
  CAF_CHECK_EQUAL(db.number("SELECT collections FROM record_shapes"), 2);
}

CAF_TEST(damaged rows are reported as corrupt data) {
  session s{[&] { return std::move(open().value()); }};
  s.commit_one("acme", {event("1"), event("2")});
  s.commit_one("acme", {start(1, s.workflow("acme", "order"), run_status::running),
                        append_journal{id(1), 1, "one"}, append_journal{id(1), 2, "two"}});
  by_hand("UPDATE feed SET events = x'ff00'; DELETE FROM journal WHERE seq = 1");
  CAF_CHECK(s.read().feed_after("acme", 0, 10).error().code == ec::corrupt_data);
  CAF_CHECK(s.read().load_run("acme", id(1)).error().code == ec::corrupt_data);
  by_hand("PRAGMA ignore_check_constraints = ON; UPDATE runs SET status = 99");
  CAF_CHECK(s.read().get_run("acme", id(1)).error().code == ec::corrupt_data);
}

CAF_TEST_FIXTURE_SCOPE_END()
