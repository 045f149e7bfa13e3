#pragma once

#include "store/archive.hpp"
#include "store/sqlite/engine.hpp"

namespace steward::store::sqlite {

/// One moment of the file, which a server may go on using meanwhile; its log grows until the source
/// goes. `conflict` for a file of another schema than this program's.
result<std::unique_ptr<row_source>> open_source(const options& o);

/// Fills the file, which is made when missing; `conflict` when it has anything in it. No server may
/// use it meanwhile.
result<std::unique_ptr<row_sink>> open_sink(const options& o);

/// Only to read, whoever else uses the file. `conflict` for a file of another schema.
result<std::unique_ptr<reader>> open_reader(const options& o);

} // namespace steward::store::sqlite
