#define CAF_SUITE offers

#include "caf/test/dsl.hpp"
#include "intelligence/instants.hpp"
#include "intelligence/offers/offer.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

using namespace steward;
using namespace steward::intelligence;
using namespace steward::intelligence::offers;

namespace {

int64_t at(std::string_view text) { return parse_instant(text).value_or(0); }

const customers::viewpoint now{at("2024-01-15T10:10:00Z"), {}}; // a Monday
const std::vector<gaps::service> services{{"cut", 30 * minute_us, 0, 0, 500},
                                          {"dye", 60 * minute_us, 0, 0, 900}};

gaps::gap afternoon() {
  gaps::gap g;
  g.staff_id = "rahul";
  g.staff_name = "Rahul";
  g.time = {at("2024-01-15T16:00:00Z"), at("2024-01-15T17:00:00Z")};
  g.services_fittable = {"cut", "dye"};
  g.potential_revenue = 1000;
  return g;
}

candidate person(std::string id) {
  candidate c;
  c.score.customer_id = std::move(id);
  c.score.whatsapp_opt_in = true;
  c.score.response_rate = 0.5;
  c.score.visits = 10;
  c.score.average_per_visit = 600;
  c.score.average_days_between = 30;
  c.score.last_visit = now.today() - 40;
  c.score.group = customers::segment::regular;
  return c;
}

offer_ranking rank(const std::vector<candidate>& candidates, const offer_policy& policy = {}) {
  return rank_offers(afternoon(), services, candidates, flat_hours(0.3), now, policy);
}

double value_of(const candidate& c) {
  const auto ranking = rank({c});
  return ranking.offers.empty() ? 0 : ranking.offers[0].expected_value;
}

std::string why_not(const candidate& c) {
  const auto ranking = rank({c});
  return ranking.passed.empty() ? "" : ranking.passed[0].reason;
}

int hour_of(int64_t us) { return static_cast<int>((us - day_number(us) * day_us) / hour_us); }

} // namespace

CAF_TEST(the expected value is what it says) {
  auto c = person("ann");
  c.score.preferred_staff = {"maya"};
  c.score.preferred_services = {"dye", "cut"};
  c.no_show_risk = 0.2;
  const auto ranking = rank({c});
  CAF_REQUIRE_EQUAL(ranking.offers.size(), 1u);
  const auto& o = ranking.offers[0];
  CAF_CHECK_EQUAL(o.service_id, "dye");
  CAF_CHECK_EQUAL(o.value, 720.0);
  CAF_CHECK_EQUAL(o.fit, 0.6);
  CAF_CHECK_EQUAL(o.annoyance, 5.0);
  CAF_CHECK(o.response < 0.5 && o.response > 0.4);
  CAF_CHECK(std::abs(o.expected_value - (o.response * o.fit * o.value - o.annoyance)) < 1e-9);
  CAF_CHECK_EQUAL(o.send_at_us, now.now_us);
  CAF_CHECK_EQUAL(o.reasons.at(0), "answers 43 % of such messages, worth 720 if so");
  CAF_CHECK_EQUAL(o.reasons.at(1), "usually goes to somebody other than Rahul");
  CAF_CHECK_EQUAL(o.reasons.at(2), "40 days after the last visit, one is due");
}

CAF_TEST(whoever fits better is worth more) {
  const auto plain = person("x");
  auto other = plain;
  other.score.preferred_staff = {"maya"};
  CAF_CHECK_LESS(value_of(other), value_of(plain));
  other = plain;
  other.score.preferred_time_slots = {"morning"};
  CAF_CHECK_LESS(value_of(other), value_of(plain));
  other.score.preferred_time_slots = {"afternoon"};
  CAF_CHECK_EQUAL(value_of(other), value_of(plain));
  other = plain;
  other.score.preferred_services = {"massage"};
  CAF_CHECK_LESS(value_of(other), value_of(plain));
  other = plain;
  other.score.last_visit = now.today() - 15;
  CAF_CHECK_LESS(value_of(other), value_of(plain));
  other = plain;
  other.score.response_rate = 0.2;
  CAF_CHECK_LESS(value_of(other), value_of(plain));
  other = plain;
  other.no_show_risk = 0.6;
  CAF_CHECK_LESS(value_of(other), value_of(plain));
  other = plain;
  other.messages = {{now.now_us - 2 * day_us, {}}};
  CAF_CHECK_LESS(value_of(other), value_of(plain));
}

CAF_TEST(nobody is bothered who is not to be) {
  auto c = person("x");
  CAF_CHECK_EQUAL(why_not(c), "");
  c.score.whatsapp_opt_in = false;
  CAF_CHECK_EQUAL(why_not(c), "has not agreed to messages");
  c = person("x");
  c.messages = {{now.now_us - 30 * minute_us, {}}};
  CAF_CHECK_EQUAL(why_not(c), "has had 1 message(s) within the hour");
  c.messages = {{now.now_us - 2 * hour_us, {}},
                {now.now_us - 3 * hour_us, {}},
                {now.now_us - 23 * hour_us, {}}};
  CAF_CHECK_EQUAL(why_not(c), "has had 3 message(s) within the day");
  c = person("x");
  c.booked = {{now.now_us + 3 * day_us, now.now_us + 3 * day_us + hour_us}};
  CAF_CHECK_EQUAL(why_not(c), "has an appointment around that time");
  c = person("x");
  c.score.response_rate = 0;
  CAF_CHECK_EQUAL(why_not(c), "a message would annoy more than it is worth");
  c = person("x");
  c.zone = workflow::schedule::time_zone::find("America/Los_Angeles").value(); // 2 in the morning
  CAF_CHECK_EQUAL(why_not(c), "there is no time for a message before the gap");
}

CAF_TEST(offers are in order whatever the order of the candidates) {
  std::mt19937_64 random{2};
  std::vector<candidate> all;
  for (int i = 0; i < 200; ++i) {
    all.push_back(person("c" + std::to_string(i)));
    all.back().score.response_rate = static_cast<double>(random() % 5) / 5;
    all.back().score.average_per_visit = static_cast<double>(random() % 3) * 300;
  }
  const auto first = rank(all);
  CAF_CHECK_EQUAL(first.offers.size() + first.passed.size(), all.size());
  for (size_t i = 1; i < first.offers.size(); ++i)
    CAF_CHECK(first.offers[i - 1].expected_value >= first.offers[i].expected_value);
  std::shuffle(all.begin(), all.end(), random);
  const auto again = rank(all);
  for (size_t i = 0; i < first.offers.size(); ++i)
    CAF_CHECK_EQUAL(first.offers[i].customer_id, again.offers[i].customer_id);
}

CAF_TEST(messages go out at the hours at which they are answered) {
  std::vector<customers::message> messages;
  for (int day = 1; day < 30; ++day)
    for (int hour : {9, 12, 15, 18}) {
      const auto sent = at("2024-01-15T00:00:00Z") - day * day_us + hour * hour_us;
      messages.push_back({sent, hour == 15 ? std::optional{sent + minute_us} : std::nullopt});
    }
  const auto hours = learn_hours(messages, now, flat_hours(0.3));
  CAF_CHECK_LESS(hours[12], hours[15]);
  CAF_CHECK_LESS(0.6, hours[15]);
  const auto tomorrow = now.now_us + day_us;
  CAF_CHECK_EQUAL(hour_of(when_to_send(tomorrow, hours, now, {}).value()), 15);
  // Sooner when the gap is: with half an hour of notice at least.
  const auto soon = when_to_send(at("2024-01-15T13:15:00Z"), hours, now, {}).value();
  CAF_CHECK(soon <= at("2024-01-15T12:45:00Z"));
  CAF_CHECK(!when_to_send(now.now_us + 29 * minute_us, hours, now, {}));
  CAF_CHECK(!when_to_send(now.now_us - hour_us, hours, now, {}));
}

CAF_TEST(quiet hours are those of the clock of the customer) {
  const auto berlin = workflow::schedule::time_zone::find("Europe/Berlin").value();
  const customers::viewpoint night{at("2024-03-31T00:30:00Z"), berlin}; // the clock changes at 1
  const auto when = when_to_send(at("2024-03-31T15:00:00Z"), flat_hours(0.3), night, {});
  CAF_CHECK_EQUAL(instant_text(when.value()), "2024-03-31T07:00:00Z"); // 9 in summer time
  send_policy never;
  never.quiet_from_minute = 0;
  never.quiet_until_minute = 24 * 60;
  CAF_CHECK(!when_to_send(at("2024-03-31T15:00:00Z"), flat_hours(0.3), night, never));
  send_policy always;
  always.quiet_from_minute = always.quiet_until_minute = 5;
  CAF_CHECK(when_to_send(at("2024-03-31T15:00:00Z"), flat_hours(0.3), night, always) ==
            night.now_us);
  // Random moments: what is told is never in the quiet hours, never too late.
  std::mt19937_64 random{3};
  for (int i = 0; i < 2000; ++i) {
    const customers::viewpoint some{
        at("2024-10-26T00:00:00Z") + static_cast<int64_t>(random() % 200'000) * second_us, berlin};
    const auto gap = some.now_us + static_cast<int64_t>(random() % 100'000) * second_us;
    const auto sent = when_to_send(gap, flat_hours(0.1), some, {});
    if (!sent) continue;
    CAF_CHECK(*sent >= some.now_us && *sent <= gap - 30 * minute_us);
    CAF_CHECK(!is_quiet(*sent, berlin, {}));
    const auto minute = (berlin.to_local(*sent) / minute_us) % 1440;
    CAF_CHECK(minute >= 9 * 60 && minute < 21 * 60);
  }
}

CAF_TEST(hostile candidates are ranked or passed over) {
  constexpr auto lowest = std::numeric_limits<int64_t>::min();
  constexpr auto highest = std::numeric_limits<int64_t>::max();
  std::vector<candidate> all;
  for (auto x : {std::nan(""), -1.0, 0.0, 1e300, double(INFINITY)})
    for (auto when : {lowest, int64_t{0}, now.now_us, highest}) {
      auto c = person("x");
      c.score.response_rate = c.no_show_risk = c.score.average_days_between = x;
      c.score.average_per_visit = x;
      c.messages = {{when, when}, {lowest, highest}};
      c.booked = {{when, lowest}, {highest, when}};
      all.push_back(c);
    }
  const auto ranking = rank(all);
  CAF_CHECK_EQUAL(ranking.offers.size() + ranking.passed.size(), all.size());
  for (const auto& o : ranking.offers) CAF_CHECK(std::isfinite(o.expected_value));
  auto odd = afternoon();
  for (auto begin : {lowest, highest}) {
    odd.time.begin_us = begin;
    (void)rank_offers(odd, {}, all, flat_hours(0), now);
    CAF_CHECK(rank_offers(odd, {}, all, flat_hours(0), {begin, {}}).offers.empty());
  }
}
