#pragma once

#include "store/sqlite/connection.hpp"
#include "store/store.hpp"

namespace steward::store::sqlite {

/// The edge of this folder: what SQLite threw becomes a result.
template <class Read>
auto guarded(Read&& read) -> result<decltype(read())> {
  try {
    return read();
  } catch (const sql_error& e) {
    return failed{store_error{e.blames_file() ? ec::corrupt_data : ec::unavailable, e.what()}};
  }
}

} // namespace steward::store::sqlite
