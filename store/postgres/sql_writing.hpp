#pragma once

#include "store/postgres/group_statement.hpp"

/// All SQL of the writer. It declares itself to see all tenants, so each statement names them. A
/// test keeps every statement off whole tables.
namespace steward::store::postgres::writing {

// --- what a group needs to know -----------------------------------------------------------------

// Numbers for what is new. Sequences, because several servers may write; what is not used is lost.
inline const statement free_tenants{
    "free_tenants", "SELECT nextval('steward.tenant_numbers') FROM generate_series(1, $1::bigint)"};
inline const statement free_workflows{
    "free_workflows",
    "SELECT nextval('steward.workflow_numbers') FROM generate_series(1, $1::bigint)"};

inline const statement find_tenants{
    "find_tenants", "SELECT name, id, newest_event, newest_in_inbox, pending, running, waiting, "
                    "suspended, cancelled,"
                    " faulted, completed FROM steward.tenants WHERE name = ANY($1::text[])"};

inline const statement find_workflows{
    "find_workflows",
    "SELECT id, tenant, family FROM steward.workflows WHERE id = ANY($1::bigint[])"};

// The following find things by columns of keys: `x.at` counts them from 1.

/// And the family of the name, when any version of it is there.
inline const statement find_versions{
    "find_versions",
    "SELECT x.at, w.id, w.digest, (SELECT f.family FROM steward.workflows f WHERE f.tenant = "
    "x.tenant"
    " AND f.namespace = x.namespace AND f.name = x.name LIMIT 1)"
    " FROM unnest($1::int[], $2::text[], $3::text[], $4::text[])"
    " WITH ORDINALITY x (tenant, namespace, name, version, at)"
    " LEFT JOIN steward.workflows w ON w.tenant = x.tenant AND w.namespace = x.namespace"
    " AND w.name = x.name AND w.version = x.version"};

/// And how long its journal is.
inline const statement find_runs{
    "find_runs",
    "SELECT x.at, r.status, coalesce((SELECT j.seq FROM steward.journal j WHERE j.tenant = x.tenant"
    " AND j.run = x.id ORDER BY j.seq DESC LIMIT 1), 0)"
    " FROM unnest($1::int[], $2::uuid[]) WITH ORDINALITY x (tenant, id, at)"
    " JOIN steward.runs r ON r.tenant = x.tenant AND r.id = x.id"};

inline const statement find_keys{
    "find_keys", "SELECT x.at, k.run, k.fingerprint, k.created_us"
                 " FROM unnest($1::int[], $2::text[]) WITH ORDINALITY x (tenant, key, at)"
                 " JOIN steward.keys k ON k.tenant = x.tenant AND k.key = x.key"};

inline const statement find_events{
    "find_events",
    "SELECT x.at, i.sequence, i.received_us"
    " FROM unnest($1::int[], $2::text[], $3::text[]) WITH ORDINALITY x (tenant, source, id, at)"
    " JOIN steward.inbox i ON i.tenant = x.tenant AND i.source = x.source AND i.id = x.id"};

/// Of each tenant the first $3 events that were received before $2.
inline const statement oldest_events{
    "oldest_events",
    "SELECT x.tenant, i.source, i.id"
    " FROM unnest($1::int[], $2::bigint[], $3::bigint[]) x (tenant, before_us, count),"
    " LATERAL (SELECT * FROM steward.inbox o WHERE o.tenant = x.tenant AND o.received_us < "
    "x.before_us"
    " ORDER BY o.tenant, o.received_us, o.sequence LIMIT x.count) i"};

inline const statement find_listeners{
    "find_listeners",
    "SELECT x.at, l.cursor FROM unnest($1::int[], $2::uuid[], $3::bigint[], $4::text[])"
    " WITH ORDINALITY x (tenant, run, effect, trigger, at)"
    " JOIN steward.listeners l ON l.tenant = x.tenant AND l.run = x.run AND l.effect = x.effect"
    " AND l.trigger = x.trigger"};

/// And whether there is any record in it.
inline const statement find_collections{
    "find_collections",
    "SELECT x.at, c.id, c.version, c.newest_version, c.keeps_history, c.indexes,"
    " c.shape, EXISTS (SELECT 1 FROM steward.records r WHERE r.collection = c.id)"
    " FROM unnest($1::int[], $2::text[]) WITH ORDINALITY x (tenant, name, at)"
    " JOIN steward.collections c ON c.tenant = x.tenant AND c.name = x.name"};
/// All of them: there are 500 at most.
inline const statement shapes{"shapes",
                              "SELECT id, indexes, collections FROM steward.record_shapes"};
inline const statement free_collections{
    "free_collections",
    "SELECT nextval('steward.collection_numbers') FROM generate_series(1, $1::bigint)"};
inline const statement find_records{
    "find_records", "SELECT x.at, r.version, r.created_us, r.updated_us"
                    " FROM unnest($1::int[], $2::text[], $3::text[])"
                    " WITH ORDINALITY x (tenant, collection, id, at)"
                    // One at a time: joined, they would be looked for among all of the collection.
                    " CROSS JOIN LATERAL (SELECT y.version, y.created_us, y.updated_us"
                    " FROM steward.records y WHERE y.collection = (SELECT c.id FROM"
                    " steward.collections c WHERE c.tenant = x.tenant AND c.name = x.collection)"
                    " AND y.id = x.id LIMIT 1) r"};

// --- what it changes ----------------------------------------------------------------------------

inline constexpr row_change put_tenants{
    0,
    "INSERT INTO steward.tenants (id, name, newest_event, newest_in_inbox, pending, running,"
    " waiting, suspended, cancelled, faulted, completed)"
    " SELECT * FROM unnest($1::int[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[],"
    " $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[])"
    " ON CONFLICT (id) DO UPDATE SET newest_event = excluded.newest_event,"
    " newest_in_inbox = excluded.newest_in_inbox, pending = excluded.pending,"
    " running = excluded.running, waiting = excluded.waiting, suspended = excluded.suspended,"
    " cancelled = excluded.cancelled, faulted = excluded.faulted, completed = excluded.completed"};

inline constexpr row_change add_events{
    1, "INSERT INTO steward.feed (tenant, last, first, time_us, events) SELECT *"
       " FROM unnest($1::int[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bytea[])"};

inline constexpr row_change add_workflows{
    2,
    "INSERT INTO steward.workflows (id, tenant, family, namespace, name, version, digest, source,"
    " created_us, resources) SELECT * FROM unnest($1::bigint[], $2::int[], $3::bigint[], "
    "$4::text[],"
    " $5::text[], $6::text[], $7::text[], $8::text[], $9::bigint[], $10::text[])"};

inline constexpr row_change add_runs{
    3, "INSERT INTO steward.runs (tenant, id, workflow, family, status, input, output, error,"
       " created_us, started_us, ended_us, attempts, parent, parent_effect)"
       " SELECT * FROM unnest($1::int[], $2::uuid[], $3::bigint[], $4::bigint[], $5::smallint[],"
       " $6::text[], $7::text[], $8::text[], $9::bigint[], $10::bigint[], $11::bigint[], "
       "$12::bigint[],"
       " $13::uuid[], $14::bigint[])"};

inline constexpr row_change update_runs{
    4, "UPDATE steward.runs r SET status = x.status, attempts = x.attempts,"
       " output = coalesce(x.output, CASE WHEN x.reopened THEN NULL ELSE r.output END),"
       " error = coalesce(x.error, CASE WHEN x.reopened THEN NULL ELSE r.error END),"
       " ended_us = coalesce(x.ended_us, CASE WHEN x.reopened THEN NULL ELSE r.ended_us END)"
       " FROM unnest($1::int[], $2::uuid[], $3::smallint[], $4::bigint[], $5::text[], $6::text[],"
       " $7::bigint[], $8::boolean[]) x (tenant, id, status, attempts, output, error, ended_us, "
       "reopened)"
       " WHERE r.tenant = x.tenant AND r.id = x.id"};

inline constexpr row_change add_entries{
    5, "INSERT INTO steward.journal (tenant, run, seq, entry)"
       " SELECT * FROM unnest($1::int[], $2::uuid[], $3::bigint[], $4::bytea[])"};

/// Replaces what was found too old.
inline constexpr row_change put_keys{
    6, "INSERT INTO steward.keys (tenant, key, run, fingerprint, created_us)"
       " SELECT * FROM unnest($1::int[], $2::text[], $3::uuid[], $4::text[], $5::bigint[])"
       " ON CONFLICT (tenant, key) DO UPDATE SET run = excluded.run,"
       " fingerprint = excluded.fingerprint, created_us = excluded.created_us"};

inline constexpr row_change drop_old_keys{
    7, "DELETE FROM steward.keys k USING unnest($1::int[], $2::bigint[], $3::bigint[])"
       " x (tenant, before_us, count) WHERE k.tenant = x.tenant AND k.key = ANY(ARRAY("
       "SELECT o.key FROM steward.keys o WHERE o.tenant = x.tenant AND o.created_us < x.before_us"
       " ORDER BY o.tenant, o.created_us LIMIT x.count))"};

inline constexpr row_change put_timers{
    8, "INSERT INTO steward.timers (tenant, run, effect, due_us)"
       " SELECT * FROM unnest($1::int[], $2::uuid[], $3::bigint[], $4::bigint[])"
       " ON CONFLICT (tenant, run, effect) DO UPDATE SET due_us = excluded.due_us"};

inline constexpr row_change drop_timers{
    9, "DELETE FROM steward.timers t USING unnest($1::int[], $2::uuid[], $3::bigint[])"
       " x (tenant, run, effect)"
       " WHERE t.tenant = x.tenant AND t.run = x.run AND t.effect = x.effect"};

/// An event that went and comes again in one group is moved to its new place.
inline constexpr row_change put_inbox{
    10, "INSERT INTO steward.inbox (tenant, sequence, received_us, source, id, event)"
        " SELECT * FROM unnest($1::int[], $2::bigint[], $3::bigint[], $4::text[], $5::text[],"
        " $6::text[]) ON CONFLICT (tenant, source, id) DO UPDATE SET sequence = excluded.sequence,"
        " received_us = excluded.received_us, event = excluded.event"};

inline constexpr row_change drop_inbox{
    11, "DELETE FROM steward.inbox i USING unnest($1::int[], $2::bigint[]) x (tenant, sequence)"
        " WHERE i.tenant = x.tenant AND i.sequence = x.sequence"};

inline constexpr row_change put_listeners{
    12, "INSERT INTO steward.listeners (tenant, run, effect, trigger, routes, cursor)"
        " SELECT * FROM unnest($1::int[], $2::uuid[], $3::bigint[], $4::text[], $5::text[], "
        "$6::bigint[])"
        " ON CONFLICT (tenant, run, effect, trigger) DO UPDATE SET routes = excluded.routes,"
        " cursor = excluded.cursor"};

inline constexpr row_change advance_listeners{
    13, "UPDATE steward.listeners l SET cursor = x.cursor"
        " FROM unnest($1::int[], $2::uuid[], $3::bigint[], $4::text[], $5::bigint[])"
        " x (tenant, run, effect, trigger, cursor) WHERE l.tenant = x.tenant AND l.run = x.run"
        " AND l.effect = x.effect AND l.trigger = x.trigger"};

inline constexpr row_change drop_listeners{
    14,
    "DELETE FROM steward.listeners l USING unnest($1::int[], $2::uuid[], $3::bigint[], $4::text[])"
    " x (tenant, run, effect, trigger) WHERE l.tenant = x.tenant AND l.run = x.run"
    " AND l.effect = x.effect AND l.trigger = x.trigger"};

inline constexpr row_change put_schedules{
    15, "INSERT INTO steward.schedules (tenant, namespace, name, state)"
        " SELECT * FROM unnest($1::int[], $2::text[], $3::text[], $4::text[])"
        " ON CONFLICT (tenant, namespace, name) DO UPDATE SET state = excluded.state"};

inline constexpr row_change drop_schedules{
    16, "DELETE FROM steward.schedules s USING unnest($1::int[], $2::text[], $3::text[])"
        " x (tenant, namespace, name)"
        " WHERE s.tenant = x.tenant AND s.namespace = x.namespace AND s.name = x.name"};

inline constexpr row_change put_snapshots{
    17, "INSERT INTO steward.snapshots (tenant, run, seq, state)"
        " SELECT * FROM unnest($1::int[], $2::uuid[], $3::bigint[], $4::bytea[])"
        " ON CONFLICT (tenant, run) DO UPDATE SET seq = excluded.seq, state = excluded.state"};

// --- what ages out ------------------------------------------------------------------------------

inline const statement oldest_runs{
    "oldest_runs",
    "SELECT id, status, created_us, ended_us FROM steward.runs"
    " WHERE tenant = $1::int AND id > $2::uuid ORDER BY tenant, id LIMIT $3::bigint"};
inline const statement oldest_feed{
    "oldest_feed", "SELECT last, first, time_us FROM steward.feed WHERE tenant = $1::int"
                   " ORDER BY tenant, last LIMIT $2::bigint"};

#define STEWARD_DROP_RUN(table, run)                                                               \
  "DELETE FROM steward." table " o USING unnest($1::int[], $2::uuid[]) x (tenant, id)"             \
  " WHERE o.tenant = x.tenant AND o." run " = x.id"
inline constexpr row_change drop_runs{18, STEWARD_DROP_RUN("runs", "id")};
inline constexpr row_change drop_journals{19, STEWARD_DROP_RUN("journal", "run")};
inline constexpr row_change drop_snapshots{20, STEWARD_DROP_RUN("snapshots", "run")};
inline constexpr row_change drop_run_timers{21, STEWARD_DROP_RUN("timers", "run")};
inline constexpr row_change drop_run_listeners{22, STEWARD_DROP_RUN("listeners", "run")};
#undef STEWARD_DROP_RUN
inline constexpr row_change drop_feed{
    23, "DELETE FROM steward.feed f USING unnest($1::int[], $2::bigint[]) x (tenant, last)"
        " WHERE f.tenant = x.tenant AND f.last = x.last"};

// --- records ------------------------------------------------------------------------------------

inline constexpr row_change put_collections{
    24, "INSERT INTO steward.collections (id, tenant, name, schema, indexes, keeps_history,"
        " version, updated_us, newest_version, shape) SELECT * FROM unnest($1::bigint[], $2::int[],"
        " $3::text[], $4::text[], $5::text[], $6::boolean[], $7::bigint[], $8::bigint[],"
        " $9::bigint[], $10::bigint[]) ON CONFLICT (id) DO UPDATE SET schema = excluded.schema,"
        " indexes = excluded.indexes, shape = excluded.shape,"
        " keeps_history = excluded.keeps_history,"
        " version = excluded.version, updated_us = excluded.updated_us,"
        " newest_version = excluded.newest_version"};
inline constexpr row_change count_records{
    25, "UPDATE steward.collections c SET newest_version = x.newest"
        " FROM unnest($1::bigint[], $2::bigint[]) x (id, newest) WHERE c.id = x.id"};
inline constexpr row_change drop_collections{
    26, "DELETE FROM steward.collections c USING unnest($1::bigint[]) x (id) WHERE c.id = x.id"};
inline constexpr row_change drop_histories{
    27, "DELETE FROM steward.record_history h USING unnest($1::bigint[]) x (id)"
        " WHERE h.collection = x.id"};
inline constexpr row_change put_records{
    28,
    "INSERT INTO steward.records (tenant, collection, id, version, created_us, updated_us, data,"
    " shape)"
    " SELECT x.tenant, x.collection, x.id, x.version, x.created_us, x.updated_us, x.data::jsonb,"
    " x.shape FROM unnest($1::int[], $2::bigint[], $3::text[], $4::bigint[], $5::bigint[],"
    " $6::bigint[], $7::text[], $8::bigint[])"
    " x (tenant, collection, id, version, created_us, updated_us, data, shape)"
    " ON CONFLICT (collection, id) DO UPDATE SET version = excluded.version,"
    " created_us = excluded.created_us, updated_us = excluded.updated_us,"
    " data = excluded.data"};
inline constexpr row_change drop_records{
    29, "DELETE FROM steward.records r USING unnest($1::bigint[], $2::text[]) x (collection, id)"
        " WHERE r.collection = x.collection AND r.id = x.id"};
inline constexpr row_change add_history{
    30, "INSERT INTO steward.record_history (tenant, collection, id, version, created_us,"
        " updated_us, data)"
        " SELECT x.tenant, x.collection, x.id, x.version, x.created_us, x.updated_us, x.data::jsonb"
        " FROM unnest($1::int[], $2::bigint[], $3::text[], $4::bigint[], $5::bigint[],"
        " $6::bigint[], $7::text[])"
        " x (tenant, collection, id, version, created_us, updated_us, data)"};

inline const statement* const lookups[] = {
    &find_tenants,     &find_workflows, &find_versions,  &find_runs,   &find_keys,
    &find_events,      &oldest_events,  &find_listeners, &oldest_runs, &oldest_feed,
    &find_collections, &find_records,   &shapes};
inline constexpr const row_change* changes[] = {
    &put_tenants,    &add_events,       &add_workflows,      &add_runs,          &update_runs,
    &add_entries,    &put_keys,         &drop_old_keys,      &put_timers,        &drop_timers,
    &put_inbox,      &drop_inbox,       &put_listeners,      &advance_listeners, &drop_listeners,
    &put_schedules,  &drop_schedules,   &put_snapshots,      &drop_runs,         &drop_journals,
    &drop_snapshots, &drop_run_timers,  &drop_run_listeners, &drop_feed,         &put_collections,
    &count_records,  &drop_collections, &drop_histories,     &put_records,       &drop_records,
    &add_history};

} // namespace steward::store::postgres::writing
