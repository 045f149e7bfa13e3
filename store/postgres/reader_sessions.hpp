#pragma once

#include "store/postgres/reader.hpp"

/// How the reader's questions reach its session; only for the sources of `postgres_reader`.
namespace steward::store::postgres {

/// Reads of one moment, for as long as it lives.
class one_moment {
public:
  /// `settings` hold for it as well.
  explicit one_moment(connection& db, const std::string& settings = {}) : db_(db) {
    db_.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" + settings);
  }
  ~one_moment() {
    try {
      db_.execute("ROLLBACK");
    } catch (const sql_error&) { // The connection is gone, and the transaction with it.
    }
  }
  one_moment(const one_moment&) = delete;
  one_moment& operator=(const one_moment&) = delete;

private:
  connection& db_;
};

template <class Read>
auto postgres_reader::connected(Read read) -> result<decltype(read(std::declval<connection&>()))> {
  constexpr std::chrono::milliseconds at_once{200};
  const auto begun = session::clock::now();
  for (bool again = session_.is_open();; again = false) {
    try {
      seat_.require_certainty();
      return read(session_.get());
    } catch (const sql_error& e) {
      if (e.lost()) session_.drop();
      // A server that was started again is there; one that was silent would be silent again.
      if (e.lost() && again && session::clock::now() - begun < at_once) continue;
      return failed{store_error{e.blames_store() ? ec::corrupt_data : ec::unavailable, e.what()}};
    }
  }
}

template <class None, class Read>
result<None> postgres_reader::of_tenant(const tenant_id& tenant, None none, Read read) {
  return connected([&](connection& db) -> None {
    const auto id = find_tenant(db, tenant);
    if (id == 0) return none;
    see(db, std::to_string(id));
    return read(db, id);
  });
}

template <class Read>
auto postgres_reader::of_all(Read read) -> result<decltype(read(std::declval<connection&>()))> {
  return connected([&](connection& db) {
    see(db, "*");
    return read(db);
  });
}

} // namespace steward::store::postgres
