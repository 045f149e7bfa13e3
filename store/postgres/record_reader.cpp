#include "messages/digest.hpp"
#include "store/postgres/reader.hpp"
#include "store/postgres/reader_sessions.hpp"
#include "store/postgres/record_dialect.hpp"
#include "store/postgres/sql_reading.hpp"
#include "store/record_rules.hpp"

#include <algorithm>

/// Records, for the reader.
namespace steward::store::postgres {

namespace {

constexpr size_t rows_most = 1'000;

int64_t page(size_t limit) { return static_cast<int64_t>(std::clamp<size_t>(limit, 1, rows_most)); }

collection_row to_collection(const row& from) {
  auto indexes = decode_indexes(from.view(3));
  if (!indexes) corrupt("the indexes of a collection are unreadable");
  return {from.string(1),  from.string(2),  std::move(*indexes), from.flag(4),
          from.integer(6), from.integer(0), from.number(5)};
}

std::vector<record_row> to_records(const rows& from) {
  std::vector<record_row> list;
  for (const auto each : from)
    list.push_back(
        {each.string(0), each.number(1), each.string(2), each.integer(3), each.integer(4)});
  return list;
}

std::optional<record_place> place_of(connection& db, int32_t tenant, const record_query& query) {
  const auto found = db.run(reading::collection, parameters::of(tenant, query.collection));
  if (found.empty()) return std::nullopt;
  const bool served = may_serve(to_collection(found[0]).indexes, query);
  return record_place{found[0].integer(0), served ? found[0].integer(7) : 0};
}

/// What a question may still take: PostgreSQL counts each statement anew.
class time_left {
public:
  std::string setting() const {
    const auto left = std::chrono::ceil<milliseconds>(until_ - session::clock::now());
    return "SET LOCAL statement_timeout = " + std::to_string(std::max<int64_t>(1, left.count()));
  }

private:
  session::clock::time_point until_ = session::clock::now() + record_query_most;
};

/// One range of the query, as long as there is room in the page. A record may be large: no more of
/// them are here at once than fit.
void read_range(connection& db, const record_query& query, const record_place& place, size_t range,
                record_page& into) {
  constexpr size_t rows_at_once = 64;
  record_dialect dialect;
  const auto select = select_sql(place, query, range, into.room(), dialect);
  if (into.room() <= rows_at_once) {
    // The same question with other values is planned once: that costs more than to answer it.
    const statement known{"records_" + sha256_digest(select), select};
    for (auto& record : to_records(db.run(known, dialect.values())))
      if (!into.full()) into.add(std::move(record));
    return;
  }
  db.run_once("DECLARE page NO SCROLL CURSOR FOR " + select, dialect.values());
  for (size_t got = rows_at_once; got == rows_at_once && !into.full();) {
    auto records = to_records(db.execute("FETCH " + std::to_string(rows_at_once) + " FROM page"));
    got = records.size();
    for (auto& record : records)
      if (!into.full()) into.add(std::move(record));
  }
  db.execute("CLOSE page");
}

} // namespace

result<std::optional<collection_row>> postgres_reader::find_collection(const tenant_id& tenant,
                                                                       const std::string& name) {
  using found = std::optional<collection_row>;
  return of_tenant(tenant, found{}, [&](connection& db, int32_t own) -> found {
    const auto rows = db.run(reading::collection, parameters::of(own, name));
    if (rows.empty()) return std::nullopt;
    return to_collection(rows[0]);
  });
}

result<std::vector<collection_row>>
postgres_reader::list_collections(const tenant_id& tenant, const std::string& after, size_t limit) {
  using found = std::vector<collection_row>;
  return of_tenant(tenant, found{}, [&](connection& db, int32_t own) {
    found list;
    for (const auto row : db.run(reading::collections, parameters::of(own, after, page(limit))))
      list.push_back(to_collection(row));
    return list;
  });
}

result<std::optional<record_row>> postgres_reader::get_record(const tenant_id& tenant,
                                                              const std::string& collection,
                                                              const std::string& id) {
  using found = std::optional<record_row>;
  return of_tenant(tenant, found{}, [&](connection& db, int32_t own) -> found {
    auto rows = to_records(db.run(reading::record, parameters::of(own, collection, id)));
    if (rows.empty()) return std::nullopt;
    return std::move(rows[0]);
  });
}

result<std::vector<record_row>> postgres_reader::find_records(const tenant_id& tenant,
                                                              const record_query& query) {
  using found = std::vector<record_row>;
  bool too_long = false;
  auto records = of_tenant(tenant, found{}, [&](connection& db, int32_t own) {
    record_page filling{static_cast<size_t>(page(query.limit))};
    const time_left patience;
    // Of the collection as well: records move from shape to shape.
    const one_moment all{db, "; " + patience.setting()};
    try {
      const auto place = place_of(db, own, query);
      if (!place) return filling.take();
      for (size_t i = 0; i < count_ranges(query) && !filling.full(); ++i) {
        if (i > 0) db.execute(patience.setting());
        read_range(db, query, *place, i, filling);
      }
    } catch (const sql_error& e) {
      too_long = e.state() == "57014"; // query_canceled
      throw;
    }
    return filling.take();
  });
  if (!records && too_long)
    return failed{store_error{ec::unprocessable, "it took too long: no index serves it"}};
  return records;
}

result<std::vector<record_row>> postgres_reader::record_history(const tenant_id& tenant,
                                                                const std::string& collection,
                                                                const std::string& id,
                                                                uint64_t before, size_t limit) {
  using found = std::vector<record_row>;
  return of_tenant(tenant, found{}, [&](connection& db, int32_t own) {
    const auto past = static_cast<int64_t>(std::min<uint64_t>(before, INT64_MAX));
    return to_records(
        db.run(reading::record_history, parameters::of(own, collection, id, past, page(limit))));
  });
}

} // namespace steward::store::postgres
