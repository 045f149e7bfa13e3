#include "store/postgres/migrations/all.hpp"

namespace steward::store::postgres::migrations {

/// Indexes by shape (store/record_shapes.hpp) instead of by collection. What collections have then
/// is made by store/postgres/shape_building.hpp, for its SQL follows from their declarations.
const char* const shapes_0003 = R"sql(

-- `indexes` is as in `collections`, without names; `collections` how many have this shape.
CREATE TABLE steward.record_shapes (
  id bigint PRIMARY KEY CHECK (id > 0),
  indexes text NOT NULL,
  collections bigint NOT NULL CHECK (collections > 0)
) WITH (fillfactor = 50);
-- They tell of all tenants together.
ALTER TABLE steward.record_shapes ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON steward.record_shapes USING ((SELECT steward.sees_all()));

-- Of a collection, and so of each of its records; 0 is that of no indexes.
ALTER TABLE steward.collections ADD COLUMN shape bigint NOT NULL DEFAULT 0;
ALTER TABLE steward.records ADD COLUMN shape bigint NOT NULL DEFAULT 0;
CREATE OR REPLACE VIEW steward.own_records AS
  SELECT * FROM steward.records WHERE tenant = (SELECT steward.seen_tenant());

DO $$
DECLARE
  each text;
BEGIN
  FOR each IN SELECT indexname FROM pg_indexes WHERE schemaname = 'steward'
      AND tablename = 'records' AND indexname <> 'records_pkey' LOOP
    EXECUTE format('DROP INDEX steward.%I', each);
  END LOOP;
END $$;

)sql";

} // namespace steward::store::postgres::migrations
