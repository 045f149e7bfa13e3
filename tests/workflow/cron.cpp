#define CAF_SUITE workflow_cron

#include "workflow/schedule/cron.hpp"

#include "caf/test/dsl.hpp"
#include "tests/workflow/clock_text.hpp"

#include <chrono>
#include <limits>
#include <random>

using namespace steward::workflow::schedule;

namespace {

constexpr int64_t minute = 60'000'000;
constexpr int64_t hour = 60 * minute;

cron_expression parsed(std::string_view text) {
  auto result = cron_expression::parse(text);
  if (!result) CAF_FAIL(text << ": " << result.error().reason);
  return *result;
}

/// The next times, one after the other, must be exactly these.
void fires(std::string_view text, const time_zone& zone, const std::string& after,
           std::initializer_list<std::string> expected) {
  const auto expression = parsed(text);
  auto now = at(after);
  for (const auto& time : expected) {
    const auto next = expression.next(now, zone);
    CAF_REQUIRE(next.has_value());
    if (*next != at(time)) CAF_ERROR(text << ": expected " << time << ", got " << shown(*next));
    now = *next;
  }
}

void refuses(std::string_view text, size_t offset, std::string_view part) {
  const auto result = cron_expression::parse(text);
  if (result) CAF_FAIL("accepted: " << text);
  const auto& [reason, where] = result.error();
  if (where != offset || reason.find(part) == std::string::npos)
    CAF_ERROR(text << ": " << reason << " at " << where);
}

} // namespace

CAF_TEST(a refusal names the field and the place and says what was expected) {
  refuses("", 0, "five fields");
  refuses("* * * *", 7, "there are 4");
  refuses("* * * * * * 2026", 12, "there are 7");
  refuses("60 * * * *", 0, "minutes: expected a number between 0 and 59");
  refuses("0  24 * * *", 3, "hours: expected a number between 0 and 23");
  refuses("0 0 0 * *", 4, "day of month: expected a number between 1 and 31");
  refuses("0 0 1 foo *", 6, "month: expected a number between 1 and 12 or a name such as feb");
  refuses("0 0 * * SUNDAY", 11, "day of week: unexpected \"DAY\"");
  refuses("0 0 * * 1,8", 10, "day of week: expected a number between 0 and 7");
  refuses("0 0 * * 1-", 10, "day of week: expected");
  refuses("*/0 * * * *", 2, "minutes: expected a number between 1 and 59 (a step)");
  refuses("*/100000000000000000000 * * * *", 2, "between 1 and 59");
  refuses("0 0 * * 1#6", 10, "between 1 and 5");
  refuses("0 0 L,15 * *", 6, "can't be part of a list");
  refuses("0 0 15,LW * *", 9, "can't be part of a list");
  refuses("005 * * * *", 0, "minutes: expected");
  refuses("? * * * *", 0, "minutes");
  refuses("0 0 ?,1 * *", 4, "day of month");
  refuses("@fortnightly", 0, "no such macro");
  refuses("TZ=UTC 0 0 * * *", 0, "seconds");
}

CAF_TEST(any text is accepted or refused in peace) {
  std::mt19937 random{7};
  constexpr std::string_view letters = "0123456789*/-,?LW#@ \tMONfebsu\xff";
  size_t accepted = 0;
  for (int i = 0; i < 200'000; ++i) {
    std::string text = i % 2 ? "* * * * " : "";
    for (auto length = random() % 12; length > 0; --length)
      text += letters[random() % letters.size()];
    const auto result = cron_expression::parse(text);
    if (!result) {
      if (result.error().offset > text.size()) CAF_FAIL("offset outside of: " << text);
      continue;
    }
    ++accepted;
    const auto next = result->next(0, {});
    if (next && (*next <= 0 || result->next(*next - 1, {}) != next)) CAF_FAIL("wrong: " << text);
  }
  CAF_CHECK_GREATER(accepted, 1'000u);
  CAF_CHECK(!cron_expression::parse(std::string(1'000'000, '*')));
  std::string list = "0";
  for (int i = 0; i < 100'000; ++i) list += ",5";
  CAF_CHECK(parsed(list + " * * * *") == parsed("0,5 * * * *"));
}

CAF_TEST(a day matches either day field if both are restricted) {
  fires("0 0 13 * FRI", {}, "2026-02-01",
        {"2026-02-06", "2026-02-13", "2026-02-20", "2026-02-27", "2026-03-06", "2026-03-13"});
  fires("0 0 */10 * MON", {}, "2026-11-01 00:00", {"2026-11-02", "2026-11-09", "2026-11-11"});
  fires("0 0 L * 1#1", {}, "2026-11-01", {"2026-11-02", "2026-11-30", "2026-12-07"});
  fires("0 0 ? * MON", {}, "2026-11-01", {"2026-11-02", "2026-11-09"});
}

CAF_TEST(weekdays of a month may be listed) {
  fires("0 9 * * MON#1,MON#3", {}, "2026-11-01",
        {"2026-11-02 09:00", "2026-11-16 09:00", "2026-12-07 09:00"});
  fires("0 9 * * SUN#5,FRIL", {}, "2026-11-01",
        {"2026-11-27 09:00", "2026-11-29 09:00", "2026-12-25 09:00", "2027-01-29 09:00"});
}

CAF_TEST(rare dates come and dates that never come do not ) {
  fires("0 0 29 2 *", {}, "2096-03-01", {"2104-02-29", "2108-02-29"});
  CAF_CHECK(!parsed("0 0 30 2 *").next(at("2026-01-01"), {}));
  CAF_CHECK(!parsed("0 0 31 4,6,9,11 *").next(at("2026-01-01"), zone("Europe/Berlin")));
  CAF_CHECK(!parsed("* * * * *").next(std::numeric_limits<int64_t>::max(), {}));
  CAF_CHECK(parsed("* * * * *").next(std::numeric_limits<int64_t>::min(), {}).has_value());
  CAF_CHECK(parsed("* * * * *").next(std::numeric_limits<int64_t>::min(), zone("Asia/Tokyo")));
}

CAF_TEST(a fraction of a second is rounded up) {
  const auto every_second = parsed("@every_second");
  for (int64_t us : {-1'500'000, -1, 0, 1, 999'999}) {
    const auto next = every_second.next(us, {});
    CAF_CHECK(next && *next > us && *next <= us + 1'000'000 && *next % 1'000'000 == 0);
  }
}

CAF_TEST(a fixed time in a gap fires once right after it) {
  const auto berlin = zone("Europe/Berlin"); // 02:00 to 03:00 is missing on 2026-03-29
  fires("30 2 * * *", berlin, "2026-03-28 12:00",
        {"2026-03-29 03:00 +02:00", "2026-03-30 02:30 +02:00"});
  fires("0,15,30 2,3 * * *", berlin, "2026-03-28 12:00",
        {"2026-03-29 03:00 +02:00", "2026-03-29 03:15 +02:00", "2026-03-29 03:30 +02:00"});
  // A whole day was missing: Samoa crossed the date line on 30 December 2011.
  fires("0 12 * * *", zone("Pacific/Apia"), "2011-12-29 12:00 -10:00",
        {"2011-12-31 00:00 +14:00", "2011-12-31 12:00 +14:00"});
}

CAF_TEST(a fixed time that comes twice fires at the first) {
  const auto berlin = zone("Europe/Berlin"); // 02:00 to 03:00 comes twice on 2026-10-25
  fires("30 2 * * *", berlin, "2026-10-25 00:00",
        {"2026-10-25 02:30 +02:00", "2026-10-26 02:30 +01:00"});
  fires("0,30 2 * * *", berlin, "2026-10-25 02:10 +01:00", {"2026-10-26 02:00 +01:00"});
  fires("0 3 * * *", berlin, "2026-10-25 02:59 +02:00", {"2026-10-25 03:00 +01:00"});
}

CAF_TEST(an interval keeps to real time when the clocks change) {
  const auto berlin = zone("Europe/Berlin");
  fires("*/30 * * * *", berlin, "2026-10-25 01:45 +02:00",
        {"2026-10-25 02:00 +02:00", "2026-10-25 02:30 +02:00", "2026-10-25 02:00 +01:00",
         "2026-10-25 02:30 +01:00", "2026-10-25 03:00 +01:00"});
  fires("*/30 * * * *", berlin, "2026-03-29 01:15 +01:00",
        {"2026-03-29 01:30 +01:00", "2026-03-29 03:00 +02:00", "2026-03-29 03:30 +02:00"});
  fires("0 */2 * * *", berlin, "2026-03-29 00:30 +01:00",
        {"2026-03-29 03:00 +02:00", "2026-03-29 04:00 +02:00"}); // 02:00 is swallowed
}

CAF_TEST(nothing is skipped and nothing comes twice in any zone) {
  std::mt19937 random{11};
  const auto pick = [&](auto... options) {
    const std::string all[] = {options...};
    return all[random() % sizeof...(options)];
  };
  for (auto name : {"UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe",
                    "America/Santiago", "Africa/Casablanca", "Pacific/Apia", "Asia/Tehran"})
    for (int i = 0; i < 300; ++i) {
      const auto where = zone(name);
      const auto text = pick("0", "*/7", "30", "59", "0-40/20", "5,55") + " " +
                        pick("*", "0", "2", "*/2", "1-3", "23", "0,12") + " " +
                        pick("*", "*", "L", "15W", "1,29,30,31") + " * " +
                        pick("*", "*", "SUN", "0#1", "5L", "MON-FRI");
      const auto expression = parsed(text);
      const auto fixed = text.find_first_of("*/-") > text.find(' ', text.find(' ') + 1);
      auto now = at("2000-01-01") + static_cast<int64_t>(random() % (25 * 365 * 24)) * hour;
      for (int n = 0; n < 20; ++n) {
        const auto next = expression.next(now, where);
        if (!next || *next <= now) CAF_FAIL(text << " in " << name << " after " << shown(now));
        const auto between =
            now + static_cast<int64_t>(random() % static_cast<uint64_t>(*next - now));
        if (expression.next(between, where) != next)
          CAF_FAIL(text << " in " << name << " jumps between " << shown(now) << " and "
                        << shown(*next));
        // On the zone's clock it matches, unless it makes up for a gap.
        const auto local = where.to_local(*next);
        if (expression.next(local - 1, {}) != local && where.at(*next).begin_us != *next)
          CAF_FAIL(text << " in " << name << " fires at " << shown(*next));
        if (fixed && where.to_utc(local) != *next)
          CAF_FAIL(text << " in " << name << " fires twice, also at " << shown(*next));
        now = *next;
      }
    }
  CAF_CHECK(true);
}

CAF_TEST(intervals fire at every minute of real time whose clock matches) {
  const auto expression = parsed("*/20 1-3 * * *");
  for (auto name : {"Europe/Berlin", "Australia/Lord_Howe", "America/New_York"}) {
    const auto where = zone(name);
    for (auto begin :
         {"2026-03-08", "2026-03-29", "2026-04-05", "2026-10-04", "2026-10-25", "2026-11-01"}) {
      auto expected = at(begin) - 24 * hour;
      const auto end = at(begin) + 48 * hour;
      for (auto now = expected; now < end;) {
        const auto next = expression.next(now, where).value();
        for (expected += minute; expected < next; expected += minute) {
          const auto local = where.to_local(expected);
          if (expression.next(local - 1, {}) == local)
            CAF_FAIL(name << ": " << shown(expected) << " is left out");
        }
        now = next;
      }
    }
  }
  CAF_CHECK(true);
}

CAF_TEST(the next time takes microseconds to find) {
  const auto where = zone("America/New_York");
  for (auto text : {"* * * * * *", "0 9 * * MON-FRI", "0 0 1 1 *", "0 0 29 2 *", "0 */6 29 2 *",
                    "0 0 30 2 *", "0 0 L-30 2 *"}) {
    const auto expression = parsed(text);
    constexpr int rounds = 2'000;
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < rounds; ++i) expression.next(at("2026-01-01") + i * hour, where);
    const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - begin;
    CAF_MESSAGE(text << ": " << took.count() / rounds << " us");
    CAF_CHECK_LESS(took.count() / rounds, 5'000.0); // with sanitizers, on a busy machine
  }
}
