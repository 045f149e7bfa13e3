#pragma once

#include "store/postgres/connection.hpp"

/// All SQL of the reader. $1 is the tenant's id where a tenant is asked about; that the session
/// sees only this tenant's rows is a second lock on the same door. A test keeps every statement off
/// whole tables.
namespace steward::store::postgres::reading {

#define STEWARD_FAMILY                                                                             \
  "(SELECT f.family FROM steward.workflows f WHERE f.tenant = $1::int AND f.namespace = $4::text"  \
  " AND f.name = $5::text LIMIT 1)"
#define STEWARD_RUN                                                                                \
  "SELECT r.id, r.workflow, w.namespace, w.name, w.version, r.status, r.input, r.output, r.error," \
  " r.created_us, r.started_us, r.ended_us, r.attempts, r.parent, r.parent_effect"                 \
  " FROM steward.runs r JOIN steward.workflows w ON w.id = r.workflow "
#define STEWARD_WORKFLOW                                                                           \
  "SELECT id, namespace, name, version, digest, created_us, source, resources"                     \
  " FROM steward.workflows "

inline const statement tenant_id{"tenant_id",
                                 "SELECT id FROM steward.tenants WHERE name = $1::text"};
inline const statement see{"see", "SELECT set_config('steward.tenant', $1::text, false)"};

inline const statement run{"run", STEWARD_RUN "WHERE r.tenant = $1::int AND r.id = $2::uuid"};
inline const statement journal{"journal", "SELECT seq, entry FROM steward.journal"
                                          " WHERE tenant = $1::int AND run = $2::uuid"
                                          " AND seq > $3::bigint ORDER BY tenant, run, seq"};
inline const statement snapshot{"snapshot", "SELECT seq, state FROM steward.snapshots"
                                            " WHERE tenant = $1::int AND run = $2::uuid"};

// Lists of runs: $2 the id they end before, $3 how many; then the workflow, and last the status.
// Most runs are completed, so the plain index finds those soon; the other statuses have their own.
#define STEWARD_OF_TENANT " AND r.id < $2::uuid ORDER BY r.tenant DESC, r.id DESC LIMIT $3::bigint"
#define STEWARD_OF_FAMILY                                                                          \
  " AND r.tenant = $1::int AND r.id < $2::uuid ORDER BY r.family DESC, r.id DESC LIMIT $3::bigint"
inline const statement runs{"runs", STEWARD_RUN "WHERE r.tenant = $1::int" STEWARD_OF_TENANT};
inline const statement completed_runs{
    "completed_runs", STEWARD_RUN "WHERE r.tenant = $1::int AND r.status = 6" STEWARD_OF_TENANT};
inline const statement runs_by_status{
    "runs_by_status",
    STEWARD_RUN "WHERE r.tenant = $1::int AND r.status <> 6 AND r.status = $4::smallint"
                " AND r.id < $2::uuid ORDER BY r.tenant DESC, r.status DESC, r.id DESC"
                " LIMIT $3::bigint"};
inline const statement workflow_runs{"workflow_runs", STEWARD_RUN
                                     "WHERE r.family = " STEWARD_FAMILY STEWARD_OF_FAMILY};
inline const statement completed_workflow_runs{"completed_workflow_runs",
                                               STEWARD_RUN "WHERE r.family = " STEWARD_FAMILY
                                                           " AND r.status = 6" STEWARD_OF_FAMILY};
inline const statement workflow_runs_by_status{
    "workflow_runs_by_status",
    STEWARD_RUN "WHERE r.family = " STEWARD_FAMILY
                " AND r.status <> 6 AND r.status = $6::smallint AND r.tenant = $1::int"
                " AND r.id < $2::uuid ORDER BY r.family DESC, r.status DESC, r.id DESC"
                " LIMIT $3::bigint"};

inline const statement run_counts{
    "run_counts", "SELECT pending, running, waiting, suspended, cancelled, faulted, completed"
                  " FROM steward.tenants WHERE id = $1::int"};

inline const statement active_runs{
    "active_runs", "SELECT id FROM steward.runs WHERE tenant = $1::int AND status < 2"
                   " AND id > $2::uuid ORDER BY tenant, id LIMIT $3::bigint"};
inline const statement timers{"timers",
                              "SELECT t.name, x.run, x.effect, x.due_us FROM steward.timers x"
                              " JOIN steward.tenants t ON t.id = x.tenant"
                              " WHERE (x.due_us, x.run, x.effect, x.tenant)"
                              " > ($2::bigint, $3::uuid, $4::bigint, $1::int)"
                              " ORDER BY x.due_us, x.run, x.effect, x.tenant LIMIT $5::bigint"};

inline const statement workflow{"workflow",
                                STEWARD_WORKFLOW "WHERE tenant = $1::int AND namespace = $2::text"
                                                 " AND name = $3::text AND version = $4::text"};
inline const statement workflow_by_id{"workflow_by_id", STEWARD_WORKFLOW "WHERE id = $1::bigint"};
inline const statement versions{
    "versions", "SELECT version FROM steward.workflows"
                " WHERE tenant = $1::int AND namespace = $2::text AND name = $3::text"};
inline const statement workflows{
    "workflows", "SELECT id, namespace, name, version, digest, created_us FROM steward.workflows"
                 " WHERE tenant = $1::int AND (namespace, name) >= ($2::text, $3::text)"
                 " ORDER BY tenant, namespace, name"};

/// A row holds one event at least, so $3 rows hold $3 events.
inline const statement feed{"feed", "SELECT first, last, events FROM steward.feed"
                                    " WHERE tenant = $1::int AND last > $2::bigint"
                                    " ORDER BY tenant, last LIMIT $3::bigint"};
inline const statement feed_range{
    "feed_range", "SELECT (SELECT f.first FROM steward.feed f WHERE f.tenant = $1::int"
                  " ORDER BY f.tenant, f.last LIMIT 1),"
                  " newest_event FROM steward.tenants WHERE id = $1::int"};

inline const statement inbox{"inbox", "SELECT sequence, received_us, event FROM steward.inbox"
                                      " WHERE tenant = $1::int AND sequence > $2::bigint"
                                      " ORDER BY tenant, sequence LIMIT $3::bigint"};
inline const statement inbox_range{
    "inbox_range", "SELECT (SELECT i.sequence FROM steward.inbox i WHERE i.tenant = $1::int"
                   " ORDER BY i.tenant, i.sequence LIMIT 1),"
                   " newest_in_inbox FROM steward.tenants WHERE id = $1::int"};
inline const statement listeners{
    "listeners", "SELECT run, effect, trigger, routes, cursor FROM steward.listeners"
                 " WHERE tenant = $1::int AND (run, effect, trigger)"
                 " > ($2::uuid, $3::bigint, $4::text)"
                 " ORDER BY tenant, run, effect, trigger LIMIT $5::bigint"};
inline const statement schedules{"schedules", "SELECT namespace, name, state FROM steward.schedules"
                                              " WHERE tenant = $1::int"
                                              " ORDER BY tenant, namespace, name"};

inline const statement tenants{"tenants", "SELECT name FROM steward.tenants ORDER BY name"};
#define STEWARD_COLLECTION                                                                         \
  "SELECT id, name, schema, indexes, keeps_history, version, updated_us, shape"                    \
  " FROM steward.collections WHERE tenant = $1::int"
inline const statement collection{"collection", STEWARD_COLLECTION " AND name = $2::text"};
inline const statement collections{"collections",
                                   STEWARD_COLLECTION " AND name > $2::text"
                                                      " ORDER BY tenant, name LIMIT $3::bigint"};
#undef STEWARD_COLLECTION
#define STEWARD_NUMBER                                                                             \
  "(SELECT c.id FROM steward.collections c WHERE c.tenant = $1::int AND c.name = $2::text)"
inline const statement record{
    "record", "SELECT id, version, data::text, created_us, updated_us"
              " FROM steward.own_records WHERE collection = " STEWARD_NUMBER " AND id = $3::text"};
inline const statement record_history{
    "record_history", "SELECT id, version, data::text, created_us, updated_us"
                      " FROM steward.record_history WHERE collection = " STEWARD_NUMBER
                      " AND id = $3::text AND version < $4::bigint"
                      " ORDER BY collection DESC, id DESC, version DESC LIMIT $5::bigint"};
#undef STEWARD_NUMBER

inline const statement busy_tenants{
    "busy_tenants",
    "SELECT t.name FROM steward.tenants t"
    " WHERE EXISTS (SELECT 1 FROM steward.listeners l WHERE l.tenant = t.id)"
    " OR EXISTS (SELECT 1 FROM steward.schedules s WHERE s.tenant = t.id)"
    " OR EXISTS (SELECT 1 FROM steward.collections c WHERE c.tenant = t.id"
    " AND c.name = 'agent_states')"
    " OR EXISTS (SELECT 1 FROM steward.runs r WHERE r.tenant = t.id AND r.status < 2)"
    " ORDER BY t.name"};

#undef STEWARD_FAMILY
#undef STEWARD_RUN
#undef STEWARD_WORKFLOW
#undef STEWARD_OF_TENANT
#undef STEWARD_OF_FAMILY

/// Of one tenant.
inline const statement* const own[] = {&run,
                                       &journal,
                                       &snapshot,
                                       &runs,
                                       &completed_runs,
                                       &runs_by_status,
                                       &workflow_runs,
                                       &completed_workflow_runs,
                                       &workflow_runs_by_status,
                                       &run_counts,
                                       &active_runs,
                                       &workflow,
                                       &versions,
                                       &workflows,
                                       &feed,
                                       &feed_range,
                                       &inbox,
                                       &inbox_range,
                                       &listeners,
                                       &schedules,
                                       &collection,
                                       &collections,
                                       &record,
                                       &record_history};
/// Of all.
inline const statement* const shared[] = {&tenant_id, &timers, &workflow_by_id, &tenants,
                                          &busy_tenants};

} // namespace steward::store::postgres::reading
