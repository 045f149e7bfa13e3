#include "store/sqlite/migrations/all.hpp"

namespace steward::store::sqlite::migrations {

/// Indexes by shape (store/record_shapes.hpp) instead of by collection. What collections have then
/// is made by store/sqlite/shape_building.hpp, for its SQL follows from their declarations.
const char* const shapes_0005 = R"sql(

-- `indexes` is as in `collections`, without names; `collections` how many have this shape.
CREATE TABLE record_shapes (
  id INTEGER PRIMARY KEY CHECK (id > 0),
  indexes TEXT NOT NULL,
  collections INTEGER NOT NULL CHECK (collections > 0)
) STRICT;

-- Of a collection, and so of each of its records; 0 is that of no indexes.
ALTER TABLE collections ADD COLUMN shape INTEGER NOT NULL DEFAULT 0;
ALTER TABLE records ADD COLUMN shape INTEGER NOT NULL DEFAULT 0;

)sql";

} // namespace steward::store::sqlite::migrations
