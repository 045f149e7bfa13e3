#include "store/sqlite/migrations/all.hpp"

namespace steward::store::sqlite::migrations {

/// Collections and their records. Each declared index and each collection's view is made when its
/// collection is put.
const char* const records_0004 = R"sql(

-- Numbers never come back, for indexes and views are named by them. `newest_version` is the last
-- that a record got.
CREATE TABLE collections (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant INTEGER NOT NULL REFERENCES tenants,
  name TEXT NOT NULL,
  schema TEXT NOT NULL,
  indexes TEXT NOT NULL,
  keeps_history INTEGER NOT NULL,
  version INTEGER NOT NULL,
  updated_us INTEGER NOT NULL,
  newest_version INTEGER NOT NULL,
  UNIQUE (tenant, name)
) STRICT;

CREATE TABLE records (
  collection INTEGER NOT NULL REFERENCES collections,
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  created_us INTEGER NOT NULL,
  updated_us INTEGER NOT NULL,
  data TEXT NOT NULL,
  PRIMARY KEY (collection, id)
) STRICT;

-- `data` is '' where the record was deleted.
CREATE TABLE record_history (
  collection INTEGER NOT NULL REFERENCES collections,
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  created_us INTEGER NOT NULL,
  updated_us INTEGER NOT NULL,
  data TEXT NOT NULL,
  PRIMARY KEY (collection, id, version)
) STRICT, WITHOUT ROWID;

-- Without being told, SQLite takes the records of a collection for few, and would rather sort them
-- all than walk along one of the declared indexes.
ANALYZE records;
DELETE FROM sqlite_stat1;
INSERT INTO sqlite_stat1 (tbl, idx, stat)
VALUES ('records', 'sqlite_autoindex_records_1', '1000000 100000 1');

)sql";

} // namespace steward::store::sqlite::migrations
