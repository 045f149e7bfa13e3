#pragma once

/// What the writer does. Tenants and runs are named by their integers here.
namespace steward::store::sqlite::writing {

inline constexpr auto find_tenant = "SELECT id, newest_in_inbox FROM tenants WHERE name = ?1";
inline constexpr auto add_tenant = "INSERT INTO tenants (name) VALUES (?1)";

inline constexpr auto find_workflow =
    "SELECT id, digest FROM workflows"
    " WHERE tenant = ?1 AND namespace = ?2 AND name = ?3 AND version = ?4";
inline constexpr auto workflow_family = "SELECT tenant, family FROM workflows WHERE id = ?1";
/// The first version of a name founds the family, the others join it.
inline constexpr auto add_workflow =
    "INSERT INTO workflows (id, tenant, family, namespace, name, version, digest, source, "
    "created_us, resources)"
    " SELECT new.id, ?1, coalesce((SELECT family FROM workflows WHERE tenant = ?1 AND namespace = "
    "?2"
    " AND name = ?3 LIMIT 1), new.id), ?2, ?3, ?4, ?5, ?6, ?7, ?8"
    " FROM (SELECT coalesce((SELECT max(id) FROM workflows), 0) + 1 AS id) AS new";

inline constexpr auto find_key =
    "SELECT run, fingerprint FROM idempotency WHERE tenant = ?1 AND key = ?2 AND created_us >= ?3";
/// Replaces what `find_key` found too old.
inline constexpr auto add_key =
    "INSERT INTO idempotency (tenant, key, run, fingerprint, created_us) VALUES (?1, ?2, ?3, ?4, "
    "?5)"
    " ON CONFLICT (tenant, key) DO UPDATE"
    " SET run = excluded.run, fingerprint = excluded.fingerprint, created_us = excluded.created_us";
inline constexpr auto drop_old_keys =
    "DELETE FROM idempotency WHERE (tenant, key) IN (SELECT tenant, key FROM idempotency"
    " WHERE tenant = ?1 AND created_us < ?2 ORDER BY created_us LIMIT ?3)";

/// Changes nothing when the id is taken.
inline constexpr auto add_run =
    "INSERT INTO runs (tenant, id, workflow, family, status, input, output, error, created_us,"
    " started_us, ended_us, attempts, parent, parent_effect)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)"
    " ON CONFLICT (tenant, id) DO NOTHING";
inline constexpr auto find_run = "SELECT row, status FROM runs WHERE tenant = ?1 AND id = ?2";
inline constexpr auto update_run =
    "UPDATE runs SET status = ?2, output = coalesce(?3, iif(?7, NULL, output)),"
    " error = coalesce(?4, iif(?7, NULL, error)),"
    " ended_us = coalesce(?5, iif(?7, NULL, ended_us)), attempts = ?6 WHERE row = ?1";
/// An upsert would check the change itself against `runs >= 0`, so: this, and the other if it found
/// no row.
inline constexpr auto count_runs =
    "UPDATE run_counts SET runs = runs + ?3 WHERE tenant = ?1 AND status = ?2";
inline constexpr auto start_count =
    "INSERT INTO run_counts (tenant, status, runs) VALUES (?1, ?2, ?3)";

/// Changes nothing when the place is taken or the entry before is missing.
inline constexpr auto add_entry =
    "INSERT INTO journal (run, seq, entry) SELECT ?1, ?2, ?3 WHERE ?2 = 1"
    " OR EXISTS (SELECT 1 FROM journal WHERE run = ?1 AND seq = ?2 - 1)"
    " ON CONFLICT (run, seq) DO NOTHING";

inline constexpr auto put_timer =
    "INSERT INTO timers (tenant, run, effect, due_us) VALUES (?1, ?2, ?3, ?4)"
    " ON CONFLICT (tenant, run, effect) DO UPDATE SET due_us = excluded.due_us";
inline constexpr auto clear_timer =
    "DELETE FROM timers WHERE tenant = ?1 AND run = ?2 AND effect = ?3";

inline constexpr auto newest_event =
    "SELECT position & 0xffffffffff FROM feed WHERE position > ?1 << 40"
    " AND position < (?1 + 1) << 40 ORDER BY position DESC LIMIT 1";
inline constexpr auto add_events =
    "INSERT INTO feed (position, first, events) VALUES ((?1 << 40) + ?2, ?3, ?4)";

// The inbox's position is tenant * 2^40 + sequence number.
inline constexpr auto drop_old_events =
    "DELETE FROM inbox WHERE position IN (SELECT position FROM inbox"
    " WHERE tenant = ?1 AND received_us < ?2 ORDER BY received_us, position LIMIT ?3)";
inline constexpr auto find_event =
    "SELECT position & 0xffffffffff FROM inbox WHERE tenant = ?1 AND source = ?2 AND id = ?3";
inline constexpr auto add_event =
    "INSERT INTO inbox (position, tenant, received_us, source, id, event)"
    " VALUES ((?1 << 40) + ?2, ?1, ?3, ?4, ?5, ?6)";
inline constexpr auto note_inbox = "UPDATE tenants SET newest_in_inbox = ?2 WHERE id = ?1";

inline constexpr auto put_listener =
    "INSERT INTO listeners (tenant, run, effect, trigger, routes, cursor)"
    " VALUES (?1, ?2, ?3, ?4, ?5, 0)"
    " ON CONFLICT (tenant, run, effect, trigger) DO UPDATE SET routes = excluded.routes";
inline constexpr auto advance_listener =
    "UPDATE listeners SET cursor = ?5"
    " WHERE tenant = ?1 AND run = ?2 AND effect = ?3 AND trigger = ?4 AND cursor < ?5";
inline constexpr auto clear_listener =
    "DELETE FROM listeners WHERE tenant = ?1 AND run = ?2 AND effect = ?3 AND trigger = ?4";

inline constexpr auto put_schedule =
    "INSERT INTO schedules (tenant, namespace, name, state) VALUES (?1, ?2, ?3, ?4)"
    " ON CONFLICT (tenant, namespace, name) DO UPDATE SET state = excluded.state";
inline constexpr auto clear_schedule =
    "DELETE FROM schedules WHERE tenant = ?1 AND namespace = ?2 AND name = ?3";

inline constexpr auto put_snapshot =
    "INSERT INTO snapshots (run, seq, state) VALUES (?1, ?2, ?3)"
    " ON CONFLICT (run) DO UPDATE SET seq = excluded.seq, state = excluded.state";

inline constexpr auto oldest_runs = "SELECT row, id, status, created_us, ended_us FROM runs"
                                    " WHERE tenant = ?1 AND id > ?2 ORDER BY id LIMIT ?3";
inline constexpr auto drop_run = "DELETE FROM runs WHERE row = ?1";
inline constexpr auto drop_journal = "DELETE FROM journal WHERE run = ?1";
inline constexpr auto drop_snapshot = "DELETE FROM snapshots WHERE run = ?1";
inline constexpr auto drop_timers = "DELETE FROM timers WHERE tenant = ?1 AND run = ?2";
inline constexpr auto drop_listeners = "DELETE FROM listeners WHERE tenant = ?1 AND run = ?2";
inline constexpr auto oldest_events =
    "SELECT position, first, events FROM feed WHERE position > ?1 << 40"
    " AND position < (?1 + 1) << 40 ORDER BY position LIMIT ?2";
inline constexpr auto drop_events = "DELETE FROM feed WHERE position = ?1";

inline constexpr auto find_collection =
    "SELECT id, version, keeps_history, indexes, shape FROM collections"
    " WHERE tenant = ?1 AND name = ?2";
inline constexpr auto add_collection =
    "INSERT INTO collections (tenant, name, schema, indexes, keeps_history, version, updated_us,"
    " newest_version) VALUES (?1, ?2, '', '[]', 0, 0, 0, 0)";
inline constexpr auto change_collection =
    "UPDATE collections SET schema = ?2, indexes = ?3, keeps_history = ?4, version = ?5,"
    " updated_us = ?6 WHERE id = ?1";
/// All of them: there are 500 at most.
inline constexpr auto shapes = "SELECT id, indexes, collections FROM record_shapes";
inline constexpr auto put_shape =
    "INSERT INTO record_shapes (id, indexes, collections) VALUES (?1, ?2, ?3)"
    " ON CONFLICT (id) DO UPDATE SET indexes = excluded.indexes, collections = "
    "excluded.collections";
inline constexpr auto drop_shape = "DELETE FROM record_shapes WHERE id = ?1";
inline constexpr auto give_shape = "UPDATE collections SET shape = ?2 WHERE id = ?1";
inline constexpr auto move_records =
    "UPDATE records SET shape = ?2 WHERE collection = ?1 AND shape <> ?2";
inline constexpr auto drop_collection = "DELETE FROM collections WHERE id = ?1";
inline constexpr auto drop_history = "DELETE FROM record_history WHERE collection = ?1";
inline constexpr auto any_record = "SELECT 1 FROM records WHERE collection = ?1 LIMIT 1";
inline constexpr auto find_record =
    "SELECT version, created_us FROM records WHERE collection = ?1 AND id = ?2";
inline constexpr auto next_version = "UPDATE collections SET newest_version = newest_version + 1"
                                     " WHERE id = ?1 RETURNING newest_version";
inline constexpr auto put_record =
    "INSERT INTO records (collection, id, version, created_us, updated_us, data, shape)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (collection, id) DO UPDATE SET"
    " version = excluded.version, updated_us = excluded.updated_us, data = excluded.data";
inline constexpr auto drop_record = "DELETE FROM records WHERE collection = ?1 AND id = ?2";
inline constexpr auto add_history =
    "INSERT INTO record_history (collection, id, version, created_us, updated_us, data)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6)";

inline constexpr const char* all[] = {
    find_tenant,  add_tenant,      find_workflow,  workflow_family,   add_workflow,
    find_key,     add_key,         drop_old_keys,  add_run,           find_run,
    update_run,   count_runs,      start_count,    add_entry,         put_timer,
    clear_timer,  newest_event,    add_events,     drop_old_events,   find_event,
    add_event,    note_inbox,      put_listener,   advance_listener,  clear_listener,
    put_schedule, clear_schedule,  put_snapshot,   oldest_runs,       drop_run,
    drop_journal, drop_snapshot,   drop_timers,    drop_listeners,    oldest_events,
    drop_events,  find_collection, add_collection, change_collection, drop_collection,
    drop_history, any_record,      find_record,    next_version,      put_record,
    drop_record,  add_history,     shapes,         put_shape,         drop_shape,
    give_shape,   move_records};

} // namespace steward::store::sqlite::writing
