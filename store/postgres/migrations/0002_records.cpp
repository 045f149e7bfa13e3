#include "store/postgres/migrations/all.hpp"

namespace steward::store::postgres::migrations {

/// Collections and their records. Each declared index and each collection's view is made when its
/// collection is put.
const char* const records_0002 = R"sql(

-- Numbers never come back, for indexes and views are named by them. `newest_version` is the last
-- that a record got.
CREATE SEQUENCE steward.collection_numbers;
CREATE TABLE steward.collections (
  id bigint PRIMARY KEY,
  tenant integer NOT NULL,
  name text COLLATE "C" NOT NULL,
  schema text NOT NULL,
  indexes text NOT NULL,
  keeps_history boolean NOT NULL,
  version bigint NOT NULL,
  updated_us bigint NOT NULL,
  newest_version bigint NOT NULL,
  UNIQUE (tenant, name)
) WITH (fillfactor = 50);

CREATE TABLE steward.records (
  tenant integer NOT NULL,
  collection bigint NOT NULL,
  id text COLLATE "C" NOT NULL,
  version bigint NOT NULL,
  created_us bigint NOT NULL,
  updated_us bigint NOT NULL,
  data jsonb NOT NULL,
  PRIMARY KEY (collection, id)
);

-- `data` is NULL where the record was deleted.
CREATE TABLE steward.record_history (
  tenant integer NOT NULL,
  collection bigint NOT NULL,
  id text COLLATE "C" NOT NULL,
  version bigint NOT NULL,
  created_us bigint NOT NULL,
  updated_us bigint NOT NULL,
  data jsonb,
  PRIMARY KEY (collection, id, version)
);

-- Where a value stands among all values that a field may have: numbers, strings by their bytes,
-- false, true, and then what has no place (missing, null, arrays, objects). Never NULL.
CREATE TYPE steward.sort_key AS (kind smallint, number numeric, words text COLLATE "C");
CREATE FUNCTION steward.sort_key(v jsonb) RETURNS steward.sort_key
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE jsonb_typeof(v)
    WHEN 'number' THEN ROW(0, v::numeric, '')::steward.sort_key
    WHEN 'string' THEN ROW(1, 0, v #>> '{}')::steward.sort_key
    WHEN 'boolean' THEN ROW(CASE WHEN v = 'true' THEN 3 ELSE 2 END, 0, '')::steward.sort_key
    ELSE ROW(4, 0, '')::steward.sort_key END
$$;

DO $$
DECLARE
  each text;
BEGIN
  FOREACH each IN ARRAY ARRAY['collections', 'records', 'record_history'] LOOP
    EXECUTE format('ALTER TABLE steward.%I ENABLE ROW LEVEL SECURITY', each);
    EXECUTE format('CREATE POLICY own_rows ON steward.%I USING ((SELECT steward.sees_all())'
                   ' OR tenant = (SELECT steward.seen_tenant()))', each);
  END LOOP;
END $$;
ALTER TABLE steward.collections FORCE ROW LEVEL SECURITY;
ALTER TABLE steward.record_history FORCE ROW LEVEL SECURITY;

-- PostgreSQL searches no index on an expression beneath a policy, for the expression could tell of
-- rows that the policy hides. So the policy of `records` is for all roles but the owner, who reads
-- through this view, which shows the rows of the tenant that the session sees.
CREATE VIEW steward.own_records AS
  SELECT * FROM steward.records WHERE tenant = (SELECT steward.seen_tenant());

)sql";

} // namespace steward::store::postgres::migrations
