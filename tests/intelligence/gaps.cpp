#define CAF_SUITE gaps

#include "caf/test/dsl.hpp"
#include "intelligence/gaps/gap.hpp"
#include "intelligence/gaps/packing.hpp"
#include "intelligence/instants.hpp"
#include "workflow/json.hpp"

#include <limits>

using namespace steward;
using namespace steward::intelligence;
using namespace steward::intelligence::gaps;
using namespace std::chrono_literals;

namespace {

int64_t at(std::string_view text) {
  const auto us = parse_instant(text);
  if (!us) CAF_FAIL("not an instant: " << text);
  return *us;
}

workflow::schedule::time_zone zone(std::string_view name) {
  auto found = workflow::schedule::time_zone::find(name);
  if (!found) CAF_FAIL(found.error());
  return *found;
}

/// Works 9 to 17 every day, with a break from 12 to 13.
staff_member rahul() {
  staff_member member{
      .id = "rahul", .name = "Rahul Kumar", .skills = {}, .working_hours = {}, .breaks = {}};
  for (auto& day : member.working_hours) day = {{9 * 60, 17 * 60}};
  for (auto& day : member.breaks) day = {{12 * 60, 13 * 60}};
  return member;
}

/// Monday, 15 January 2024, in UTC; a cut of half an hour, a colour of two hours with its buffers.
day_calendar monday() {
  day_calendar calendar;
  calendar.date = 2024y / 1 / 15;
  calendar.staff = {rahul()};
  calendar.services = {{"cut", 30 * minute_us, 0, 0, 500},
                       {"colour", 90 * minute_us, 10 * minute_us, 20 * minute_us, 2500}};
  return calendar;
}

std::string text_of(const std::vector<gap>& gaps) {
  std::string text;
  for (const auto& g : gaps)
    text += instant_text(g.time.begin_us).substr(11, 5) + "-" +
            instant_text(g.time.end_us).substr(11, 5) + " ";
  return text;
}

std::string gaps_of(const day_calendar& calendar, int64_t now = 0, const gap_policy& policy = {}) {
  return text_of(find_gaps(calendar, now, policy));
}

} // namespace

CAF_TEST(an empty day has a gap before and one after the break) {
  CAF_CHECK_EQUAL(gaps_of(monday()), "09:00-12:00 13:00-17:00 ");
}

CAF_TEST(appointments keep the buffers of their service free) {
  auto calendar = monday();
  calendar.appointments = {
      {"rahul", "colour", {at("2024-01-15T14:00:00Z"), at("2024-01-15T15:30:00Z")}},
      {"rahul", "cut", {at("2024-01-15T10:00:00Z"), at("2024-01-15T10:30:00Z")}},
      {"rahul", "unheard of", {at("2024-01-15T09:00:00Z"), at("2024-01-15T09:15:00Z")}},
      {"nobody", "cut", {at("2024-01-15T11:00:00Z"), at("2024-01-15T11:30:00Z")}}};
  CAF_CHECK_EQUAL(gaps_of(calendar), "09:15-10:00 10:30-12:00 13:00-13:50 15:50-17:00 ");
}

CAF_TEST(the past is no gap) {
  CAF_CHECK_EQUAL(gaps_of(monday(), at("2024-01-15T10:20:00Z")), "10:20-12:00 13:00-17:00 ");
  CAF_CHECK_EQUAL(gaps_of(monday(), at("2024-01-15T12:30:00Z")), "13:00-17:00 ");
  CAF_CHECK_EQUAL(gaps_of(monday(), at("2024-01-16T00:00:00Z")), "");
}

CAF_TEST(time off of one and of all is no gap) {
  auto calendar = monday();
  calendar.absences = {{"rahul", {at("2024-01-15T08:00:00Z"), at("2024-01-15T11:00:00Z")}},
                       {"", {at("2024-01-15T16:00:00Z"), at("2024-01-20T00:00:00Z")}}};
  CAF_CHECK_EQUAL(gaps_of(calendar), "11:00-12:00 13:00-16:00 ");
}

CAF_TEST(what is shorter than the policy says is no gap) {
  auto calendar = monday();
  calendar.appointments = {{"rahul", "", {at("2024-01-15T09:14:00Z"), at("2024-01-15T17:00:00Z")}}};
  CAF_CHECK_EQUAL(gaps_of(calendar), "");
  gap_policy policy;
  policy.shortest_us = 0;
  CAF_CHECK_EQUAL(gaps_of(calendar, 0, policy), "09:00-09:14 ");
}

CAF_TEST(services fit by duration and buffers and by the skills of the staff) {
  auto calendar = monday();
  calendar.appointments = {{"rahul", "", {at("2024-01-15T09:30:00Z"), at("2024-01-15T12:00:00Z")}},
                           {"rahul", "", {at("2024-01-15T15:00:00Z"), at("2024-01-15T17:00:00Z")}}};
  auto found = find_gaps(calendar, 0);
  CAF_REQUIRE_EQUAL(found.size(), 2u);
  CAF_CHECK(found[0].services_fittable == std::vector<std::string>{"cut"});
  CAF_CHECK_EQUAL(found[0].potential_revenue, 500);
  CAF_CHECK((found[1].services_fittable == std::vector<std::string>{"cut", "colour"}));
  CAF_CHECK_EQUAL(found[1].potential_revenue, 2500);
  calendar.staff[0].skills = {"cut", "cut", "juggling"};
  found = find_gaps(calendar, 0);
  CAF_CHECK((found[1].services_fittable == std::vector<std::string>{"cut"}));
  CAF_CHECK_EQUAL(found[1].potential_revenue, 2000);
  CAF_CHECK_EQUAL(found[1].best_packing.size(), 4u);
  calendar.staff[0].skills = {"juggling"};
  found = find_gaps(calendar, 0);
  CAF_CHECK_EQUAL(found[1].potential_revenue, 0);
  CAF_CHECK(found[1].level == priority::low);
}

CAF_TEST(sooner and dearer gaps come first) {
  auto calendar = monday();
  const auto level = [&](std::string_view now) {
    return find_gaps(calendar, at(now)).back().level;
  };
  CAF_CHECK(level("2024-01-15T12:00:00Z") == priority::critical);
  CAF_CHECK(level("2024-01-10T12:00:00Z") == priority::high);
  calendar.appointments = {{"rahul", "", {at("2024-01-15T13:30:00Z"), at("2024-01-15T17:00:00Z")}}};
  CAF_CHECK(level("2024-01-15T12:00:00Z") == priority::medium);
  CAF_CHECK(level("2024-01-10T12:00:00Z") == priority::low);
}

CAF_TEST(a score grows with revenue and length and falls with distance) {
  const gap_policy p;
  CAF_CHECK_LESS(gap_score(p, 10, 100, 0, hour_us), gap_score(p, 20, 100, 0, hour_us));
  CAF_CHECK_LESS(gap_score(p, 10, 100, day_us, hour_us), gap_score(p, 10, 100, 0, hour_us));
  CAF_CHECK_LESS(gap_score(p, 10, 100, 0, minute_us), gap_score(p, 10, 100, 0, hour_us));
  CAF_CHECK_EQUAL(gap_score(p, 100, 100, -5, 3 * hour_us), 1.0);
  CAF_CHECK_EQUAL(gap_score(p, 0, 100, 0, hour_us), 0.0);
}

CAF_TEST(working hours follow the clock when it changes) {
  auto calendar = monday();
  calendar.zone = zone("Europe/Berlin");
  calendar.staff[0].breaks = {};
  for (auto& day : calendar.staff[0].working_hours) day = {{60, 5 * 60}};
  calendar.date = 2024y / 3 / 30; // CET
  CAF_CHECK_EQUAL(gaps_of(calendar), "00:00-04:00 ");
  calendar.date = 2024y / 3 / 31; // clocks go from 2 to 3: an hour less
  CAF_CHECK_EQUAL(gaps_of(calendar), "00:00-03:00 ");
  calendar.date = 2024y / 10 / 27; // from 3 to 2: an hour more
  CAF_CHECK_EQUAL(gaps_of(calendar), "23:00-04:00 ");
  for (auto& day : calendar.staff[0].working_hours) day = {{2 * 60, 3 * 60}};
  calendar.date = 2024y / 3 / 31; // an hour that does not exist
  CAF_CHECK_EQUAL(gaps_of(calendar), "");
}

CAF_TEST(a night shift belongs to the day on which it begins) {
  auto calendar = monday();
  calendar.staff[0].breaks = {};
  calendar.staff[0].working_hours = {};
  calendar.staff[0].working_hours[1] = {{22 * 60, 30 * 60}};
  CAF_CHECK_EQUAL(gaps_of(calendar), "22:00-06:00 ");
  calendar.date = 2024y / 1 / 16;
  CAF_CHECK_EQUAL(gaps_of(calendar), "");
}

CAF_TEST(a gap is a document) {
  auto calendar = monday();
  const auto document = to_document(find_gaps(calendar, 0)[1]);
  CAF_CHECK_EQUAL(workflow::to_json(document),
                  "{\"staff_id\":\"rahul\",\"staff_name\":\"Rahul Kumar\",\"date\":\"2024-01-15\","
                  "\"start_time\":\"2024-01-15T13:00:00Z\",\"end_time\":\"2024-01-15T17:00:00Z\","
                  "\"duration_minutes\":240,\"priority\":\"high\",\"potential_revenue\":5000,"
                  "\"services_fittable\":[\"cut\",\"colour\"]}");
}

CAF_TEST(packing takes the best mixture and the fewer of equals) {
  const std::vector<service> services{{"a", 30 * minute_us, 0, 0, 10},
                                      {"b", 50 * minute_us, 0, 0, 19},
                                      {"c", 60 * minute_us, 0, 0, 20},
                                      {"d", 59 * minute_us + 1, 0, 0, 0},
                                      {"e", 0, 0, 0, 1000},
                                      {"f", -5, minute_us, 0, 1000}};
  std::vector<const service*> pointers;
  for (const auto& s : services) pointers.push_back(&s);
  const packing packs{pointers, 8 * hour_us};
  CAF_CHECK_EQUAL(packs.best_value(29 * minute_us), 0);
  CAF_CHECK_EQUAL(packs.best_value(30 * minute_us - 1), 0);
  CAF_CHECK_EQUAL(packs.best_value(60 * minute_us), 20);
  CAF_CHECK_EQUAL(packs.best_services(60 * minute_us).size(), 1u);
  CAF_CHECK_EQUAL(packs.best_value(80 * minute_us), 29);
  CAF_CHECK_EQUAL(packs.best_value(100 * minute_us), 38);
  CAF_CHECK_EQUAL(packs.best_value(std::numeric_limits<int64_t>::min()), 0);
}

CAF_TEST(hostile calendars are passed over) {
  constexpr auto lowest = std::numeric_limits<int64_t>::min();
  constexpr auto highest = std::numeric_limits<int64_t>::max();
  auto calendar = monday();
  calendar.services.push_back({"eternal", highest, highest, highest, highest});
  calendar.services.push_back({"cut", highest, 0, 0, -5});
  calendar.services.push_back({"gift", minute_us, lowest, lowest, lowest});
  calendar.staff.push_back(rahul()); // the same id
  calendar.staff[0].working_hours[1].push_back({5000, -5000});
  calendar.staff[0].working_hours[1].push_back({600, 100});
  calendar.appointments = {
      {"rahul", "cut", {highest, lowest}},
      {"rahul", "cut", {0, 0}},
      {"rahul", "gift", {lowest, lowest + 1}},
      {"", "", {lowest, highest}},
      {"rahul", "eternal", {at("2024-01-15T10:00:00Z"), at("2024-01-15T09:00:00Z")}}};
  CAF_CHECK_EQUAL(gaps_of(calendar), "09:00-12:00 13:00-17:00 ");
  CAF_CHECK_EQUAL(gaps_of(calendar, lowest), "09:00-12:00 13:00-17:00 ");
  CAF_CHECK_EQUAL(gaps_of(calendar, highest), "");
  calendar.appointments.push_back({"rahul", "eternal", {lowest, highest}});
  CAF_CHECK_EQUAL(gaps_of(calendar), "");
  calendar = monday();
  for (auto date : {2024y / 2 / 30, 32767y / 1 / 1, -32767y / 1 / 1, 0y / 0 / 0}) {
    calendar.date = date;
    CAF_CHECK_EQUAL(gaps_of(calendar), "");
  }
}

CAF_TEST(a million appointments take a moment) {
  auto calendar = monday();
  for (int64_t i = 0; i < 1'000'000; ++i) {
    const auto begin = at("2024-01-15T09:00:00Z") + (i * 7919 % 28'800) * second_us;
    calendar.appointments.push_back({"rahul", "cut", {begin, begin + (i % 3) * second_us}});
  }
  const auto begin = std::chrono::steady_clock::now();
  CAF_CHECK_EQUAL(gaps_of(calendar), "");
  CAF_CHECK(std::chrono::steady_clock::now() - begin < 20s);
}
