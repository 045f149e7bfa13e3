#define CAF_SUITE workflow_time_zone

#include "workflow/schedule/time_zone.hpp"

#include "caf/test/dsl.hpp"
#include "tests/workflow/clock_text.hpp"

#include <atomic>
#include <limits>
#include <thread>
#include <vector>

using namespace steward::workflow::schedule;

namespace {

constexpr int64_t earliest = std::numeric_limits<int64_t>::min();
constexpr int64_t latest = std::numeric_limits<int64_t>::max();

} // namespace

CAF_TEST(UTC is the default and needs no database) {
  const time_zone utc;
  CAF_CHECK_EQUAL(utc.name(), "UTC");
  CAF_CHECK(utc == zone("UTC"));
  CAF_CHECK_EQUAL(utc.to_local(-5), -5);
  CAF_CHECK_EQUAL(utc.to_utc(latest), latest);
  const auto all = utc.at(0);
  CAF_CHECK_EQUAL(all.begin_us, earliest);
  CAF_CHECK_EQUAL(all.end_us, latest);
}

CAF_TEST(zones are found by their exact names) {
  for (auto name : {"Europe/Berlin", "America/Argentina/Buenos_Aires", "Asia/Kathmandu",
                    "Etc/GMT+5", "Pacific/Chatham"})
    CAF_CHECK_EQUAL(zone(name).name(), name);
  CAF_CHECK(zone("Europe/Berlin") == zone("Europe/Berlin"));
  CAF_CHECK(zone("Europe/Berlin") != zone("Europe/Paris"));
}

CAF_TEST(an unknown name is refused with the nearest one) {
  const auto says = [](std::string_view name, std::string_view part) {
    const auto found = time_zone::find(name);
    return !found && found.error().find(part) != std::string::npos;
  };
  CAF_CHECK(says("Europe/Berlim", "did you mean \"Europe/Berlin\"?"));
  CAF_CHECK(says("europe/berlin", "did you mean \"Europe/Berlin\"?"));
  CAF_CHECK(says("America/NewYork", "did you mean \"America/New_York\"?"));
  CAF_CHECK(says("utc", "expected UTC"));
  CAF_CHECK(says("localtime", "no time zone"));
  CAF_CHECK(says("", "expected UTC or an IANA name"));
  CAF_CHECK(says("../../../etc/passwd", "no time zone"));
  CAF_CHECK(says("posixrules", "no time zone"));
  CAF_CHECK(says("zone.tab", "no time zone"));
  CAF_CHECK(says(std::string(100'000, 'x'), "no time zone"));
}

CAF_TEST(local time and UTC are turned into each other) {
  const auto berlin = zone("Europe/Berlin");
  CAF_CHECK_EQUAL(berlin.to_local(at("2026-01-15 12:00")), at("2026-01-15 13:00"));
  CAF_CHECK_EQUAL(berlin.to_local(at("2026-07-15 12:00")), at("2026-07-15 14:00"));
  CAF_CHECK_EQUAL(berlin.to_utc(at("2026-07-15 14:00:00.25")), at("2026-07-15 12:00:00.25"));
  CAF_CHECK_EQUAL(zone("Asia/Kathmandu").to_local(at("2026-01-01")), at("2026-01-01 05:45"));
  CAF_CHECK_EQUAL(berlin.to_local(-1), at("1970-01-01 01:00") - 1);
}

CAF_TEST(a local time that comes twice is the first and a missing one ends the gap) {
  const auto berlin = zone("Europe/Berlin");
  CAF_CHECK_EQUAL(berlin.to_utc(at("2026-10-25 02:30")), at("2026-10-25 00:30"));
  CAF_CHECK_EQUAL(berlin.to_utc(at("2026-10-25 03:00")), at("2026-10-25 02:00"));
  CAF_CHECK_EQUAL(berlin.to_utc(at("2026-03-29 02:30")), at("2026-03-29 01:00"));
  CAF_CHECK_EQUAL(berlin.to_utc(at("2026-03-29 03:00")), at("2026-03-29 01:00"));
}

CAF_TEST(stretches of one offset follow each other without a hole) {
  for (auto name : {"Europe/Berlin", "Africa/Casablanca", "Australia/Lord_Howe", "Asia/Tokyo"}) {
    const auto where = zone(name);
    auto now = where.at(earliest);
    CAF_CHECK_EQUAL(now.begin_us, earliest);
    size_t count = 1;
    for (; now.end_us != latest; ++count) {
      const auto next = where.at(now.end_us);
      CAF_REQUIRE_EQUAL(next.begin_us, now.end_us);
      const auto before = where.at(now.end_us - 1);
      CAF_REQUIRE_EQUAL(before.begin_us, now.begin_us);
      now = next;
    }
    CAF_CHECK_GREATER(count, 3u);
  }
}

CAF_TEST(the tables of the system reach to the end of 2037) {
  const auto berlin = zone("Europe/Berlin");
  CAF_CHECK_EQUAL(berlin.to_local(at("2037-07-01 12:00")), at("2037-07-01 14:00"));
  CAF_CHECK_EQUAL(berlin.to_local(at("2037-12-01 12:00")), at("2037-12-01 13:00"));
}

CAF_TEST(threads may find and use zones at once) {
  std::atomic<size_t> wrong = 0;
  std::vector<std::thread> threads;
  const auto expected = at("2026-07-15 05:00");
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] {
      for (int n = 0; n < 200; ++n) {
        const auto found = time_zone::find("America/Bogota"); // no other test loads it
        if (!found || found->to_local(at("2026-07-15 10:00")) != expected) ++wrong;
      }
    });
  for (auto& thread : threads) thread.join();
  CAF_CHECK_EQUAL(wrong.load(), 0u);
}
