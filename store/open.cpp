#include "store/open.hpp"

#include "store/postgres/engine.hpp"
#include "store/postgres/url.hpp"
#include "store/sqlite/engine.hpp"

namespace steward::store {

std::string describe(const location& where) {
  return where.database.empty() ? where.data.string() : postgres::masked(where.database);
}

result<std::unique_ptr<engine>> open(const location& where,
                                     std::function<void(const std::string&)> warn) {
  if (postgres::is_url(where.database))
    return postgres::open({.url = where.database, .warn = std::move(warn)});
  if (!where.database.empty())
    return failed{store_error{ec::conflict, "no engine serves the database " + describe(where) +
                                                "; use postgresql://USER@HOST/NAME"}};
  std::error_code problem;
  std::filesystem::create_directories(where.data, problem);
  if (problem)
    return failed{store_error{ec::unavailable, "the data folder " + where.data.string() +
                                                   " can't be made: " + problem.message()}};
  return sqlite::open({where.data / "steward.db", true});
}

} // namespace steward::store
