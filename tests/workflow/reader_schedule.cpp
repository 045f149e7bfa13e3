#define CAF_SUITE workflow_reader_schedule

#include "caf/test/dsl.hpp"
#include "tests/workflow/reader_rig.hpp"

using namespace steward;
using namespace steward::workflow;
using namespace steward::workflow::testing;

namespace {

constexpr std::string_view work = "do: [{a: {set: {x: 1}}}]\n";

/// A definition with Steward's own settings for its schedule.
outcome<std::shared_ptr<const definition>, std::vector<definition_problem>>
read_with(std::string_view settings, std::string_view schedule) {
  return read_definition("document: {dsl: '1.0.3', namespace: test, name: sample, version: 1.0.0, "
                         "metadata: {note: kept, steward: " +
                         std::string{settings} + "}}\n" + std::string{work} +
                         "schedule: " + std::string{schedule} + "\n");
}

std::string problem_with(std::string_view settings, std::string_view schedule) {
  auto result = read_with(settings, schedule);
  return result ? "no problem" : result.error().at(0).pointer + " " + result.error()[0].message;
}

const schedule::schedule_plan& plan_of(const definition& d) {
  return std::get<schedule::schedule_plan>(d.starts);
}

} // namespace

CAF_TEST(each kind of schedule is read) {
  auto d = read(std::string{work} + "schedule: {every: {minutes: 15}}\n");
  CAF_CHECK_EQUAL(std::get<schedule::every>(plan_of(*d).trigger).length.us, 900'000'000);
  d = read(std::string{work} + "schedule: {after: PT10S}\n");
  CAF_CHECK_EQUAL(std::get<schedule::after>(plan_of(*d).trigger).delay.us, 10'000'000);
  d = read(std::string{work} + "schedule: {cron: 30 2 * * *}\n");
  const auto& cron = std::get<schedule::cron>(plan_of(*d).trigger);
  auto next = cron.expression.next(0, cron.zone);
  CAF_REQUIRE(next.has_value());
  CAF_CHECK_EQUAL(*next, int64_t{9'000'000'000});
  d = read(std::string{work} +
           "schedule: {on: {any: [{with: {type: a}}, {with: {type: b}}]}, read: envelope}\n");
  const auto& trigger = std::get<event_trigger>(d->starts);
  CAF_CHECK_EQUAL(trigger.to.filters.size(), 2u);
  CAF_CHECK(trigger.read == event_reading::envelope);
  CAF_CHECK(std::holds_alternative<std::monostate>(read(work)->starts));
}

CAF_TEST(the own settings of a schedule stand in the metadata) {
  auto result =
      read_with("{schedule: {timezone: Europe/Berlin, overlap: skip, catchUp: all, jitter: PT5S}}",
                "{cron: 0 9 * * MON}");
  if (!result) CAF_FAIL(describe(result.error()));
  const auto& plan = plan_of(**result);
  CAF_CHECK_EQUAL(std::get<schedule::cron>(plan.trigger).zone.name(), "Europe/Berlin");
  CAF_CHECK(plan.overlapping == schedule::overlap::skip);
  CAF_CHECK(plan.catching_up == schedule::catch_up::all);
  CAF_CHECK_EQUAL(plan.jitter.us, 5'000'000);
}

CAF_TEST(problems of schedules have their places) {
  check_problems({
      {"do: [{a: {set: {x: 1}}}]\nschedule: {}\n", 3, 11, "/schedule", "has 0 of its kinds"},
      {"do: [{a: {set: {x: 1}}}]\nschedule: {every: PT1H, cron: 0 0 * * *}\n", 3, 11, "/schedule",
       "has 2 of its kinds"},
      {"do: [{a: {set: {x: 1}}}]\nschedule: daily\n", 3, 11, "/schedule", "must be an object"},
      {"do: [{a: {set: {x: 1}}}]\nschedule: {evry: PT1H}\n", 3, 12, "/schedule/evry",
       "did you mean \"every\"?"},
      {"do: [{a: {set: {x: 1}}}]\nschedule: {every: PT0S}\n", 3, 19, "/schedule/every",
       "is no time at all"},
      {"do: [{a: {set: {x: 1}}}]\nschedule: {every: soon}\n", 3, 19, "/schedule/every", "ISO 8601"},
      {"do: [{a: {set: {x: 1}}}]\nschedule: {after: '${ .x }'}\n", 3, 19, "/schedule/after",
       "no data that an expression could use"},
      {"do: [{a: {set: {x: 1}}}]\nschedule: {cron: 0 25 * * *}\n", 3, 0, "/schedule/cron", ""},
      {"do: [{a: {set: {x: 1}}}]\nschedule: {cron: 5}\n", 3, 18, "/schedule/cron",
       "must be a text"},
      {"do: [{a: {set: {x: 1}}}]\nschedule: {every: PT1H, read: data}\n", 3, 25, "/schedule/read",
       "no meaning without \"on\""},
      {"do: [{a: {set: {x: 1}}}]\nschedule: {on: {}}\n", 3, 16, "/schedule/on", "has 0 strategies"},
      {"do: [{a: {set: {x: 1}}}]\nschedule: {on: {one: {with: {type: '${ $context.t }'}}}}\n", 3, 0,
       "/schedule/on/one/with/type", "$context does not exist at this place"},
  });
}

CAF_TEST(problems of the own settings have their places) {
  auto pointer = [](std::string_view name) {
    return "/document/metadata/steward/" + std::string{name};
  };
  auto check = [&](std::string_view settings, std::string_view schedule, std::string_view place,
                   std::string_view message) {
    auto found = problem_with(settings, schedule);
    if (!found.starts_with(pointer(place)) || found.find(message) == std::string::npos)
      CAF_ERROR(settings << ": " << found);
  };
  check("{schedul: {}}", "{every: PT1H}", "schedul", "did you mean \"schedule\"?");
  check("{schedule: {timezon: UTC}}", "{cron: 0 0 * * *}", "schedule/timezon",
        "did you mean \"timezone\"?");
  check("{schedule: {timezone: Europe/Berln}}", "{cron: 0 0 * * *}", "schedule/timezone", "Berlin");
  check("{schedule: {timezone: UTC}}", "{every: PT1H}", "schedule/timezone",
        "no meaning with \"every\"");
  check("{schedule: {overlap: never}}", "{every: PT1H}", "schedule/overlap", "skip");
  check("{schedule: {overlap: skip}}", "{after: PT1H}", "schedule/overlap",
        "no meaning with \"after\"");
  check("{schedule: {catchUp: some}}", "{every: PT1H}", "schedule/catchUp", "one");
  check("{schedule: {jitter: -1}}", "{every: PT1H}", "schedule/jitter", "");
  check("{schedule: {jitter: PT1S}}", "{on: {any: []}}", "schedule/jitter",
        "no meaning with \"on\"");
  auto alone = read_definition("document: {dsl: '1.0.3', namespace: t, name: s, version: 1.0.0, "
                               "metadata: {steward: {schedule: {}}}}\n" +
                               std::string{work});
  CAF_REQUIRE(!alone.ok());
  CAF_CHECK(alone.error()[0].message.find("without a schedule") != std::string::npos);
}
