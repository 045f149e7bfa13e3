#pragma once

/// What the reader asks. Each is answered from an index, in its order, so that it costs what it
/// returns and not what is stored; tests/store/sqlite_plans.cpp holds them to that. CROSS JOIN is
/// SQLite's way to fix the order of a join.
namespace steward::store::sqlite::reading {

#define STEWARD_TENANT "(SELECT id FROM tenants WHERE name = ?1)"
#define STEWARD_FAMILY                                                                             \
  "(SELECT family FROM workflows WHERE tenant = " STEWARD_TENANT                                   \
  " AND namespace = ?5 AND name = ?6 LIMIT 1)"
#define STEWARD_RUN                                                                                \
  "SELECT r.row, r.id, r.workflow, w.namespace, w.name, w.version, r.status, r.input, r.output,"   \
  " r.error, r.created_us, r.started_us, r.ended_us, r.attempts, r.parent, r.parent_effect"        \
  " FROM runs r CROSS JOIN workflows w ON w.id = r.workflow "
#define STEWARD_WORKFLOW                                                                           \
  "SELECT id, namespace, name, version, digest, created_us, source, resources FROM workflows "

inline constexpr auto run = STEWARD_RUN "WHERE r.tenant = " STEWARD_TENANT " AND r.id = ?2";
inline constexpr auto journal =
    "SELECT seq, entry FROM journal WHERE run = ?1 AND seq > ?2 ORDER BY seq";
inline constexpr auto snapshot = "SELECT seq, state FROM snapshots WHERE run = ?1";

// Lists of runs: ?2 the id they end before, ?3 how many, ?4 the status, ?5 and ?6 the workflow.
// Most runs are completed, so the plain index finds those soon; the other statuses have their own.
#define STEWARD_PAGE " AND r.id < ?2 ORDER BY r.id DESC LIMIT ?3"
inline constexpr auto runs = STEWARD_RUN "WHERE r.tenant = " STEWARD_TENANT STEWARD_PAGE;
inline constexpr auto completed_runs =
    STEWARD_RUN "WHERE r.tenant = " STEWARD_TENANT " AND r.status = 6" STEWARD_PAGE;
inline constexpr auto runs_by_status = STEWARD_RUN
    "WHERE r.tenant = " STEWARD_TENANT " AND r.status <> 6 AND r.status = ?4" STEWARD_PAGE;
inline constexpr auto workflow_runs = STEWARD_RUN "WHERE r.family = " STEWARD_FAMILY STEWARD_PAGE;
inline constexpr auto completed_workflow_runs =
    STEWARD_RUN "WHERE r.family = " STEWARD_FAMILY " AND r.status = 6" STEWARD_PAGE;
inline constexpr auto workflow_runs_by_status = STEWARD_RUN
    "WHERE r.family = " STEWARD_FAMILY " AND r.status <> 6 AND r.status = ?4" STEWARD_PAGE;

inline constexpr auto run_counts =
    "SELECT status, runs FROM run_counts WHERE tenant = " STEWARD_TENANT;

inline constexpr auto active_runs = "SELECT id FROM runs WHERE tenant = " STEWARD_TENANT
                                    " AND status < 2 AND id > ?2 ORDER BY id LIMIT ?3";
/// ?1 the tenant of the timer that ?2, ?3 and ?4 name. Without such a tenant the comparison leaves
/// that one timer out all the same.
inline constexpr auto timers =
    "SELECT t.name, x.run, x.effect, x.due_us FROM timers x CROSS JOIN tenants t ON t.id = x.tenant"
    " WHERE (x.due_us, x.run, x.effect, x.tenant) > (?2, ?3, ?4, " STEWARD_TENANT ")"
    " ORDER BY x.due_us, x.run, x.effect, x.tenant LIMIT ?5";

inline constexpr auto workflow = STEWARD_WORKFLOW
    "WHERE tenant = " STEWARD_TENANT " AND namespace = ?2 AND name = ?3 AND version = ?4";
inline constexpr auto workflow_by_id = STEWARD_WORKFLOW "WHERE id = ?1";
inline constexpr auto versions = "SELECT version FROM workflows WHERE tenant = " STEWARD_TENANT
                                 " AND namespace = ?2 AND name = ?3";
inline constexpr auto workflows =
    "SELECT id, namespace, name, version, digest, created_us FROM workflows"
    " WHERE tenant = " STEWARD_TENANT " AND (namespace, name) >= (?2, ?3) ORDER BY namespace, name";

// The feed's position is tenant * 2^40 + sequence number.
#define STEWARD_FEED_OF(tenant) " position > " tenant " << 40 AND position < (" tenant " + 1) << 40"
#define STEWARD_LAST "position & 0xffffffffff"
/// A row holds one event at least, so ?3 rows hold ?3 events. ?2 is less than 2^40.
inline constexpr auto feed = "SELECT first, " STEWARD_LAST ", events FROM feed"
                             " WHERE position > (" STEWARD_TENANT " << 40) + ?2"
                             " AND position < (" STEWARD_TENANT " + 1) << 40"
                             " ORDER BY position LIMIT ?3";
inline constexpr auto feed_range = "SELECT (SELECT first FROM feed WHERE" STEWARD_FEED_OF(
    "t.id") " ORDER BY position LIMIT 1),"
            " (SELECT " STEWARD_LAST " FROM feed WHERE" STEWARD_FEED_OF(
                "t.id") " ORDER BY position DESC LIMIT 1) FROM tenants t WHERE t.name = ?1";

/// As for the feed, with one row for each event.
inline constexpr auto inbox = "SELECT " STEWARD_LAST ", received_us, event FROM inbox"
                              " WHERE position > (" STEWARD_TENANT " << 40) + ?2"
                              " AND position < (" STEWARD_TENANT " + 1) << 40"
                              " ORDER BY position LIMIT ?3";
inline constexpr auto inbox_range =
    "SELECT (SELECT " STEWARD_LAST " FROM inbox WHERE" STEWARD_FEED_OF(
        "t.id") " ORDER BY position LIMIT 1), t.newest_in_inbox FROM tenants t WHERE t.name = ?1";
inline constexpr auto listeners =
    "SELECT run, effect, trigger, routes, cursor FROM listeners"
    " WHERE tenant = " STEWARD_TENANT " AND (run, effect, trigger) > (?2, ?3, ?4)"
    " ORDER BY run, effect, trigger LIMIT ?5";
inline constexpr auto schedules = "SELECT namespace, name, state FROM schedules"
                                  " WHERE tenant = " STEWARD_TENANT " ORDER BY namespace, name";

#define STEWARD_COLLECTION                                                                         \
  "SELECT id, name, schema, indexes, keeps_history, version, updated_us, shape FROM collections"   \
  " WHERE tenant = " STEWARD_TENANT
inline constexpr auto collection = STEWARD_COLLECTION " AND name = ?2";
inline constexpr auto collections = STEWARD_COLLECTION " AND name > ?2 ORDER BY name LIMIT ?3";
#undef STEWARD_COLLECTION
#define STEWARD_NUMBER                                                                             \
  "(SELECT id FROM collections WHERE tenant = " STEWARD_TENANT " AND name = ?2)"
inline constexpr auto record = "SELECT id, version, data, created_us, updated_us FROM records"
                               " WHERE collection = " STEWARD_NUMBER " AND id = ?3";
inline constexpr auto record_history =
    "SELECT id, version, data, created_us, updated_us FROM record_history"
    " WHERE collection = " STEWARD_NUMBER
    " AND id = ?3 AND version < ?4 ORDER BY version DESC LIMIT ?5";
#undef STEWARD_NUMBER

inline constexpr auto tenants = "SELECT name FROM tenants ORDER BY name";
inline constexpr auto busy_tenants =
    "SELECT t.name FROM tenants t WHERE EXISTS (SELECT 1 FROM listeners WHERE tenant = t.id)"
    " OR EXISTS (SELECT 1 FROM schedules WHERE tenant = t.id)"
    " OR EXISTS (SELECT 1 FROM collections WHERE tenant = t.id AND name = 'agent_states')"
    " OR EXISTS (SELECT 1 FROM runs WHERE tenant = t.id AND status < 2) ORDER BY t.name";

#undef STEWARD_TENANT
#undef STEWARD_FAMILY
#undef STEWARD_RUN
#undef STEWARD_WORKFLOW
#undef STEWARD_PAGE
#undef STEWARD_FEED_OF
#undef STEWARD_LAST

inline constexpr const char* all[] = {run,
                                      journal,
                                      snapshot,
                                      runs,
                                      completed_runs,
                                      runs_by_status,
                                      workflow_runs,
                                      completed_workflow_runs,
                                      workflow_runs_by_status,
                                      run_counts,
                                      active_runs,
                                      timers,
                                      workflow,
                                      workflow_by_id,
                                      versions,
                                      workflows,
                                      feed,
                                      feed_range,
                                      inbox,
                                      inbox_range,
                                      listeners,
                                      schedules,
                                      collection,
                                      collections,
                                      record,
                                      record_history,
                                      tenants,
                                      busy_tenants};

} // namespace steward::store::sqlite::reading
