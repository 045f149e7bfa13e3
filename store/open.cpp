#include "store/open.hpp"

#include "store/postgres/archive.hpp"
#include "store/postgres/engine.hpp"
#include "store/postgres/url.hpp"
#include "store/sqlite/archive.hpp"
#include "store/sqlite/engine.hpp"

namespace steward::store {

std::string describe(const location& where) {
  if (where.database.empty()) return where.data.string();
  // What is no URL may hold a password anywhere.
  return postgres::is_url(where.database) ? postgres::masked(where.database) : "--database";
}

namespace {

/// Calls the function of the engine that serves it.
template <class Postgres, class Sqlite>
auto by_engine(const location& where, Postgres postgres, Sqlite sqlite)
    -> decltype(sqlite(sqlite::options{})) {
  if (postgres::is_url(where.database)) return postgres(postgres::options{.url = where.database});
  if (!where.database.empty())
    return failed{store_error{
        ec::conflict,
        "no engine serves this database: its address is not postgresql://USER@HOST/NAME"}};
  return sqlite(sqlite::options{where.data / "steward.db", true});
}

std::optional<store_error> make_folder(const location& where) {
  std::error_code problem;
  if (where.database.empty()) std::filesystem::create_directories(where.data, problem);
  if (!problem) return std::nullopt;
  return store_error{ec::unavailable, "the data folder " + where.data.string() +
                                          " can't be made: " + problem.message()};
}

} // namespace

result<std::unique_ptr<engine>> open(const location& where,
                                     std::function<void(const std::string&)> warn,
                                     std::optional<cluster_identity> cluster) {
  if (cluster && where.database.empty())
    return failed{store_error{ec::conflict, "a cluster needs a database that its members share: "
                                            "name one by --database"}};
  if (auto problem = make_folder(where)) return failed{*problem};
  return by_engine(
      where,
      [&](postgres::options o) {
        o.warn = std::move(warn);
        if (cluster) {
          // Another member can do what this one can't: better to say soon that it is cut off.
          o.unacknowledged = std::chrono::milliseconds{800};
          o.keepalive = std::chrono::milliseconds{1'000};
          o.doubt_patience = std::chrono::milliseconds{300};
        }
        o.cluster = std::move(cluster);
        return postgres::open(o);
      },
      sqlite::open);
}

result<std::unique_ptr<reader>> open_reader(const location& where) {
  return by_engine(where, postgres::open_reader, sqlite::open_reader);
}

result<std::unique_ptr<row_source>> open_source(const location& where) {
  return by_engine(where, postgres::open_source, sqlite::open_source);
}

result<std::unique_ptr<row_sink>> open_sink(const location& where) {
  if (auto problem = make_folder(where)) return failed{*problem};
  return by_engine(where, postgres::open_sink, sqlite::open_sink);
}

} // namespace steward::store
