#include "store/postgres/cluster.hpp"

#include "store/postgres/migrations.hpp"

#include <algorithm>

namespace steward::store::postgres {

namespace {

options impatient(options o) {
  const auto third = o.cluster->lease / 3;
  o.statement_timeout = o.lock_timeout = o.silence = third;
  o.last_pause = std::min(o.last_pause, std::max(milliseconds{1}, third / 2));
  return o;
}

const statement renewal{"renew_lease",
                        "UPDATE steward.nodes SET expires = clock_timestamp() + make_interval(secs "
                        "=> $2::bigint / 1000.0) WHERE id = $1::bigint AND state < 2 RETURNING id"};
const statement all_nodes{"cluster_nodes",
                          "SELECT n.id, n.name, n.address, n.version, n.state,"
                          " (extract(epoch FROM n.expires - clock_timestamp()) * 1000)::bigint,"
                          " (SELECT coalesce(max(w.epoch), 0) FROM steward.writers w WHERE w.node "
                          "= n.id AND NOT w.closed)"
                          " FROM steward.nodes n WHERE n.state < 2 ORDER BY n.id"};
const statement all_shards{"cluster_shards",
                           "SELECT shard, coalesce(node, 0), epoch FROM steward.shards"};
const statement free_shards{"take_shards",
                            "UPDATE steward.shards SET node = $1::bigint, epoch = epoch + 1"
                            " WHERE shard = ANY($2::smallint[]) AND node IS NULL"};
const statement of_name{"node_of_name",
                        "SELECT id, address, expires < clock_timestamp(), (extract(epoch FROM"
                        " expires - clock_timestamp()) * 1000)::bigint"
                        " FROM steward.nodes WHERE state < 2 AND name = $1::text"};
const statement new_node{
    "new_node", "INSERT INTO steward.nodes (id, name, address, version, expires)"
                " VALUES (nextval('steward.node_numbers'), $1::text, $2::text, $3::text,"
                " clock_timestamp() + make_interval(secs => $4::bigint / 1000.0)) RETURNING id"};

} // namespace

cluster::cluster(const options& o, std::shared_ptr<cluster_standing> standing)
    : options_(impatient(o)), identity_(*o.cluster), standing_(std::move(standing)),
      session_(options_, "steward lease", [this](connection& db) {
        if (const auto problem = check_schema(db, newer_schema::fine_if_it_says_so))
          throw sql_error{{}, false, problem->reason};
        // One that falls silent in the middle of a change must not hold up the others.
        db.execute("SET steward.tenant = '*'; SET idle_in_transaction_session_timeout = " +
                   std::to_string(options_.statement_timeout.count()));
        find_loss(db);
      }) {}

template <class Work>
auto cluster::guarded(Work work) -> result<decltype(work(std::declval<connection&>()))> {
  try {
    return work(session_.get());
  } catch (const refused& e) {
    return failed{store_error{ec::conflict, e.why}};
  } catch (const sql_error& e) {
    if (e.lost()) session_.drop();
    return failed{store_error{ec::unavailable, e.what()}};
  }
}

template <class Work>
void cluster::in_transaction(connection& db, Work work) {
  db.execute("BEGIN; " + std::string{lock_cluster});
  try {
    work();
    db.execute("COMMIT");
  } catch (const refused&) {
    db.execute("ROLLBACK");
    throw;
  } catch (const sql_error& e) {
    if (!e.lost()) db.execute("ROLLBACK");
    throw;
  }
}

std::optional<store_error> cluster::join() {
  auto joined = guarded([&](connection& db) {
    in_transaction(db, [&] { enter(db, true); });
    return true;
  });
  return joined ? std::nullopt : std::optional{joined.error()};
}

result<cluster_view> cluster::join_again() {
  return guarded([&](connection& db) {
    in_transaction(db, [&] { enter(db, false); });
    return note(look(db));
  });
}

void cluster::enter(connection& db, bool first) {
  const auto known = db.execute("SELECT name, incident FROM steward.cluster");
  if (!known.empty() && known[0].view(0) != identity_.cluster)
    throw refused{"the database belongs to the cluster '" + known[0].string(0) + "', not to '" +
                  identity_.cluster + "'"};
  if (known.empty())
    db.run_once("INSERT INTO steward.cluster (name) VALUES ($1::text)",
                parameters::of(identity_.cluster));
  if (const auto other = db.run(of_name, parameters::of(identity_.name)); !other.empty()) {
    // The same server at the same address can't be there twice: this is its next life. One that
    // was given up for another must not fight it.
    const bool own = first && other[0].view(1) == identity_.address;
    if (!own && !other[0].flag(2))
      throw refused{"the cluster has a server '" + identity_.name + "' at " + other[0].string(1) +
                    " (its lease ends in " + other[0].string(3) +
                    " ms, if it does not renew it): give this one another name with --node"};
    give_up(db, other[0].integer(0));
  }
  const bool alone =
      db.execute("SELECT FROM steward.nodes WHERE state < 2 AND expires > clock_timestamp()")
          .empty();
  if (first && alone) db.execute("UPDATE steward.cluster SET incident = ''");
  if (!alone && !known.empty() && !known[0].view(1).empty())
    throw refused{"the cluster has stopped: " + known[0].string(1)};
  standing_->join(
      db.run(new_node, parameters::of(identity_.name, identity_.address, identity_.version,
                                      int64_t{identity_.lease.count()}))[0]
          .integer(0));
  touched_since_ = touched_ = clock::now();
}

/// Its writer is closed first, which waits for a commit that is under way: then nothing of it can
/// come any more. The server process of a writer that stands still in a transaction is ended.
void cluster::give_up(connection& db, int64_t node) {
  const auto id = std::to_string(node);
  db.execute("SELECT pg_terminate_backend(a.pid) FROM steward.writers w JOIN pg_stat_activity a"
             " ON a.pid = w.backend AND a.application_name = '" +
             std::string{writer_program} + "' WHERE NOT w.closed AND w.node = " + id +
             "; UPDATE steward.writers SET closed = true WHERE NOT closed AND node = " + id +
             "; UPDATE steward.shards SET node = NULL WHERE node = " + id +
             "; UPDATE steward.nodes SET state = 2 WHERE id = " + id +
             "; DELETE FROM steward.nodes WHERE state = 2 AND expires < clock_timestamp() -"
             " interval '1 day'");
}

/// True when there was one.
bool cluster::give_up_expired(connection& db, const cluster_view& view) {
  bool any = false;
  for (const auto& m : view.members) {
    if (m.expires_in.count() >= 0 || m.id == view.me) continue;
    give_up(db, m.id);
    any = true;
  }
  return any;
}

cluster_view cluster::look(connection& db) {
  cluster_view view;
  for (const auto row : db.run(all_nodes)) {
    view.members.push_back({row.integer(0), row.string(1), row.string(2), row.string(3),
                            static_cast<member_state>(row.integer(4)), row.integer(6),
                            milliseconds{row.integer(5)}});
    if (row.integer(0) == standing_->node()) view.me = row.integer(0);
  }
  for (const auto row : db.run(all_shards))
    view.shards.at(row.number(0)) = {row.integer(1), row.number(2)};
  const auto known = db.execute("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint,"
                                " incident FROM steward.cluster");
  if (!known.empty()) {
    view.clock_us = known[0].integer(0);
    view.incident = known[0].string(1);
  }
  return view;
}

const cluster_view& cluster::note(const cluster_view& view) {
  for (shard s = 0; s < shard_count; ++s)
    standing_->note(s, view.me == 0 ? 0 : view.shards[s].node, view.shards[s].epoch);
  return view;
}

/// After each loss of the connection: it may be another database now, one that has not got
/// everything.
void cluster::find_loss(connection& db) {
  const auto [writer, group] = standing_->last_commit();
  if (writer == 0) return;
  const auto left =
      db.execute("SELECT last_group FROM steward.writers WHERE epoch = " + std::to_string(writer));
  if (left.empty() || left[0].number(0) < group) standing_->report_loss();
}

/// A silence of half a lease is a gap: the database may have been away for everybody.
void cluster::in_touch() {
  const auto now = clock::now();
  if (now - touched_ > identity_.lease / 2) touched_since_ = now;
  touched_ = now;
}

result<cluster_view> cluster::renew() {
  return guarded([&](connection& db) {
    if (standing_->lost_commits())
      db.run_once("UPDATE steward.cluster SET incident = $1::text WHERE incident = ''",
                  parameters::of(std::string_view{
                      "the database lacks commits that it had confirmed to " + identity_.name +
                      " (was it put back to an earlier time, or did a server take over that had "
                      "not got everything?). Nothing is read or written until all servers have "
                      "been stopped and started again"}));
    db.run(renewal, parameters::of(standing_->node(), int64_t{identity_.lease.count()}));
    auto view = look(db);
    in_touch();
    return note(view);
  });
}

result<cluster_view>
cluster::settle(const std::function<std::vector<shard>(const cluster_view&)>& take) {
  return guarded([&](connection& db) {
    // As few round trips as can be: the others wait for the lock.
    in_transaction(db, [&] {
      auto view = look(db);
      in_touch();
      if (view.me == 0) return;
      const bool knows = clock::now() - touched_since_ >= identity_.lease;
      if (knows && give_up_expired(db, view)) view = look(db);
      column<int16_t> shards;
      for (const auto s : take(view)) shards.add(static_cast<int16_t>(s));
      if (!shards.empty()) db.run(free_shards, parameters::of(standing_->node(), shards));
    });
    return note(look(db));
  });
}

result<cluster_view> cluster::drain() {
  return guarded([&](connection& db) {
    db.execute("UPDATE steward.nodes SET state = 1 WHERE state = 0 AND id = " +
               std::to_string(standing_->node()));
    return note(look(db));
  });
}

std::optional<store_error> cluster::leave() {
  auto left = guarded([&](connection& db) {
    in_transaction(db, [&] { give_up(db, standing_->node()); });
    standing_->join(0);
    return true;
  });
  return left ? std::nullopt : std::optional{left.error()};
}

} // namespace steward::store::postgres
