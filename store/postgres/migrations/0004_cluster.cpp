#include "store/postgres/migrations/all.hpp"

namespace steward::store::postgres::migrations {

/// Several servers on one database (store/membership.hpp).
const char* const cluster_0004 = R"sql(

-- Programs that know schemas from this one on may go on with a newer one: a migration that leaves
-- the servers of the version before at work leaves it as it is.
ALTER TABLE steward.store ADD COLUMN oldest bigint NOT NULL DEFAULT 4;

CREATE SEQUENCE steward.tenant_numbers;
SELECT setval('steward.tenant_numbers', greatest(1, (SELECT max(id) FROM steward.tenants)),
              EXISTS (SELECT FROM steward.tenants));
CREATE SEQUENCE steward.workflow_numbers;
SELECT setval('steward.workflow_numbers', greatest(1, (SELECT max(id) FROM steward.workflows)),
              EXISTS (SELECT FROM steward.workflows));

-- One row once there is a cluster. With an incident, nobody goes on before all have been stopped.
CREATE TABLE steward.cluster (
  single boolean PRIMARY KEY DEFAULT true CHECK (single),
  name text NOT NULL,
  incident text NOT NULL DEFAULT ''
);

-- A row for each life of a server. States: 0 active, 1 draining, 2 gone.
CREATE SEQUENCE steward.node_numbers;
CREATE TABLE steward.nodes (
  id bigint PRIMARY KEY,
  name text NOT NULL,
  address text NOT NULL,
  version text NOT NULL,
  state smallint NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 2),
  joined timestamptz NOT NULL DEFAULT clock_timestamp(),
  expires timestamptz NOT NULL
) WITH (fillfactor = 20);
CREATE UNIQUE INDEX nodes_by_name ON steward.nodes (name) WHERE state < 2;

-- The writer of a node, and the server process that its commits go through.
ALTER TABLE steward.writers ADD COLUMN node bigint, ADD COLUMN backend integer;

-- `epoch` grows with each new owner.
CREATE TABLE steward.shards (
  shard smallint PRIMARY KEY CHECK (shard BETWEEN 0 AND 255),
  epoch bigint NOT NULL DEFAULT 0,
  node bigint
) WITH (fillfactor = 20);
INSERT INTO steward.shards (shard) SELECT generate_series(0, 255);

-- As the other fence, and the node must have all these shards. Nobody else changes a row of a shard
-- that a node has before the node's writer is closed, which waits for this update; so what is read
-- here holds until the commit.
CREATE FUNCTION steward.fence(of_epoch bigint, number bigint, written smallint[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  of_node bigint;
BEGIN
  UPDATE steward.writers SET last_group = number WHERE epoch = of_epoch AND NOT closed
    RETURNING node INTO of_node;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'another writer has taken over' USING ERRCODE = 'SW001';
  END IF;
  IF EXISTS (SELECT FROM unnest(written) w WHERE NOT EXISTS
      (SELECT FROM steward.shards s WHERE s.shard = w AND s.node = of_node)) THEN
    RAISE EXCEPTION 'another server has these tenants' USING ERRCODE = 'SW002';
  END IF;
END $$;

)sql";

} // namespace steward::store::postgres::migrations
