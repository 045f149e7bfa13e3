#include "store/sqlite/migrations/all.hpp"

namespace steward::store::sqlite::migrations {

/// Laid out for the run that starts and ends in one commit: it costs one row in `runs` with two
/// index entries, and its share of one row in `feed`. Times are microseconds since 1970, documents
/// JSON text, statuses the numbers of workflow::run_status (6 is completed, 4 and 5 have ended
/// too).
const char* const first_schema_0001 = R"sql(

CREATE TABLE tenants (
  id INTEGER PRIMARY KEY CHECK (id < 8388608), -- Leaves room for `feed.position`.
  name TEXT NOT NULL UNIQUE
) STRICT;

-- `family` is the same for all versions of a name: the id of the first of them.
CREATE TABLE workflows (
  id INTEGER PRIMARY KEY,
  tenant INTEGER NOT NULL REFERENCES tenants,
  family INTEGER NOT NULL,
  namespace TEXT NOT NULL,
  name TEXT NOT NULL,
  version TEXT NOT NULL,
  digest TEXT NOT NULL,
  source TEXT NOT NULL,
  created_us INTEGER NOT NULL,
  UNIQUE (tenant, namespace, name, version)
) STRICT;

-- `family` repeats that of the workflow, so that one index lists the runs of all versions by age.
CREATE TABLE runs (
  row INTEGER PRIMARY KEY,
  tenant INTEGER NOT NULL REFERENCES tenants,
  id BLOB NOT NULL CHECK (length(id) = 16),
  workflow INTEGER NOT NULL REFERENCES workflows,
  family INTEGER NOT NULL,
  status INTEGER NOT NULL CHECK (status BETWEEN 0 AND 6),
  input TEXT NOT NULL,
  output TEXT,
  error TEXT,
  created_us INTEGER NOT NULL,
  started_us INTEGER,
  ended_us INTEGER,
  attempts INTEGER NOT NULL,
  parent BLOB,
  parent_effect INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX runs_by_id ON runs (tenant, id);
CREATE INDEX runs_by_workflow ON runs (family, id);
-- Most runs complete, and those that complete at once never enter these.
CREATE INDEX runs_by_status ON runs (tenant, status, id) WHERE status <> 6;
CREATE INDEX runs_by_workflow_and_status ON runs (family, status, id) WHERE status <> 6;
CREATE INDEX runs_active ON runs (id) WHERE status < 4;

-- What count_runs would otherwise count one by one.
CREATE TABLE run_counts (
  tenant INTEGER NOT NULL REFERENCES tenants,
  status INTEGER NOT NULL,
  runs INTEGER NOT NULL CHECK (runs >= 0),
  PRIMARY KEY (tenant, status)
) STRICT, WITHOUT ROWID;

-- `run` is runs.row.
CREATE TABLE journal (
  run INTEGER NOT NULL REFERENCES runs,
  seq INTEGER NOT NULL CHECK (seq > 0),
  entry TEXT NOT NULL,
  PRIMARY KEY (run, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE timers (
  tenant INTEGER NOT NULL REFERENCES tenants,
  run BLOB NOT NULL,
  effect INTEGER NOT NULL,
  due_us INTEGER NOT NULL,
  PRIMARY KEY (tenant, run, effect)
) STRICT, WITHOUT ROWID;
CREATE INDEX timers_by_due ON timers (due_us, run, effect, tenant);

CREATE TABLE idempotency (
  tenant INTEGER NOT NULL REFERENCES tenants,
  key TEXT NOT NULL,
  run BLOB NOT NULL,
  fingerprint TEXT NOT NULL,
  created_us INTEGER NOT NULL,
  PRIMARY KEY (tenant, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_by_age ON idempotency (tenant, created_us);

-- One row for each tenant and commit: events `first` to `last`, as feed_codec.hpp says, at
-- `position` = tenant * 2^40 + last. One number instead of a key of two columns keeps the row whole in
-- its page, which is a tenth of a commit. The newest row of a tenant also says where its numbers go
-- on, so whoever removes old rows keeps that one.
CREATE TABLE feed (
  position INTEGER PRIMARY KEY,
  first INTEGER NOT NULL CHECK (first BETWEEN 1 AND position & 0xffffffffff),
  events BLOB NOT NULL
) STRICT;

)sql";

} // namespace steward::store::sqlite::migrations
