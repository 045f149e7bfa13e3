#include "store/postgres/archive.hpp"

#include "messages/record_bodies.hpp"
#include "store/postgres/migrations.hpp"
#include "store/postgres/reader.hpp"
#include "store/postgres/record_dialect.hpp"
#include "store/postgres/shape_building.hpp"
#include "store/postgres/url.hpp"
#include "workflow/json.hpp"

#include <algorithm>

namespace steward::store::postgres {

namespace {

/// Rows may be a megabyte each: how many are asked for follows from those before.
constexpr size_t rows_least = 20, rows_most = 2'000;
constexpr size_t page_bytes = 4u << 20;
constexpr size_t lines_at_once = 1'000;
constexpr size_t bytes_at_once = 4u << 20;

std::string written(const archive_column& column) {
  const std::string name{column.name};
  switch (column.kind) {
  case archive_kind::flag:
    return name + "::int";
  case archive_kind::json:
    return name + "::text";
  case archive_kind::id:
    return "replace(" + name + "::text, '-', '')";
  case archive_kind::bytes:
    return "encode(" + name + ", 'hex')";
  default:
    return name;
  }
}

/// What is kept by its digest when it is long (index_key.hpp).
bool is_index_key(const archive_table& table, const archive_column& column) {
  return (table.name == "keys" && column.name == "key") ||
         (table.name == "inbox" && (column.name == "source" || column.name == "id"));
}

std::string read(const archive_table& table, const archive_column& column, size_t at) {
  const auto text = "(line->>" + std::to_string(at) + ")";
  if (is_index_key(table, column))
    return "CASE WHEN octet_length(" + text + ") <= 512 THEN " + text +
           " ELSE 'sha256:' || encode(sha256(convert_to(" + text + ", 'UTF8')), 'hex') END";
  switch (column.kind) {
  case archive_kind::number:
    return text + "::bigint";
  case archive_kind::flag:
    return text + "::int::boolean";
  case archive_kind::json:
    return text + "::jsonb";
  case archive_kind::id:
    return text + "::uuid";
  case archive_kind::bytes:
    return "decode(" + text + ", 'hex')";
  default:
    return text;
  }
}

std::string select_sql(const archive_table& table) {
  std::string sql = "SELECT json_build_array('" + std::string{table.name} + "'";
  for (const auto& column : table.columns) sql += ", " + written(column);
  return sql + ")::text FROM steward." + std::string{table.name} + " ORDER BY " +
         std::string{table.key};
}

/// Of a JSON array of lines.
std::string insert_sql(const archive_table& table) {
  const bool counts = table.name == "tenants"; // which `finish` sets right
  std::string names, values;
  for (size_t i = 0; i < table.columns.size(); ++i) {
    names += (i > 0 ? ", " : "") + std::string{table.columns[i].name};
    values += (i > 0 ? ", " : "") + read(table, table.columns[i], i + 1);
  }
  if (counts) {
    names += ", pending, running, waiting, suspended, cancelled, faulted, completed";
    values += ", 0, 0, 0, 0, 0, 0, 0";
  }
  if (table.name == "records") {
    names += ", shape";
    values += ", (SELECT c.shape FROM steward.collections c WHERE c.id = (line->>2)::bigint)";
  }
  return "INSERT INTO steward." + std::string{table.name} + " (" + names + ") SELECT " + values +
         " FROM json_array_elements($1::json) AS lines (line)";
}

constexpr auto count_runs =
    "UPDATE steward.tenants t SET pending = c.n[1], running = c.n[2], waiting = c.n[3],"
    " suspended = c.n[4], cancelled = c.n[5], faulted = c.n[6], completed = c.n[7]"
    " FROM (SELECT tenant, ARRAY[count(*) FILTER (WHERE status = 0),"
    " count(*) FILTER (WHERE status = 1), count(*) FILTER (WHERE status = 2),"
    " count(*) FILTER (WHERE status = 3), count(*) FILTER (WHERE status = 4),"
    " count(*) FILTER (WHERE status = 5), count(*) FILTER (WHERE status = 6)] AS n"
    " FROM steward.runs GROUP BY tenant) c WHERE c.tenant = t.id;"
    "SELECT setval('steward.collection_numbers', greatest(1, (SELECT max(id) FROM"
    " steward.collections)), EXISTS (SELECT FROM steward.collections));"
    "SELECT setval('steward.tenant_numbers', greatest(1, (SELECT max(id) FROM"
    " steward.tenants)), EXISTS (SELECT FROM steward.tenants));"
    "SELECT setval('steward.workflow_numbers', greatest(1, (SELECT max(id) FROM"
    " steward.workflows)), EXISTS (SELECT FROM steward.workflows))";

/// What these connections do takes as long as it takes.
options patient(options o) {
  o.statement_timeout = milliseconds{0};
  return o;
}

template <class Work>
auto guarded(const options& o, Work work) -> result<decltype(work())> {
  try {
    return work();
  } catch (const sql_error& e) {
    return failed{store_error{e.blames_store() ? ec::corrupt_data : ec::unavailable,
                              masked(e.what(), o.url)}};
  }
}

class postgres_source final : public row_source {
public:
  explicit postgres_source(options o)
      : options_(patient(std::move(o))), db_(connect(options_, "steward backup")) {
    db_->execute("SET steward.tenant = '*'; SET idle_in_transaction_session_timeout = 0;"
                 "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  }
  std::optional<store_error> begin() { return check_schema(*db_); }

  result<bool> next(std::string& line) override {
    return guarded(options_, [&] {
      while (at_ == page_.size()) {
        if (!open_) {
          if (table_ == archive_tables().size()) return false;
          db_->execute("DECLARE lines NO SCROLL CURSOR FOR " +
                       select_sql(archive_tables()[table_++]));
          open_ = true;
        }
        if (page_.size() > 0)
          rows_ = std::clamp(page_bytes / (seen_bytes_ / page_.size() + 1), rows_least, rows_most);
        seen_bytes_ = 0;
        page_ = db_->execute("FETCH " + std::to_string(rows_) + " FROM lines");
        at_ = 0;
        if (page_.empty()) {
          db_->execute("CLOSE lines");
          open_ = false;
          rows_ = rows_least;
        }
      }
      line = page_[at_++].view(0);
      seen_bytes_ += line.size();
      return true;
    });
  }

private:
  options options_;
  std::unique_ptr<connection> db_;
  rows page_{{}};
  size_t at_ = 0, table_ = 0, rows_ = rows_least, seen_bytes_ = 0;
  bool open_ = false;
};

class postgres_sink final : public row_sink {
public:
  explicit postgres_sink(options o) : options_(patient(std::move(o))), seat_(options_) {
    auto& db = seat_.take();
    db.execute("SET idle_in_transaction_session_timeout = 0; BEGIN");
  }

  bool is_empty() {
    return seat_.take().execute("SELECT count(*) FROM steward.tenants")[0].integer(0) == 0;
  }

  result<bool> put(std::string_view line) override {
    const auto table = table_of(line);
    if (table != table_name_) {
      if (auto done = flush(); !done) return done;
      if (table == "records")
        if (auto done = give_shapes_once(); !done) return done;
      const auto known = std::ranges::find(archive_tables(), table, &archive_table::name);
      if (known == archive_tables().end())
        return failed{store_error{ec::corrupt_data, "there is no such table"}};
      table_name_ = known->name;
      insert_ = insert_sql(*known);
    }
    lines_ += lines_.empty() ? '[' : ',';
    lines_ += line;
    if (++count_ < lines_at_once && lines_.size() < bytes_at_once) return true;
    return flush();
  }

  result<bool> finish() override {
    if (auto done = flush(); !done) return done;
    if (auto done = give_shapes_once(); !done) return done;
    return guarded(options_, [&] {
      auto& db = seat_.take();
      db.execute(count_runs);
      build_shapes(db);
      for (const auto row : db.execute("SELECT id, name, schema FROM steward.collections"
                                       " ORDER BY id LIMIT " +
                                       std::to_string(record_views_most))) {
        collection_row each{row.string(1), row.string(2), {}};
        each.number = row.integer(0);
        const auto schema = workflow::parse_json(each.schema);
        db.execute(
            create_view_sql(each, schema ? columns_of(*schema) : std::vector<std::string>{}));
      }
      db.execute("COMMIT");
      return true;
    });
  }

private:
  /// All collections are there before the first record, which gets its collection's.
  result<bool> give_shapes_once() {
    return guarded(options_, [&] {
      if (!std::exchange(has_shapes_, true)) give_shapes(seat_.take());
      return true;
    });
  }

  result<bool> flush() {
    if (lines_.empty()) return true;
    lines_ += ']';
    auto done = guarded(options_, [&] {
      seat_.take().run_once(insert_, parameters::of(lines_));
      return true;
    });
    lines_.clear();
    count_ = 0;
    return done;
  }

  options options_;
  writer_seat seat_;
  std::string_view table_name_;
  std::string insert_, lines_;
  size_t count_ = 0;
  bool has_shapes_ = false;
};

/// A reader with what it needs around it.
struct reading_room {
  explicit reading_room(const options& o) : settings(o), seat(settings) {}
  options settings;
  writer_seat seat; ///< Never taken.
};

} // namespace

result<std::unique_ptr<row_source>> open_source(const options& o) {
  auto source = guarded(o, [&] { return std::make_unique<postgres_source>(o); });
  if (!source) return failed{source.error()};
  auto problem = guarded(o, [&] { return (*source)->begin(); });
  if (!problem) return failed{problem.error()};
  if (*problem) return failed{**problem};
  return std::unique_ptr<row_source>{std::move(*source)};
}

result<std::unique_ptr<row_sink>> open_sink(const options& o) {
  auto migrated = guarded(o, [&] { return migrate(*connect(patient(o), "steward migrations")); });
  if (!migrated) return failed{migrated.error()};
  if (*migrated) return failed{**migrated};
  auto sink = guarded(o, [&] { return std::make_unique<postgres_sink>(o); });
  if (!sink) return failed{sink.error()};
  auto empty = guarded(o, [&] { return (*sink)->is_empty(); });
  if (!empty) return failed{empty.error()};
  if (!*empty)
    return failed{store_error{ec::conflict, masked(o.url) + " is not empty: a backup goes into a "
                                                            "store that has nothing in it yet"}};
  return std::unique_ptr<row_sink>{std::move(*sink)};
}

result<std::unique_ptr<reader>> open_reader(const options& o) {
  auto problem = guarded(o, [&] { return check_schema(*connect(o, "steward check")); });
  if (!problem) return failed{problem.error()};
  if (*problem) return failed{**problem};
  auto room = std::make_shared<reading_room>(o);
  return std::unique_ptr<reader>{
      std::make_unique<postgres_reader>(room->settings, room->seat, room)};
}

} // namespace steward::store::postgres
