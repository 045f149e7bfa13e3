#define CAF_SUITE workflow_schedule_plan

#include "caf/test/dsl.hpp"
#include "tests/workflow/clock_text.hpp"
#include "workflow/schedule/plan.hpp"

#include <chrono>
#include <limits>
#include <set>

using namespace steward::workflow;
using namespace steward::workflow::schedule;

namespace {

constexpr int64_t second = 1'000'000;
constexpr int64_t hour = 3600 * second;

schedule_plan every_(std::string_view length) {
  return {.trigger = every{*parse_duration(length)}};
}
schedule_plan cron_(std::string_view text, std::string_view where = "UTC") {
  return {.trigger = cron{*cron_expression::parse(text), zone(where)}};
}
schedule_plan after_(std::string_view delay) {
  return {.trigger = schedule::after{*parse_duration(delay)}};
}

schedule_plan with(schedule_plan plan, catch_up policy) {
  plan.catching_up = policy;
  return plan;
}

using optional_time = std::optional<int64_t>;

} // namespace

CAF_TEST(an interval keeps its phase however late it is asked) {
  const auto plan = every_("PT10M");
  const auto start = at("2026-11-21 10:03:07.5");
  CAF_CHECK(plan.first_due(start) == at("2026-11-21 10:13:07.5"));
  CAF_CHECK(plan.next_due(start, at("2026-11-21 10:13:07.5")) == at("2026-11-21 10:23:07.5"));
  CAF_CHECK(plan.next_due(start, at("2026-11-21 10:23:07.4")) == at("2026-11-21 10:23:07.5"));
  CAF_CHECK(plan.next_due(start, at("2027-11-21 12:00")) == at("2027-11-21 12:03:07.5"));
  CAF_CHECK(plan.next_due(start, start - 100 * hour) == at("2026-11-21 10:13:07.5"));
}

CAF_TEST(a monthly interval comes back to its day) {
  const auto plan = every_("P1M");
  const auto start = at("2026-10-31 08:00");
  auto due = plan.first_due(start);
  for (auto expected : {"2026-11-30 08:00", "2026-12-31 08:00", "2027-01-31 08:00",
                        "2027-02-28 08:00", "2027-03-31 08:00"}) {
    CAF_CHECK(due == at(expected));
    due = plan.next_due(start, *due);
  }
  CAF_CHECK(every_("P1Y").next_due(at("2024-02-29"), at("2027-05-01")) == at("2028-02-29"));
  CAF_CHECK(every_("P1MT1S").next_due(at("2026-01-01"), at("2026-02-01 00:00:01")) ==
            at("2026-03-01 00:00:02"));
}

CAF_TEST(a cron plan goes by its zone) {
  const auto plan = cron_("0 9 * * *", "Europe/Berlin");
  CAF_CHECK(plan.first_due(at("2026-03-28 12:00")) == at("2026-03-29 09:00 +02:00"));
  CAF_CHECK(plan.next_due(0, at("2026-03-28 07:00")) == at("2026-03-28 09:00 +01:00"));
}

CAF_TEST(a pause counts from the end of the last run and the first run comes at once) {
  const auto plan = after_("PT30S");
  CAF_CHECK(plan.first_due(17 * second) == 17 * second);
  CAF_CHECK(plan.next_due(17 * second, 100 * second) == 130 * second);
}

CAF_TEST(schedules of events have no due times) {
  const schedule_plan plan{.trigger = on_events{}};
  CAF_CHECK(!plan.first_due(0));
  CAF_CHECK(!plan.next_due(0, 0));
  CAF_CHECK(plan.missed(0, 0, hour) == missed_dues{});
}

CAF_TEST(the defaults are those of the documentation) {
  const schedule_plan plan{.trigger = on_events{}};
  CAF_CHECK(plan.overlapping == overlap::allow);
  CAF_CHECK(plan.catching_up == catch_up::one);
  CAF_CHECK(plan.jitter == duration{});
}

CAF_TEST(an interval of no length is refused) {
  CAF_CHECK(every_("PT0S").check().has_value());
  CAF_CHECK(!every_("PT0.001S").check());
  CAF_CHECK(!every_("P1M").check());
  CAF_CHECK(!after_("PT0S").check());
}

CAF_TEST(policies are read by their names) {
  for (auto name : {"allow", "skip", "queue"})
    CAF_CHECK_EQUAL(to_string(*parse_overlap(name)), name);
  for (auto name : {"none", "one", "all"}) CAF_CHECK_EQUAL(to_string(*parse_catch_up(name)), name);
  const auto wrong = parse_overlap("forbid");
  CAF_REQUIRE(!wrong);
  CAF_CHECK_EQUAL(wrong.error(), "\"forbid\" is not one of allow, skip, queue");
  CAF_CHECK(!parse_catch_up("All"));
}

CAF_TEST(nothing is missed before a due time has passed) {
  for (const auto& plan : {every_("PT1H"), cron_("0 * * * *"), after_("PT1H")})
    for (auto policy : {catch_up::none, catch_up::one, catch_up::all}) {
      CAF_CHECK(with(plan, policy).missed(0, 0, hour - 1) == missed_dues{});
      CAF_CHECK(with(plan, policy).missed(0, 2 * hour, hour) == missed_dues{});
      const auto on_time = with(plan, policy).missed(0, 0, hour);
      CAF_CHECK(on_time.through_us == hour);
    }
}

CAF_TEST(catching up follows the policy) {
  for (const auto& plan : {every_("PT1H"), cron_("0 * * * *")}) {
    const auto missed = [&](catch_up policy, size_t limit = schedule_plan::catch_up_limit) {
      return with(plan, policy).missed(0, hour, 5 * hour + 7, limit);
    };
    const optional_time through{5 * hour};
    CAF_CHECK((missed(catch_up::none) == missed_dues{{}, 4, false, through}));
    CAF_CHECK((missed(catch_up::one) == missed_dues{{5 * hour}, 3, false, through}));
    CAF_CHECK((missed(catch_up::all) ==
               missed_dues{{2 * hour, 3 * hour, 4 * hour, 5 * hour}, 0, false, through}));
    CAF_CHECK((missed(catch_up::all, 3) ==
               missed_dues{{2 * hour, 3 * hour, 4 * hour}, 1, false, through}));
    CAF_CHECK((missed(catch_up::all, 0) == missed_dues{{}, 4, false, through}));
  }
}

CAF_TEST(the chain of pauses goes on under every policy) {
  for (auto policy : {catch_up::none, catch_up::one, catch_up::all})
    CAF_CHECK((with(after_("PT1H"), policy).missed(0, 0, 9 * hour) ==
               missed_dues{{hour}, 0, false, hour}));
}

CAF_TEST(a year of missed seconds is bounded) {
  for (const auto& plan : {every_("PT1S"), cron_("* * * * * *", "Europe/Berlin")}) {
    const auto from = at("2025-01-01 00:00");
    const auto now = at("2026-01-01 00:00:00.5");
    const auto begin = std::chrono::steady_clock::now();
    const auto all = with(plan, catch_up::all).missed(from, from, now);
    const auto one = with(plan, catch_up::one).missed(from, from, now);
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
    CAF_MESSAGE(took.count() << " ms");
    CAF_CHECK_EQUAL(all.due_us.size(), 1'000u);
    CAF_CHECK_EQUAL(all.due_us.front(), from + second);
    CAF_CHECK_EQUAL(all.due_us.back(), from + 1'000 * second);
    CAF_CHECK_EQUAL(all.left_out, schedule_plan::count_limit);
    CAF_CHECK(all.left_out_more);
    CAF_CHECK(all.through_us == at("2026-01-01"));
    CAF_CHECK((one.due_us == std::vector<int64_t>{at("2026-01-01")}));
    CAF_CHECK(one.left_out_more);
  }
}

CAF_TEST(jitter is the same every time and spreads) {
  auto plan = every_("PT1H");
  CAF_CHECK_EQUAL(plan.start_of("shop/order", hour), hour);
  plan.jitter = *parse_duration("PT60S");
  // Written down: a restart, another machine or a later version must not move a run.
  CAF_CHECK_EQUAL(plan.start_of("shop/order", hour) - hour, 18'691'386);
  CAF_CHECK_EQUAL(plan.start_of("shop/order", 2 * hour) - 2 * hour, 25'225'170);
  CAF_CHECK_EQUAL(plan.start_of("shop/invoice", hour) - hour, 14'066'636);
  std::set<int64_t> schedules, times;
  for (int64_t i = 0; i < 1'000; ++i) {
    const auto one = plan.start_of("shop/order" + std::to_string(i), hour) - hour;
    const auto other = plan.start_of("shop/order", i * hour) - i * hour;
    for (auto delay : {one, other}) CAF_REQUIRE(delay >= 0 && delay < 60 * second);
    schedules.insert(one / second);
    times.insert(other / second);
  }
  CAF_CHECK_EQUAL(schedules.size(), 60u); // each second of the minute
  CAF_CHECK_EQUAL(times.size(), 60u);
}

CAF_TEST(times without end end) {
  constexpr auto latest = std::numeric_limits<int64_t>::max();
  CAF_CHECK(!every_("PT1S").next_due(0, latest - 1));
  CAF_CHECK(!every_("P1000000Y").first_due(0));
  CAF_CHECK(!every_("PT1S").next_due(0, latest));
  CAF_CHECK(!every_("P1M").next_due(0, latest));
  CAF_CHECK(!every_("PT0.000001S").next_due(-hour, latest - 1));
  CAF_CHECK(!every_("PT0S").next_due(0, 0)); // which `check` refuses
  const schedule_plan longest{.trigger = every{{0, latest}}};
  CAF_CHECK(!longest.first_due(5));
  CAF_CHECK(!cron_("0 0 30 2 *").first_due(0));
}
