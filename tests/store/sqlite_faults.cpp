#define CAF_SUITE sqlite_faults

#include "caf/test/dsl.hpp"
#include "store/sqlite/engine.hpp"
#include "tests/store/samples.hpp"

#include <sqlite3.h>

#include <cerrno>
#include <unistd.h>

using namespace steward;
using namespace steward::store;
using namespace steward::store::tests;

namespace {

using kind = batch_result::kind;

/// Writes that still succeed; those after it fail with `fault`.
int writes_left = 0;
int fault = 0;

ssize_t failing_write(int descriptor, const void* bytes, size_t size, off_t at) {
  if (writes_left == 0) {
    errno = fault;
    return -1;
  }
  --writes_left;
  return ::pwrite(descriptor, bytes, size, at);
}

bool sync_fails = false;

/// Puts the function above in the place of SQLite's pwrite, until it goes.
class broken_disk {
public:
  broken_disk(int after_writes, int with) {
    writes_left = after_writes;
    fault = with;
    replace(reinterpret_cast<sqlite3_syscall_ptr>(failing_write));
  }
  ~broken_disk() { replace(nullptr); }

private:
  static void replace(sqlite3_syscall_ptr with) {
    auto* vfs = sqlite3_vfs_find("unix");
    for (const char* name : {"pwrite", "pwrite64"}) vfs->xSetSystemCall(vfs, name, with);
  }
};

} // namespace

/// Stands before the C library's, also for SQLite.
extern "C" int fdatasync(int descriptor) {
  if (!sync_fails) return ::fsync(descriptor);
  errno = EIO;
  return -1;
}

namespace {

struct fixture {
  scratch_folder folder;
  session s{[this] { return std::move(sqlite::open({folder.path() / "s.db"}).value()); }};
  int64_t workflow = s.workflow("acme", "order");
  uint64_t next = 1; ///< Run to start next; all before it were committed.

  /// One large batch and some small ones, so that a commit takes many writes.
  std::vector<write_batch> group() {
    auto large = start_with_key(next, workflow, "k" + std::to_string(next), "f");
    large.row.input = std::string(30'000, 'x');
    return {batch("acme", {large, event("a")}),
            batch("acme", {start(next + 1, workflow, run_status::running),
                           append_journal{id(next + 1), 1, "one"},
                           put_timer{id(next + 1), 1, noon_us}, event("b")}),
            batch("new", {deploy("x"), event("c")})};
  }
  void check_nothing_of_it_is_there() {
    CAF_CHECK(!s.read().get_run("acme", id(next)).value());
    CAF_CHECK(!s.read().get_run("acme", id(next + 1)).value());
    CAF_CHECK(s.read().feed_range("acme").value().newest == next - 1);
    CAF_CHECK(s.read().timers({}, 1000).value().size() == (next - 1) / 2);
    CAF_CHECK(s.read().count_runs("acme").value().at(6) == (next - 1) / 2);
    if (next == 1) {
      CAF_CHECK(s.read().tenants().value() == std::vector<tenant_id>{"acme"});
    }
  }
  void check_it_commits() {
    const auto report = s.commit(group());
    CAF_CHECK(report.results[0].what == kind::committed);
    CAF_CHECK(report.results[1].what == kind::committed);
    CAF_CHECK(report.results[2].what == (next == 1 ? kind::committed : kind::duplicate));
    CAF_CHECK_EQUAL(report.published.at(0).events.at(0).sequence, next);
    next += 2;
    CAF_CHECK(s.read().feed_range("acme").value().newest == next - 1);
  }
  /// Lets the first, second, third, ... write of a commit fail, until it needs no more of them.
  void fail_at_every_write(int with) {
    for (int after = 0;; ++after) {
      commit_report report;
      {
        broken_disk disk{after, with};
        report = s.commit(group());
      }
      if (report.results[0].what == kind::committed) {
        CAF_MESSAGE("commit took " << after << " writes");
        CAF_CHECK(after > 10);
        next += 2;
        break;
      }
      for (const auto& result : report.results) {
        CAF_CHECK(result.what == kind::unavailable);
        CAF_CHECK(!result.reason.empty());
      }
      CAF_CHECK(report.published.empty());
      check_nothing_of_it_is_there();
      if (after % 5 == 4) s.reopen(); // What was left in the log must not come back.
      if (after % 5 == 4) check_nothing_of_it_is_there();
      if (after % 2 == 1) check_it_commits();
    }
    check_it_commits();
    s.reopen();
    CAF_CHECK(s.read().feed_range("acme").value().newest == next - 1);
    check_it_commits();
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(faults_tests, fixture)

CAF_TEST(after a full disk nothing is there and the writer works again) {
  fail_at_every_write(ENOSPC);
}

CAF_TEST(after an input output error nothing is there and the writer works again) {
  fail_at_every_write(EIO);
}

CAF_TEST(a file system that became read only is unavailable) { fail_at_every_write(EROFS); }

CAF_TEST(after a failed sync nothing is there and the same group commits later) {
  for (int round = 0; round < 3; ++round) {
    sync_fails = true;
    const auto report = s.commit(group());
    sync_fails = false;
    for (const auto& result : report.results) CAF_CHECK(result.what == kind::unavailable);
    check_nothing_of_it_is_there();
    check_it_commits();
  }
  s.reopen();
  CAF_CHECK(s.read().feed_range("acme").value().newest == next - 1);
}

CAF_TEST(readers read while the disk is full) {
  check_it_commits();
  broken_disk disk{0, ENOSPC};
  CAF_CHECK(s.commit(group()).results[0].what == kind::unavailable);
  CAF_CHECK(s.read().get_run("acme", id(1)).value().has_value());
}

CAF_TEST_FIXTURE_SCOPE_END()
