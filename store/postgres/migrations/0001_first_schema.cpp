#include "store/postgres/migrations/all.hpp"

namespace steward::store::postgres::migrations {

/// The same facts as in the embedded store. Times are microseconds since 1970, documents JSON text,
/// statuses the numbers of workflow::run_status (6 is completed, 4 and 5 have ended too). Names are
/// compared byte by byte (COLLATE "C"). There are no foreign keys: the one writer looks before it
/// writes, and a check of PostgreSQL would lock the tenant's row once for each run.
const char* const first_schema_0001 = R"sql(

-- Who may write: the one with the newest epoch that is not closed. Each group of batches leaves its
-- number here, in its own transaction, so that whoever lost the answer to a commit can look whether
-- it came to be.
CREATE TABLE steward.writers (
  epoch bigint PRIMARY KEY,
  last_group bigint NOT NULL DEFAULT 0,
  closed boolean NOT NULL DEFAULT false,
  since timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 20);

CREATE FUNCTION steward.fence(of_epoch bigint, number bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE steward.writers SET last_group = number WHERE epoch = of_epoch AND NOT closed;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'another writer has taken over' USING ERRCODE = 'SW001';
  END IF;
END $$;

-- A row for each tenant, changed by each commit: where its numbers go on, and its runs by status.
CREATE TABLE steward.tenants (
  id integer PRIMARY KEY,
  name text COLLATE "C" NOT NULL UNIQUE,
  newest_event bigint NOT NULL,
  newest_in_inbox bigint NOT NULL,
  pending bigint NOT NULL CHECK (pending >= 0),
  running bigint NOT NULL CHECK (running >= 0),
  waiting bigint NOT NULL CHECK (waiting >= 0),
  suspended bigint NOT NULL CHECK (suspended >= 0),
  cancelled bigint NOT NULL CHECK (cancelled >= 0),
  faulted bigint NOT NULL CHECK (faulted >= 0),
  completed bigint NOT NULL CHECK (completed >= 0)
) WITH (fillfactor = 20);

-- `family` is the same for all versions of a name: the id of the first of them.
CREATE TABLE steward.workflows (
  id bigint PRIMARY KEY,
  tenant integer NOT NULL,
  family bigint NOT NULL,
  namespace text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  version text COLLATE "C" NOT NULL,
  digest text NOT NULL,
  source text NOT NULL,
  created_us bigint NOT NULL,
  resources text NOT NULL,
  UNIQUE (tenant, namespace, name, version)
);

-- `family` repeats that of the workflow, so that one index lists the runs of all versions by age.
CREATE TABLE steward.runs (
  tenant integer NOT NULL,
  id uuid NOT NULL,
  workflow bigint NOT NULL,
  family bigint NOT NULL,
  status smallint NOT NULL CHECK (status BETWEEN 0 AND 6),
  created_us bigint NOT NULL,
  started_us bigint,
  ended_us bigint,
  attempts bigint NOT NULL,
  parent uuid,
  parent_effect bigint NOT NULL,
  input text NOT NULL,
  output text,
  error text,
  PRIMARY KEY (tenant, id)
);
CREATE INDEX runs_by_workflow ON steward.runs (family, id);
-- Most runs complete, and those that complete at once never enter these.
CREATE INDEX runs_by_status ON steward.runs (tenant, status, id) WHERE status <> 6;
CREATE INDEX runs_by_workflow_and_status ON steward.runs (family, status, id) WHERE status <> 6;
-- Those that nobody would wake: pending or running.
CREATE INDEX runs_to_wake ON steward.runs (tenant, id) WHERE status < 2;

CREATE TABLE steward.journal (
  tenant integer NOT NULL,
  run uuid NOT NULL,
  seq bigint NOT NULL CHECK (seq > 0),
  entry bytea NOT NULL,
  PRIMARY KEY (tenant, run, seq)
);

-- The state of a run after its first `seq` entries: where its replay may begin.
CREATE TABLE steward.snapshots (
  tenant integer NOT NULL,
  run uuid NOT NULL,
  seq bigint NOT NULL CHECK (seq > 0),
  state bytea NOT NULL,
  PRIMARY KEY (tenant, run)
);

CREATE TABLE steward.timers (
  tenant integer NOT NULL,
  run uuid NOT NULL,
  effect bigint NOT NULL,
  due_us bigint NOT NULL,
  PRIMARY KEY (tenant, run, effect)
);
CREATE INDEX timers_by_due ON steward.timers (due_us, run, effect, tenant);

CREATE TABLE steward.keys (
  tenant integer NOT NULL,
  key text COLLATE "C" NOT NULL,
  run uuid NOT NULL,
  fingerprint text NOT NULL,
  created_us bigint NOT NULL,
  PRIMARY KEY (tenant, key)
);
CREATE INDEX keys_by_age ON steward.keys (tenant, created_us);

-- One row for each tenant and commit: events `first` to `last`, as store/feed_codec.hpp says; the
-- last one is of `time_us`.
CREATE TABLE steward.feed (
  tenant integer NOT NULL,
  last bigint NOT NULL,
  first bigint NOT NULL CHECK (first BETWEEN 1 AND last),
  time_us bigint NOT NULL,
  events bytea NOT NULL,
  PRIMARY KEY (tenant, last)
);

CREATE TABLE steward.inbox (
  tenant integer NOT NULL,
  sequence bigint NOT NULL,
  received_us bigint NOT NULL,
  source text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  event text NOT NULL,
  PRIMARY KEY (tenant, sequence),
  UNIQUE (tenant, source, id)
);
CREATE INDEX inbox_by_age ON steward.inbox (tenant, received_us, sequence);

-- `run` has only zeros and `effect` is 0 for a trigger.
CREATE TABLE steward.listeners (
  tenant integer NOT NULL,
  run uuid NOT NULL,
  effect bigint NOT NULL,
  trigger text COLLATE "C" NOT NULL,
  routes text NOT NULL,
  cursor bigint NOT NULL,
  PRIMARY KEY (tenant, run, effect, trigger)
);

CREATE TABLE steward.schedules (
  tenant integer NOT NULL,
  namespace text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  state text NOT NULL,
  PRIMARY KEY (tenant, namespace, name)
);

-- A session sees the rows of the tenant whose id it has put into steward.tenant; those of all with
-- '*', which must be said; without either, none. That holds for the owner of the tables as well.
CREATE FUNCTION steward.sees_all() RETURNS boolean LANGUAGE sql STABLE AS
$$ SELECT coalesce(current_setting('steward.tenant', true) = '*', false) $$;
CREATE FUNCTION steward.seen_tenant() RETURNS integer LANGUAGE sql STABLE AS
$$ SELECT nullif(nullif(current_setting('steward.tenant', true), ''), '*')::integer $$;

DO $$
DECLARE
  each text;
BEGIN
  FOREACH each IN ARRAY ARRAY['tenants', 'workflows', 'runs', 'journal', 'snapshots', 'timers',
                              'keys', 'feed', 'inbox', 'listeners', 'schedules'] LOOP
    EXECUTE format('ALTER TABLE steward.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', each);
    EXECUTE format('CREATE POLICY own_rows ON steward.%I USING ((SELECT steward.sees_all())'
                   ' OR %I = (SELECT steward.seen_tenant()))',
                   each, CASE each WHEN 'tenants' THEN 'id' ELSE 'tenant' END);
  END LOOP;
END $$;

)sql";

} // namespace steward::store::postgres::migrations
