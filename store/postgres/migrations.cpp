#include "store/postgres/migrations.hpp"

#include "store/postgres/migrations/all.hpp"
#include "store/postgres/shape_building.hpp"

namespace steward::store::postgres {

namespace {

constexpr auto program = "steward";

/// Of the schema; 0 for none yet, which makes `fresh` true.
struct found_schema {
  bool exists = false; ///< An empty one may have been made for us.
  int64_t version = 0;
  int64_t oldest = 0; ///< That a program must know to go on with it.
};

store_error refuse(std::string reason) { return {ec::conflict, std::move(reason)}; }

result<found_schema> find_schema(connection& db) {
  const auto what = db.execute(
      "SELECT (SELECT count(*) FROM pg_namespace WHERE nspname = 'steward'),"
      " (SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
      " WHERE n.nspname = 'steward'), (SELECT count(*) FROM pg_attribute a"
      " WHERE a.attrelid = to_regclass('steward.store') AND a.attname IN ('program', 'version')),"
      " (SELECT count(*) FROM pg_attribute a"
      " WHERE a.attrelid = to_regclass('steward.store') AND a.attname = 'oldest')");
  found_schema found{what[0].integer(0) > 0, 0, 0};
  if (what[0].integer(1) == 0) return found;
  if (what[0].integer(2) == 2) {
    const auto* oldest = what[0].integer(3) > 0 ? "oldest" : "version";
    const auto ours = db.execute("SELECT version, " + std::string{oldest} +
                                 " FROM steward.store WHERE program = '" + program + "'");
    if (ours.size() == 1) {
      found.version = ours[0].integer(0);
      found.oldest = ours[0].integer(1);
      return found;
    }
  }
  return failed{refuse("the schema \"steward\" of the database belongs to another application; it "
                       "was left as it is")};
}

std::optional<store_error> refuse_newer(const found_schema& found, newer_schema newer) {
  if (found.version <= schema_version()) return std::nullopt;
  if (newer == newer_schema::fine_if_it_says_so && found.oldest <= schema_version())
    return std::nullopt;
  return refuse("the database has schema " + std::to_string(found.version) +
                ", this steward knows schemas up to " + std::to_string(schema_version()) +
                ": use a newer steward");
}

std::optional<store_error> refuse_server(connection& db) {
  constexpr int oldest = 130000;
  if (db.server_version() < oldest)
    return refuse("PostgreSQL 13 or newer is needed, not " +
                  std::to_string(db.server_version() / 10000));
  if (const auto encoding = db.execute("SHOW server_encoding")[0].string(0); encoding != "UTF8")
    return refuse("the database's encoding must be UTF8, not " + encoding);
  return std::nullopt;
}

} // namespace

int64_t schema_version() { return static_cast<int64_t>(std::size(migrations::all)); }

std::optional<store_error> migrate(connection& db, newer_schema newer) {
  if (auto problem = refuse_server(db)) return problem;
  db.execute("SET statement_timeout = 0; BEGIN; SET LOCAL steward.tenant = '*';"
             "SELECT pg_advisory_xact_lock(1400141175, 2)");
  const auto found = find_schema(db);
  auto problem = found ? refuse_newer(*found, newer) : std::optional{found.error()};
  if (problem || found->version >= schema_version()) {
    db.execute("ROLLBACK");
    return problem;
  }
  if (!found->exists) db.execute("CREATE SCHEMA steward");
  if (found->version == 0)
    db.execute("CREATE TABLE steward.store (program text PRIMARY KEY, version bigint NOT NULL);"
               "INSERT INTO steward.store VALUES ('" +
               std::string{program} + "', 0)");
  for (auto next = found->version; next < schema_version(); ++next)
    db.execute(migrations::all[next]);
  constexpr int64_t first_with_shapes = 3;
  if (found->version < first_with_shapes) turn_indexes_into_shapes(db);
  db.execute("UPDATE steward.store SET version = " + std::to_string(schema_version()) + "; COMMIT");
  return std::nullopt;
}

std::optional<store_error> check_schema(connection& db, newer_schema newer) {
  const auto found = find_schema(db);
  if (!found) return found.error();
  if (auto problem = refuse_newer(*found, newer)) return problem;
  if (found->version < schema_version())
    return refuse(
        "the database's schema is older than it was: was a backup put back? Start steward "
        "again to bring it up to date");
  return std::nullopt;
}

} // namespace steward::store::postgres
