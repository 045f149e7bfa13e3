#include "store/sqlite/archive.hpp"

#include "messages/record_bodies.hpp"
#include "store/feed_codec.hpp"
#include "store/sqlite/file_lock.hpp"
#include "store/sqlite/guarded.hpp"
#include "store/sqlite/migrations.hpp"
#include "store/sqlite/reader.hpp"
#include "store/sqlite/record_dialect.hpp"
#include "store/sqlite/shape_building.hpp"
#include "workflow/json.hpp"

#include <algorithm>
#include <map>

namespace steward::store::sqlite {

namespace {

/// Where a table of the archive comes from and goes to. A column that is not among `columns` is
/// there under its own name. `$1` in `insert` is the line's first value after the table's name.
struct table_sql {
  std::string_view from;
  std::map<std::string_view, std::string_view> columns = {};
  std::string_view insert;
};

const std::map<std::string_view, table_sql>& tables() {
  static const std::map<std::string_view, table_sql> all{
      {"tenants",
       {"tenants ORDER BY id",
        {{"newest_event", "coalesce((SELECT max(position) & 1099511627775 FROM feed WHERE position"
                          " BETWEEN tenants.id << 40 AND (tenants.id << 40) + 1099511627775), 0)"}},
        "tenants (id, name, newest_in_inbox) SELECT $1, $2, $4"}},
      {"workflows",
       {"workflows ORDER BY id",
        {},
        "workflows (id, tenant, family, namespace, name, version, digest, source, resources,"
        " created_us) SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10"}},
      {"runs",
       {"runs ORDER BY row",
        {},
        "runs (tenant, id, workflow, family, status, input, output, error, created_us, started_us,"
        " ended_us, attempts, parent, parent_effect) SELECT $1, bytes($2), $3, $4, $5, $6, $7, $8,"
        " $9, $10, $11, $12, bytes($13), $14"}},
      {"journal",
       {"journal j JOIN runs r ON r.row = j.run ORDER BY j.run, j.seq",
        {{"tenant", "r.tenant"}, {"run", "r.id"}},
        "journal (run, seq, entry) SELECT (SELECT row FROM runs WHERE tenant = $1 AND id ="
        " bytes($2)), $3, CAST(bytes($4) AS TEXT)"}},
      {"snapshots",
       {"snapshots s JOIN runs r ON r.row = s.run ORDER BY s.run",
        {{"tenant", "r.tenant"}, {"run", "r.id"}},
        "snapshots (run, seq, state) SELECT (SELECT row FROM runs WHERE tenant = $1 AND id ="
        " bytes($2)), $3, CAST(bytes($4) AS TEXT)"}},
      {"timers",
       {"timers ORDER BY tenant, run, effect",
        {},
        "timers (tenant, run, effect, due_us) SELECT $1, bytes($2), $3, $4"}},
      {"keys",
       {"idempotency ORDER BY tenant, key",
        {},
        "idempotency (tenant, key, run, fingerprint, created_us) SELECT $1, $2, bytes($3), $4,"
        " $5"}},
      {"feed",
       {"feed ORDER BY position",
        {{"tenant", "position >> 40"},
         {"last", "position & 1099511627775"},
         {"time_us", "time_of(events, first)"}},
        "feed (position, first, events) SELECT ($1 << 40) + $3, $2, bytes($5)"}},
      {"inbox",
       {"inbox ORDER BY position",
        {{"sequence", "position & 1099511627775"}},
        "inbox (position, tenant, received_us, source, id, event) SELECT ($1 << 40) + $2, $1, $3,"
        " $4, $5, $6"}},
      {"listeners",
       {"listeners ORDER BY tenant, run, effect, trigger",
        {},
        "listeners (tenant, run, effect, trigger, routes, cursor) SELECT $1, bytes($2), $3, $4, $5,"
        " $6"}},
      {"schedules",
       {"schedules ORDER BY tenant, namespace, name",
        {},
        "schedules (tenant, namespace, name, state) SELECT $1, $2, $3, $4"}},
      {"collections",
       {"collections ORDER BY id",
        {},
        "collections (id, tenant, name, schema, indexes, keeps_history, version, updated_us,"
        " newest_version) SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9"}},
      {"records",
       {"records x JOIN collections c ON c.id = x.collection ORDER BY x.collection, x.id",
        {{"tenant", "c.tenant"},
         {"id", "x.id"},
         {"version", "x.version"},
         {"updated_us", "x.updated_us"}},
        "records (collection, id, version, created_us, updated_us, data, shape) SELECT $2, $3, $4,"
        " $5, $6, $7, (SELECT shape FROM collections WHERE id = $2)"}},
      {"record_history",
       {"record_history x JOIN collections c ON c.id = x.collection"
        " ORDER BY x.collection, x.id, x.version",
        {{"tenant", "c.tenant"},
         {"id", "x.id"},
         {"version", "x.version"},
         {"updated_us", "x.updated_us"},
         {"data", "nullif(x.data, '')"}},
        "record_history (collection, id, version, created_us, updated_us, data) SELECT $2, $3, $4,"
        " $5, $6, coalesce($7, '')"}},
  };
  return all;
}

std::string select_sql(const archive_table& table) {
  const auto& from = tables().at(table.name);
  std::string sql = "SELECT json_array('" + std::string{table.name} + "'";
  for (const auto& column : table.columns) {
    const auto other = from.columns.find(column.name);
    const std::string expression{other == from.columns.end() ? column.name : other->second};
    const bool as_bytes = column.kind == archive_kind::id || column.kind == archive_kind::bytes;
    sql += as_bytes ? ", iif(" + expression + " IS NULL, NULL, lower(hex(" + expression + ")))"
                    : ", " + expression;
  }
  return sql + ") FROM " + std::string{from.from};
}

std::string insert_sql(const archive_table& table) {
  std::string sql = "INSERT INTO ";
  const auto& insert = tables().at(table.name).insert;
  for (size_t i = 0; i < insert.size(); ++i) {
    if (insert[i] != '$') {
      sql += insert[i];
      continue;
    }
    std::string number;
    while (i + 1 < insert.size() && insert[i + 1] >= '0' && insert[i + 1] <= '9')
      number += insert[++i];
    sql += "json_extract(?1, '$[" + number + "]')";
  }
  return sql;
}

// --- functions that SQLite 3.40 does not have ---------------------------------------------------

/// bytes('c0ffee'): what `hex` has made.
void bytes_function(sqlite3_context* context, int, sqlite3_value** values) {
  if (sqlite3_value_type(values[0]) == SQLITE_NULL) return;
  const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(values[0]));
  const std::string_view hex{text, static_cast<size_t>(sqlite3_value_bytes(values[0]))};
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  const bool valid = hex.size() % 2 == 0 && std::ranges::all_of(hex, [](char c) {
                       return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
                     });
  if (!valid) return sqlite3_result_error(context, "these are no hexadecimal digits", -1);
  std::string bytes;
  for (size_t i = 0; i < hex.size(); i += 2)
    bytes += static_cast<char>(digit(hex[i]) << 4 | digit(hex[i + 1]));
  sqlite3_result_blob64(context, bytes.data(), bytes.size(), SQLITE_TRANSIENT);
}

/// time_of(events, first): of the last event of a row of the feed.
void time_of_function(sqlite3_context* context, int, sqlite3_value** values) {
  const std::string_view bytes{static_cast<const char*>(sqlite3_value_blob(values[0])),
                               static_cast<size_t>(sqlite3_value_bytes(values[0]))};
  const auto events = decode_events(bytes, static_cast<uint64_t>(sqlite3_value_int64(values[1])));
  if (!events || events->empty())
    return sqlite3_result_error(context, "a row of the feed can't be read", -1);
  sqlite3_result_int64(context, events->back().time_us);
}

void add_functions(connection& db) {
  constexpr int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC;
  for (const auto& [name, count, function] :
       {std::tuple{"bytes", 1, &bytes_function}, std::tuple{"time_of", 2, &time_of_function}})
    if (const int code = sqlite3_create_function_v2(db.handle(), name, count, flags, nullptr,
                                                    function, nullptr, nullptr, nullptr);
        code != SQLITE_OK)
      db.fail(code, name);
}

// --- both ways ----------------------------------------------------------------------------------

std::optional<store_error> check(connection& db, const std::string& file) {
  if (db.number("PRAGMA application_id") != application_id)
    return store_error{ec::conflict, file + " is no store of steward"};
  if (const auto version = db.number("PRAGMA user_version"); version != schema_version())
    return store_error{ec::conflict, file + " has schema " + std::to_string(version) +
                                         ", this steward needs schema " +
                                         std::to_string(schema_version()) +
                                         ": start a server of this version on it once"};
  return std::nullopt;
}

/// Of the file that could not be opened.
store_error named(store_error problem, const std::filesystem::path& file) {
  problem.reason = "can't open " + file.string() + ": " + problem.reason;
  return problem;
}

std::optional<store_error> missing(const std::filesystem::path& file) {
  std::error_code problem;
  if (std::filesystem::exists(file, problem)) return std::nullopt;
  return store_error{ec::not_found, "there is no store " + file.string()};
}

class sqlite_source final : public row_source {
public:
  explicit sqlite_source(const std::filesystem::path& file)
      : db_(file, connection::access::reading) {
    add_functions(db_);
    db_.execute("BEGIN");
  }
  /// Reads for the first time: that is the moment.
  std::optional<store_error> begin(const std::string& file) { return check(db_, file); }

  result<bool> next(std::string& line) override {
    return guarded([&] {
      for (;;) {
        if (!rows_) {
          if (table_ == archive_tables().size()) return false;
          statement_ = std::make_unique<statement>(db_, select_sql(archive_tables()[table_++]));
          rows_.reset(new rows{statement_->run()});
        }
        if (rows_->next()) {
          line = rows_->string(0);
          return true;
        }
        rows_.reset();
      }
    });
  }

private:
  connection db_;
  size_t table_ = 0;
  std::unique_ptr<statement> statement_;
  std::unique_ptr<rows> rows_;
};

class sqlite_sink final : public row_sink {
public:
  sqlite_sink(const std::filesystem::path& file, file_lock lock)
      : lock_(std::move(lock)), db_(file, connection::access::writing) {
    add_functions(db_);
    db_.execute("PRAGMA synchronous = FULL; BEGIN IMMEDIATE");
    for (const auto& table : archive_tables())
      inserts_.emplace(table.name, std::make_unique<statement>(db_, insert_sql(table)));
  }

  bool is_empty() { return db_.number("SELECT count(*) FROM tenants") == 0; }

  result<bool> put(std::string_view line) override {
    const auto known = inserts_.find(table_of(line));
    if (known == inserts_.end())
      return failed{store_error{ec::corrupt_data, "there is no such table"}};
    auto done = guarded([&] {
      if (known->first == "records") give_shapes_once();
      known->second->execute(line);
      return true;
    });
    if (done || done.error().code != ec::unavailable) return done;
    return failed{store_error{done.error().code, "a row of " + std::string{known->first} +
                                                     " can't be stored: " + done.error().reason}};
  }

  result<bool> finish() override {
    return guarded([&] {
      db_.execute("INSERT INTO run_counts (tenant, status, runs)"
                  " SELECT tenant, status, count(*) FROM runs GROUP BY tenant, status");
      give_shapes_once();
      build_shapes(db_);
      for (const auto& row : collections(record_views_most)) {
        const auto schema = workflow::parse_json(row.schema);
        db_.execute(
            create_view_sql(row, schema ? columns_of(*schema) : std::vector<std::string>{}));
      }
      inserts_.clear();
      db_.execute("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
      return true;
    });
  }

private:
  /// All collections are there before the first record, which gets its collection's.
  void give_shapes_once() {
    if (!std::exchange(has_shapes_, true)) give_shapes(db_);
  }

  std::vector<collection_row> collections(int64_t first) {
    std::vector<collection_row> all;
    statement query{db_, "SELECT id, name, schema FROM collections ORDER BY id LIMIT ?1"};
    for (auto row = query.run(first); row.next();) {
      collection_row each{row.string(1), row.string(2), {}};
      each.number = row.integer(0);
      all.push_back(std::move(each));
    }
    return all;
  }

  file_lock lock_;
  connection db_;
  std::map<std::string_view, std::unique_ptr<statement>> inserts_;
  bool has_shapes_ = false;
};

} // namespace

result<std::unique_ptr<row_source>> open_source(const options& o) {
  if (auto problem = missing(o.file)) return failed{*problem};
  auto source = guarded([&] { return std::make_unique<sqlite_source>(o.file); });
  if (!source) return failed{named(source.error(), o.file)};
  auto problem = guarded([&] { return (*source)->begin(o.file.string()); });
  if (!problem) return failed{named(problem.error(), o.file)};
  if (*problem) return failed{**problem};
  return std::unique_ptr<row_source>{std::move(*source)};
}

result<std::unique_ptr<row_sink>> open_sink(const options& o) {
  // Makes the file, brings an old one up to date, and refuses what is not ours.
  if (auto engine = open(o); !engine) return failed{engine.error()};
  auto lock = file_lock::take(o.file);
  if (!lock) return failed{lock.error()};
  auto sink = guarded([&] { return std::make_unique<sqlite_sink>(o.file, std::move(*lock)); });
  if (!sink) return failed{sink.error()};
  auto empty = guarded([&] { return (*sink)->is_empty(); });
  if (!empty) return failed{empty.error()};
  if (!*empty)
    return failed{store_error{ec::conflict, o.file.string() + " is not empty: a backup goes into a "
                                                              "store that has nothing in it yet"}};
  return std::unique_ptr<row_sink>{std::move(*sink)};
}

result<std::unique_ptr<reader>> open_reader(const options& o) {
  if (auto problem = missing(o.file)) return failed{*problem};
  auto problem = guarded([&] {
    connection db{o.file, connection::access::reading};
    return check(db, o.file.string());
  });
  if (!problem) return failed{named(problem.error(), o.file)};
  if (*problem) return failed{**problem};
  return guarded([&]() -> std::unique_ptr<reader> {
    return std::make_unique<sqlite_reader>(o.file, nullptr);
  });
}

} // namespace steward::store::sqlite
