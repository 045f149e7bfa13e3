#include "store/record_rules.hpp"
#include "store/sqlite/guarded.hpp"
#include "store/sqlite/reader.hpp"
#include "store/sqlite/record_dialect.hpp"

#include <algorithm>

/// Records, for the reader.
namespace steward::store::sqlite {

namespace {

constexpr size_t rows_most = 1'000;

int64_t page(size_t limit) { return static_cast<int64_t>(std::clamp<size_t>(limit, 1, rows_most)); }

collection_row to_collection(const rows& row) {
  auto indexes = decode_indexes(row.view(3));
  if (!indexes) throw sql_error{SQLITE_CORRUPT, "the indexes of a collection are unreadable"};
  return {row.string(1),  row.string(2),  std::move(*indexes), row.integer(4) != 0,
          row.integer(6), row.integer(0), row.number(5)};
}

record_row to_record(const rows& row) {
  return {row.string(0), row.number(1), row.string(2), row.integer(3), row.integer(4)};
}

/// Ends what the connection does when it takes too long.
class time_limit {
public:
  explicit time_limit(connection& db) : db_(db) {
    sqlite3_progress_handler(
        db_.handle(), 10'000,
        [](void* self) {
          return std::chrono::steady_clock::now() > static_cast<time_limit*>(self)->until_ ? 1 : 0;
        },
        this);
  }
  ~time_limit() { sqlite3_progress_handler(db_.handle(), 0, nullptr, nullptr); }
  time_limit(const time_limit&) = delete;
  time_limit& operator=(const time_limit&) = delete;

private:
  connection& db_;
  std::chrono::steady_clock::time_point until_ =
      std::chrono::steady_clock::now() + record_query_most;
};

/// One range of the query, with what follows `limit` rows left out.
void read_range(statement_cache& made, const record_query& query, const record_place& place,
                size_t range, record_page& into) {
  record_dialect dialect;
  const auto select = select_sql(place, query, range, into.room(), dialect);
  auto row = made.of(select).run_list(dialect.parameters());
  while (!into.full() && row.next()) into.add(to_record(row));
}

/// Reads of one moment, for as long as it lives.
class one_moment {
public:
  explicit one_moment(connection& db) : db_(db) { db_.execute("BEGIN"); }
  ~one_moment() { sqlite3_exec(db_.handle(), "ROLLBACK", nullptr, nullptr, nullptr); }
  one_moment(const one_moment&) = delete;
  one_moment& operator=(const one_moment&) = delete;

private:
  connection& db_;
};

} // namespace

result<std::optional<collection_row>> sqlite_reader::find_collection(const tenant_id& tenant,
                                                                     const std::string& name) {
  return guarded([&]() -> std::optional<collection_row> {
    auto row = collection_.run(tenant, name);
    if (!row.next()) return std::nullopt;
    return to_collection(row);
  });
}

result<std::vector<collection_row>>
sqlite_reader::list_collections(const tenant_id& tenant, const std::string& after, size_t limit) {
  return guarded([&] {
    std::vector<collection_row> list;
    auto row = collections_.run(tenant, after, page(limit));
    while (row.next()) list.push_back(to_collection(row));
    return list;
  });
}

result<std::optional<record_row>> sqlite_reader::get_record(const tenant_id& tenant,
                                                            const std::string& collection,
                                                            const std::string& id) {
  return guarded([&]() -> std::optional<record_row> {
    auto row = record_.run(tenant, collection, id);
    if (!row.next()) return std::nullopt;
    return to_record(row);
  });
}

result<std::vector<record_row>> sqlite_reader::find_records(const tenant_id& tenant,
                                                            const record_query& query) {
  try {
    const one_moment all{db_}; // Of the collection as well: records move from shape to shape.
    record_place place;
    if (auto row = collection_.run(tenant, query.collection); row.next())
      place = {row.integer(0), may_serve(to_collection(row).indexes, query) ? row.integer(7) : 0};
    else
      return std::vector<record_row>{};
    const time_limit bounded{db_};
    record_page filling{static_cast<size_t>(page(query.limit))};
    for (size_t i = 0; i < count_ranges(query) && !filling.full(); ++i)
      read_range(made_, query, place, i, filling);
    return filling.take();
  } catch (const sql_error& e) {
    if (e.code() == SQLITE_INTERRUPT)
      return failed{store_error{ec::unprocessable, "it took too long: no index serves it"}};
    return failed{store_error{e.blames_file() ? ec::corrupt_data : ec::unavailable, e.what()}};
  }
}

result<std::vector<record_row>> sqlite_reader::record_history(const tenant_id& tenant,
                                                              const std::string& collection,
                                                              const std::string& id,
                                                              uint64_t before, size_t limit) {
  return guarded([&] {
    std::vector<record_row> list;
    const auto past = std::min<uint64_t>(before, INT64_MAX);
    auto row = record_history_.run(tenant, collection, id, past, page(limit));
    while (row.next()) list.push_back(to_record(row));
    return list;
  });
}

} // namespace steward::store::sqlite
