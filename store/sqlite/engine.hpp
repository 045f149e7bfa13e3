#pragma once

#include "store/store.hpp"

#include <filesystem>

namespace steward::store::sqlite {

struct options {
  std::filesystem::path file;   ///< Its folder must exist; the file is made when missing.
  bool synchronous_full = true; ///< false only for throwaway stores.
};

/// Opens (or makes) the embedded store: WAL, synchronous=FULL, migrations applied. Fails with
/// `conflict` for a file of a newer schema or of another application.
result<std::unique_ptr<engine>> open(const options& o);

} // namespace steward::store::sqlite
