#define CAF_SUITE postgres_cluster

#include "caf/test/dsl.hpp"
#include "messages/shards.hpp"
#include "store/postgres/writer_seat.hpp"
#include "tests/store/postgres_server.hpp"

#include <thread>

using namespace steward;
using namespace steward::store;
using namespace steward::store::tests;

namespace {

using kind = batch_result::kind;
using std::chrono::milliseconds;

constexpr milliseconds lease{600};

struct server {
  std::unique_ptr<session> store;
  membership& part() { return *store->store().cluster(); }
};

struct fixture {
  postgres_server& database_server = postgres_server::shared();
  std::string database = database_server.make_database();

  postgres::options settings(const std::string& name, const std::string& address = {}) const {
    return {.url = database_server.url(database),
            .lock_timeout = milliseconds{300},
            .first_pause = milliseconds{1},
            .last_pause = milliseconds{5},
            .cluster = cluster_identity{"shop", name, address.empty() ? name + ":1" : address,
                                        "1.0.0", lease}};
  }
  result<std::unique_ptr<engine>> open(const postgres::options& o) const {
    return postgres::open(o);
  }
  server join(const std::string& name, const std::string& address = {}) const {
    return {std::make_unique<session>([=, this] {
      auto opened = open(settings(name, address));
      if (!opened) CAF_FAIL(opened.error().reason);
      return std::move(opened).value();
    })};
  }
  std::string refusal(const postgres::options& o) const {
    const auto opened = open(o);
    if (opened) CAF_FAIL("it was let in");
    return opened.error().reason;
  }
  void by_hand(const std::string& sql) const { database_server.admin(database)->execute(sql); }

  static cluster_view look(server& s) {
    const auto seen = s.part().renew();
    if (!seen) CAF_FAIL(seen.error().reason);
    return *seen;
  }
  /// Takes what nobody has, of those that `wants` names.
  static cluster_view take(
      server& s, const std::function<bool(shard)>& wants = [](shard) { return true; }) {
    const auto seen = s.part().settle([&](const cluster_view& view) {
      std::vector<shard> free;
      for (shard each = 0; each < shard_count; ++each)
        if (view.shards[each].node == 0 && wants(each)) free.push_back(each);
      return free;
    });
    if (!seen) CAF_FAIL(seen.error().reason);
    return *seen;
  }
  static size_t has(const cluster_view& view) {
    size_t count = 0;
    for (const auto& each : view.shards) count += each.node == view.me && view.me != 0;
    return count;
  }
  static kind write(server& s, const tenant_id& tenant) {
    return s.store->commit_one(tenant, {event("x")}).what;
  }
  /// Keeps the lease of one server for so long.
  static void live(server& s, milliseconds time) {
    const auto until = std::chrono::steady_clock::now() + time;
    while (std::chrono::steady_clock::now() < until) {
      look(s);
      std::this_thread::sleep_for(lease / 10);
    }
  }
  uint64_t events_of(server& s, const tenant_id& tenant) {
    return s.store->read().feed_range(tenant)->newest;
  }
};

/// A tenant of the lower half of the shards, and one of the upper.
tenant_id tenant_in(bool upper) {
  for (int i = 0;; ++i)
    if (const auto name = "t" + std::to_string(i); (shard_of(name) >= shard_count / 2) == upper)
      return name;
}
bool is_upper(shard s) { return s >= shard_count / 2; }

} // namespace

CAF_TEST_FIXTURE_SCOPE(postgres_cluster, fixture)

CAF_TEST(each member writes for the tenants of its shards only) {
  auto a = join("a"), b = join("b");
  CAF_CHECK_EQUAL(write(a, "nobodys"), kind::unavailable);
  CAF_CHECK_EQUAL(has(take(a, is_upper)), shard_count / 2u);
  CAF_CHECK_EQUAL(has(take(b)), shard_count / 2u);
  const auto upper = tenant_in(true), lower = tenant_in(false);
  CAF_CHECK_EQUAL(write(a, upper), kind::committed);
  CAF_CHECK_EQUAL(write(a, lower), kind::unavailable);
  CAF_CHECK_EQUAL(write(b, lower), kind::committed);
  CAF_CHECK_EQUAL(write(b, upper), kind::unavailable);
  // In one group, one is refused and the other is not.
  const auto report = a.store->commit(
      {batch(lower, {event("1")}), batch(upper, {event("2")}), batch(lower, {event("3")})});
  CAF_CHECK(kinds(report) == (std::vector{kind::unavailable, kind::committed, kind::unavailable}));
  CAF_CHECK_EQUAL(events_of(b, upper), 2u);
  CAF_CHECK_EQUAL(events_of(a, lower), 1u);
  CAF_CHECK_EQUAL(look(a).members.size(), 2u);
}

CAF_TEST(numbers that several writers give are never the same) {
  auto a = join("a"), b = join("b");
  take(a, is_upper);
  take(b);
  const auto upper = tenant_in(true), lower = tenant_in(false);
  std::set<int64_t> ids;
  for (int i = 0; i < 5; ++i) {
    ids.insert(a.store->workflow(upper, "w" + std::to_string(i)));
    ids.insert(b.store->workflow(lower, "w" + std::to_string(i)));
  }
  CAF_CHECK_EQUAL(ids.size(), 10u);
  CAF_CHECK_EQUAL(a.store->read().tenants()->size(), 2u);
}

CAF_TEST(a member that is silent for its lease is given up and can commit nothing more) {
  auto a = join("a"), b = join("b");
  take(a);
  CAF_CHECK_EQUAL(write(a, "t"), kind::committed);
  const auto before = look(b);
  live(b, lease * 3 / 2); // a stands still meanwhile
  const auto after = take(b);
  CAF_CHECK_EQUAL(has(after), size_t{shard_count});
  CAF_CHECK_EQUAL(after.shards[0].epoch, before.shards[0].epoch + 1);
  CAF_CHECK(a.part().held(shard_of("t")));           // it does not know yet ...
  CAF_CHECK_EQUAL(write(a, "t"), kind::unavailable); // ... but the database does
  CAF_CHECK(!a.part().held(shard_of("t")));
  CAF_CHECK_EQUAL(write(b, "t"), kind::committed);
  CAF_CHECK_EQUAL(events_of(b, "t"), 2u);
  CAF_CHECK_EQUAL(look(a).me, 0);
  CAF_CHECK_EQUAL(write(a, "t"), kind::unavailable);
  // It comes back as another.
  const auto again = a.part().join_again();
  CAF_REQUIRE(again);
  CAF_CHECK(again->me > after.me);
  CAF_CHECK_EQUAL(has(*again), 0u);
  CAF_CHECK_EQUAL(write(a, "t"), kind::unavailable);
}

CAF_TEST(nobody is given up while the database was away for all) {
  auto a = join("a"), b = join("b");
  take(a);
  live(b, lease);
  std::this_thread::sleep_for(lease * 2); // nobody reaches it
  CAF_CHECK_EQUAL(has(take(b)), 0u);
  CAF_CHECK_EQUAL(has(look(a)), size_t{shard_count});
  CAF_CHECK_EQUAL(write(a, "t"), kind::committed);
}

CAF_TEST(each commit asks whose its shards are) {
  auto a = join("a"), b = join("b");
  take(a);
  CAF_CHECK_EQUAL(write(a, "t"), kind::committed);
  by_hand("UPDATE steward.shards SET node = " + std::to_string(look(b).me) +
          " WHERE shard = " + std::to_string(shard_of("t")));
  CAF_CHECK(a.part().held(shard_of("t")));
  CAF_CHECK_EQUAL(write(a, "t"), kind::unavailable);
  CAF_CHECK_EQUAL(events_of(b, "t"), 1u);
  look(a); // What is left is written again.
  CAF_CHECK(!a.part().held(shard_of("t")));
  tenant_id other = "u";
  while (shard_of(other) == shard_of("t")) other += "u";
  CAF_CHECK_EQUAL(write(a, other), kind::committed);
}

CAF_TEST(a shard that was given back is written by the next one at once) {
  auto a = join("a"), b = join("b");
  take(a);
  CAF_CHECK_EQUAL(write(a, "t"), kind::committed);
  CAF_CHECK(a.store->write().release({shard_of("t")}));
  CAF_CHECK_EQUAL(write(a, "t"), kind::unavailable);
  CAF_CHECK(a.store->write().release({shard_of("t")})); // again: nothing happens
  CAF_CHECK_EQUAL(has(take(b)), 1u);
  CAF_CHECK_EQUAL(write(b, "t"), kind::committed);
  CAF_CHECK_EQUAL(events_of(a, "t"), 2u);
  look(a);
  CAF_CHECK_EQUAL(write(a, "t"), kind::unavailable);
  // And back: what a knew of the tenant is not used again.
  CAF_CHECK(b.store->write().release({shard_of("t")}));
  take(a);
  CAF_CHECK_EQUAL(write(a, "t"), kind::committed);
  CAF_CHECK_EQUAL(events_of(b, "t"), 3u);
}

CAF_TEST(a commit that stands still is ended when its server is given up) {
  auto a = join("a"), b = join("b");
  take(a);
  CAF_CHECK_EQUAL(write(a, "t"), kind::committed);
  auto lock = database_server.admin(database);
  lock->execute("BEGIN; LOCK TABLE steward.feed IN EXCLUSIVE MODE");
  auto settings_of_a = std::thread{[&] { CAF_CHECK_EQUAL(write(a, "t"), kind::unavailable); }};
  live(b, lease * 3 / 2);
  CAF_CHECK_EQUAL(has(take(b)), size_t{shard_count});
  lock->execute("ROLLBACK");
  settings_of_a.join();
  CAF_CHECK_EQUAL(write(b, "t"), kind::committed);
  CAF_CHECK_EQUAL(events_of(b, "t"), 2u);
}

CAF_TEST(two servers with one name are not let in but the next life of one is) {
  auto a = join("a", "host1:1");
  const auto why = refusal(settings("a", "host2:1"));
  CAF_CHECK(why.find("the cluster has a server 'a' at host1:1") != why.npos);
  take(a);
  auto next = join("a", "host1:1"); // It was killed and started again.
  CAF_CHECK_EQUAL(has(take(next)), size_t{shard_count});
  CAF_CHECK_EQUAL(write(a, "t"), kind::unavailable);
  CAF_CHECK_EQUAL(write(next, "t"), kind::committed);
  // One that lives all the same does not fight it.
  const auto refused = a.part().join_again();
  CAF_REQUIRE(!refused);
  CAF_CHECK(refused.error().code == ec::conflict);
}

CAF_TEST(a database has one cluster or one server alone) {
  auto other = settings("b");
  auto alone = settings("b");
  other.cluster->cluster = "elsewhere";
  alone.cluster.reset();
  {
    auto a = join("a");
    auto why = refusal(other);
    CAF_CHECK(why.find("belongs to the cluster 'shop'") != why.npos);
    why = refusal(alone);
    CAF_CHECK(why.find("another steward") != why.npos);
  }
  const auto lone = open(alone);
  CAF_REQUIRE(lone);
  const auto why = refusal(settings("a"));
  CAF_CHECK(why.find("another steward") != why.npos);
}

CAF_TEST(one that leaves need not be waited for) {
  auto a = join("a"), b = join("b");
  take(a);
  CAF_CHECK_EQUAL(write(a, "t"), kind::committed);
  CAF_CHECK(a.part().drain()->members.front().state == member_state::draining);
  CAF_CHECK(!a.part().leave());
  CAF_CHECK_EQUAL(write(a, "t"), kind::unavailable);
  CAF_CHECK_EQUAL(has(take(b)), size_t{shard_count});
  CAF_CHECK_EQUAL(look(b).members.size(), 1u);
}

CAF_TEST(a database that lost commits stops the whole cluster until all have been stopped) {
  {
    auto a = join("a"), b = join("b");
    take(a, is_upper);
    take(b);
    const auto upper = tenant_in(true), lower = tenant_in(false);
    CAF_CHECK_EQUAL(write(a, upper), kind::committed);
    CAF_CHECK_EQUAL(write(b, lower), kind::committed);
    // As if a replica had taken over that had not got the last commit of a.
    by_hand("UPDATE steward.writers SET last_group = last_group - 1 WHERE node = " +
            std::to_string(look(a).me));
    by_hand("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name ="
            " 'steward writer' AND datname = current_database()");
    try { // What becomes of a commit that met it may be unknown for ever.
      CAF_CHECK_EQUAL(write(a, upper), kind::unavailable);
    } catch (const postgres::outcome_unknown&) {
    }
    look(a);
    const auto seen = look(b);
    CAF_CHECK(seen.incident.find("lacks commits that it had confirmed to a") != std::string::npos);
    const auto why = refusal(settings("c"));
    CAF_CHECK(why.find("the cluster has stopped") != why.npos);
    CAF_CHECK(!a.part().leave());
    CAF_CHECK(!b.part().leave());
  }
  auto a = join("a");
  CAF_CHECK_EQUAL(look(a).incident, "");
  take(a);
  CAF_CHECK_EQUAL(write(a, "t"), kind::committed);
}

CAF_TEST(a newer schema that says so is no obstacle) {
  auto a = join("a");
  take(a);
  by_hand("UPDATE steward.store SET version = 5, oldest = 4");
  auto b = join("b");
  CAF_CHECK_EQUAL(look(b).members.size(), 2u);
  CAF_CHECK_EQUAL(write(a, "t"), kind::committed);
  by_hand("UPDATE steward.store SET oldest = 5");
  const auto why = refusal(settings("c"));
  CAF_CHECK(why.find("use a newer steward") != why.npos);
}

CAF_TEST_FIXTURE_SCOPE_END()
