#define CAF_SUITE postgres_faults

#include "caf/test/dsl.hpp"
#include "store/postgres/writer_seat.hpp"
#include "tests/store/cutting_proxy.hpp"
#include "tests/store/postgres_server.hpp"

#include <csignal>
#include <thread>

/// libpqxx 6 loses the result (2 KiB) of a statement whose connection broke. Only a build with the
/// leak sanitizer asks for this.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() {
  return "leak:pqxx::connection_base::exec\n"
         "leak:pqxx::connection_base::register_prepared\n";
}

using namespace steward;
using namespace steward::store;
using namespace steward::store::tests;

namespace {

using kind = batch_result::kind;
using std::chrono::milliseconds;
using when = cutting_proxy::when;

/// A statement of the writer is known on the line by its name.
constexpr auto group_message = "group_";

struct fixture {
  postgres_server& server = postgres_server::shared();
  std::string database = server.make_database();
  cutting_proxy proxy{server.socket()};
  postgres::options settings{.url = server.url(database, proxy.folder())};
  std::unique_ptr<session> open_session;
  int64_t workflow = 0;
  uint64_t next = 1; ///< Run to start next; all before it were committed.

  session& s() {
    if (!open_session) {
      open_session = std::make_unique<session>([this] {
        auto opened = postgres::open(settings);
        if (!opened) CAF_FAIL(opened.error().reason);
        return std::move(opened).value();
      });
      workflow = open_session->workflow("acme", "order");
      commit_once(); // From here on its statements are prepared.
    }
    return *open_session;
  }
  std::vector<write_batch> group() {
    return {batch("acme", {start_with_key(next, workflow, "k" + std::to_string(next), "f"),
                           append_journal{id(next), 1, "one"}, event("a")}),
            batch("acme", {start(next + 1, workflow, run_status::running), event("b")})};
  }
  void commit_once() {
    const auto report = open_session->commit(group());
    for (const auto& result : report.results) {
      if (result.what != kind::committed) CAF_ERROR(result.reason);
    }
    CAF_CHECK(sequences(report.published) == (std::vector<uint64_t>{next, next + 1}));
    next += 2;
  }
  /// All runs before `next` are there with their events, once; none after them is.
  void check_all_is_there() {
    CAF_CHECK_EQUAL(s().read().feed_range("acme").value().newest, next - 1);
    CAF_CHECK_EQUAL(s().read().feed_after("acme", 0, 10'000).value().size(), next - 1);
    const auto counts = s().read().count_runs("acme").value();
    CAF_CHECK_EQUAL(counts[1] + counts[6], next - 1);
    for (uint64_t n = 1; n < next; ++n) {
      const auto loaded = s().read().load_run("acme", id(n)).value();
      CAF_REQUIRE(loaded.has_value());
      CAF_CHECK_EQUAL(loaded->journal.size(), n % 2);
    }
    CAF_CHECK(!s().read().get_run("acme", id(next)).value());
  }
  void check_unavailable(const commit_report& report, const std::string& why) {
    for (const auto& result : report.results) {
      CAF_CHECK(result.what == kind::unavailable);
      if (result.reason.find(why) == std::string::npos) CAF_ERROR(result.reason);
    }
    CAF_CHECK(report.published.empty());
  }
  /// Until the writer waits for a lock that somebody else has.
  void wait_until_blocked(postgres::connection& admin) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (admin
               .execute("SELECT 1 FROM pg_stat_activity WHERE application_name = 'steward writer'"
                        " AND wait_event_type = 'Lock' AND datname = current_database()")
               .empty()) {
      if (std::chrono::steady_clock::now() > deadline) CAF_FAIL("nobody waits");
      std::this_thread::sleep_for(milliseconds{5});
    }
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(faults_tests, fixture)

CAF_TEST(a commit whose answer was lost is found to be there) {
  s();
  for (int round = 0; round < 5; ++round) {
    proxy.cut(when::after, group_message);
    commit_once();
    CAF_CHECK(proxy.has_cut());
    check_all_is_there();
  }
}

CAF_TEST(a commit that never arrived is made again) {
  s();
  for (int round = 0; round < 5; ++round) {
    proxy.cut(when::before, group_message);
    commit_once();
    CAF_CHECK(proxy.has_cut());
    check_all_is_there();
  }
}

CAF_TEST(a connection lost while looking up is made again) {
  s();
  proxy.cut(when::after, "find_runs");
  commit_once();
  CAF_CHECK(proxy.has_cut());
  check_all_is_there();
}

CAF_TEST(while the outcome is not known nothing can be read) {
  settings.doubt_patience = milliseconds{100};
  for (const auto how : {when::after, when::before}) {
    s();
    proxy.cut(how, group_message);
    proxy.open(false);
    bool unknown = false;
    try {
      s().commit(group());
    } catch (const postgres::outcome_unknown&) {
      unknown = true;
    }
    CAF_CHECK(unknown);
    CAF_CHECK(s().read().get_run("acme", id(1)).error().code == ec::unavailable);
    proxy.open(true);
    // As soon as something is to be had, all of it is.
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (!s().read().get_run("acme", id(1)).ok()) {
      if (std::chrono::steady_clock::now() > deadline) CAF_FAIL("it stays away");
      std::this_thread::sleep_for(milliseconds{10});
    }
    if (how == when::after) next += 2; // It is there, though nobody was told.
    check_all_is_there();
    commit_once();
    check_all_is_there();
  }
}

CAF_TEST(a backend that is terminated in the middle of a commit changes nothing) {
  s();
  const auto admin = server.admin(database), hand = server.admin(database);
  admin->execute("BEGIN; SELECT 1 FROM steward.tenants FOR UPDATE"); // What a commit needs last.
  std::thread killer{[&] {
    wait_until_blocked(*hand);
    hand->execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                  " WHERE application_name = 'steward writer' AND datname = current_database()");
    admin->execute("COMMIT");
  }};
  commit_once();
  killer.join();
  check_all_is_there();
}

CAF_TEST(a statement that takes too long is unavailable and says so) {
  settings.statement_timeout = milliseconds{300};
  s();
  const auto admin = server.admin(database);
  admin->execute("BEGIN; LOCK TABLE steward.feed IN EXCLUSIVE MODE");
  check_unavailable(s().commit(group()), "statement timeout");
  admin->execute("COMMIT");
  check_all_is_there();
  commit_once();
}

CAF_TEST(a server that stopped answering is given up though its connection stands) {
  settings.statement_timeout = milliseconds{300};
  settings.silence = milliseconds{200};
  settings.doubt_patience = milliseconds{100};
  s();
  const auto admin = server.admin(database);
  const auto backend = static_cast<pid_t>(
      admin
          ->execute("SELECT pid FROM pg_stat_activity WHERE application_name = 'steward writer'"
                    " AND datname = current_database()")[0]
          .integer(0));
  ::kill(backend, SIGSTOP);
  const auto begun = std::chrono::steady_clock::now();
  bool unknown = false;
  try {
    check_unavailable(s().commit(group()), "");
  } catch (const postgres::outcome_unknown&) {
    unknown = true;
  }
  CAF_CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds{15});
  ::kill(backend, SIGCONT);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  auto found = s().read().get_run("acme", id(next));
  for (; !found; found = s().read().get_run("acme", id(next))) {
    if (std::chrono::steady_clock::now() > deadline) CAF_FAIL("it stays away");
    std::this_thread::sleep_for(milliseconds{10});
  }
  if (*found) {
    CAF_CHECK(unknown); // else it was said not to be there
    next += 2;
  }
  while (s().commit({batch("idle", {event("x")})}).results.at(0).what != kind::committed) {
    if (std::chrono::steady_clock::now() > deadline) CAF_FAIL("it stays away");
    std::this_thread::sleep_for(milliseconds{10});
  }
  check_all_is_there();
  commit_once();
  check_all_is_there();
}

CAF_TEST(a database that lacks what it had confirmed is neither read nor written) {
  s();
  const auto admin = server.admin(database);
  // As one that was put back to an earlier time.
  admin->execute("UPDATE steward.writers SET last_group = last_group - 1 WHERE NOT closed;"
                 "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                 " WHERE application_name = 'steward writer' AND datname = current_database()");
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  while (!admin
              ->execute("SELECT 1 FROM pg_stat_activity WHERE application_name = 'steward writer'"
                        " AND datname = current_database()")
              .empty()) {
    if (std::chrono::steady_clock::now() > deadline) CAF_FAIL("it does not end");
    std::this_thread::sleep_for(milliseconds{5});
  }
  for (int i = 0; i < 2; ++i) check_unavailable(s().commit(group()), "lacks commits");
  CAF_CHECK(s().read().get_run("acme", id(1)).error().code == ec::unavailable);
  open_session.reset();
  s(); // Started again, it goes by what is there.
  check_all_is_there();
}

CAF_TEST(a lock that is not to be had is waited for and then unavailable) {
  settings.lock_timeout = milliseconds{100};
  s();
  const auto admin = server.admin(database);
  admin->execute("BEGIN; LOCK TABLE steward.feed IN EXCLUSIVE MODE");
  check_unavailable(s().commit(group()), "lock timeout");
  admin->execute("COMMIT");
  commit_once();
  check_all_is_there();
}

CAF_TEST(the victim of a deadlock commits in a second attempt) {
  s();
  const auto admin = server.admin(database), hand = server.admin(database);
  // The writer has its row of the fence and wants the tenant's; the other one has that and wants
  // the fence's. Only the writer looks for deadlocks soon.
  admin->execute("SET deadlock_timeout = '60s'; BEGIN; SELECT 1 FROM steward.tenants FOR UPDATE");
  std::thread other{[&] {
    wait_until_blocked(*hand);
    admin->execute("UPDATE steward.writers SET since = since; COMMIT");
  }};
  commit_once();
  other.join();
  check_all_is_there();
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  while (hand->execute("SELECT 1 FROM pg_stat_database WHERE datname = current_database()"
                       " AND deadlocks > 0")
             .empty()) {
    if (std::chrono::steady_clock::now() > deadline) CAF_FAIL("there was no deadlock");
    std::this_thread::sleep_for(milliseconds{10});
  }
}

CAF_TEST(what PostgreSQL can not hold harms nobody else) {
  s();
  auto poisoned = start(900, workflow);
  poisoned.row.input = std::string{"{\"x\":\""} + '\xff' + "\"}";
  auto zero = start(901, workflow);
  zero.row.input = std::string("\"\0\"", 3);
  const auto good = group();
  const auto report =
      s().commit({good[0], batch("acme", {event("lost"), poisoned}), batch("acme", {zero}), good[1],
                  batch("acme", {start(902, workflow, static_cast<run_status>(77))})});
  CAF_CHECK(kinds(report) == (std::vector{kind::committed, kind::conflict, kind::conflict,
                                          kind::committed, kind::conflict}));
  CAF_CHECK(!report.results[1].reason.empty());
  CAF_CHECK(sequences(report.published) == (std::vector<uint64_t>{next, next + 1}));
  next += 2;
  check_all_is_there();
  commit_once();
}

CAF_TEST(long keys and names are told apart) {
  s();
  const std::string head(20'000, 'k');
  const auto put = [&](uint64_t n, const std::string& key) {
    return s().commit_one("acme", {start_with_key(n, workflow, key, "f")});
  };
  CAF_CHECK(put(801, head + "a").what == kind::committed);
  CAF_CHECK(put(802, head + "b").what == kind::committed);
  CAF_CHECK(put(803, head + "a").run == id(801));
  const auto received = [&](const std::string& event_id) {
    return s().commit_one("acme", {put_event{head, event_id, noon_us, "{}", 0}}).events.at(0);
  };
  CAF_CHECK(received(head + "a") == (put_event_result{1, false}));
  CAF_CHECK(received(head + "b") == (put_event_result{2, false}));
  CAF_CHECK(received(head + "a") == (put_event_result{1, true}));
}

CAF_TEST(a server that is away is unavailable at once and used again when it is back) {
  s();
  for (const int signal : {SIGQUIT, SIGKILL}) {
    server.stop(signal);
    const auto begun = std::chrono::steady_clock::now();
    for (int i = 0; i < 20; ++i) check_unavailable(s().commit(group()), "");
    for (int i = 0; i < 20; ++i)
      CAF_CHECK(s().read().get_run("acme", id(1)).error().code == ec::unavailable);
    CAF_CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds{5});
    CAF_CHECK(postgres::open(settings).error().code == ec::unavailable);
    server.start();
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (!s().read().get_run("acme", id(1)).ok()) {
      if (std::chrono::steady_clock::now() > deadline) CAF_FAIL("it stays away");
      std::this_thread::sleep_for(milliseconds{10});
    }
    while (s().commit({batch("acme", {})}).results.at(0).what != kind::committed ||
           s().commit({batch("idle", {event("x")})}).results.at(0).what != kind::committed)
      std::this_thread::sleep_for(milliseconds{10});
    check_all_is_there();
    commit_once();
    check_all_is_there();
  }
}

CAF_TEST_FIXTURE_SCOPE_END()
