#define CAF_SUITE customer_score

#include "caf/test/dsl.hpp"
#include "intelligence/customers/score.hpp"
#include "intelligence/instants.hpp"
#include "workflow/json.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

using namespace steward;
using namespace steward::intelligence;
using namespace steward::intelligence::customers;

namespace {

int64_t at(std::string_view text) { return parse_instant(text).value_or(0); }

const viewpoint today{at("2024-01-15T10:00:00Z"), {}};

/// Comes every `days`, `visits` times, the last one `ago` days before today, at 10 in the morning.
customer regular(std::string id, int visits, int days, int ago, int64_t value = 500) {
  customer c;
  c.id = std::move(id);
  c.whatsapp_opt_in = true;
  for (int i = 0; i < visits; ++i)
    c.visits.push_back({today.now_us - (ago + i * days) * day_us, value, "rahul", {"cut"}});
  return c;
}

std::vector<customer> salon() {
  std::mt19937_64 random{1};
  std::vector<customer> all;
  for (int i = 0; i < 600; ++i) {
    const auto days = 14 + static_cast<int>(random() % 50);
    const auto visits = 1 + static_cast<int>(random() % 12);
    // Every fourth has not been seen for long.
    const auto ago = static_cast<int>(random() % static_cast<uint64_t>(days)) + (i % 4 ? 0 : 250);
    all.push_back(regular("c" + std::to_string(i), visits, days, ago,
                          300 + static_cast<int64_t>(random() % 500)));
    if (i % 3 == 0) all.back().messages.push_back({today.now_us - day_us, today.now_us - hour_us});
  }
  return all;
}

bool has(const std::vector<std::string>& items, std::string_view item) {
  return std::find(items.begin(), items.end(), item) != items.end();
}

} // namespace

CAF_TEST(a faithful customer is told from one who stays away) {
  const auto p = learn_population(salon(), today);
  const auto here = score_customer(regular("here", 12, 30, 10), p, today);
  const auto gone = score_customer(regular("gone", 12, 30, 300), p, today);
  CAF_CHECK_LESS(here.churn_risk, 30.0);
  CAF_CHECK_LESS(60.0, gone.churn_risk);
  CAF_CHECK(gone.group == segment::at_risk);
  CAF_CHECK_EQUAL(gone.churn_factors.front(), "overdue");
  CAF_CHECK(here.churn_factors.empty());
  CAF_CHECK_EQUAL(here.retention, 100 - here.churn_risk);
  CAF_CHECK_LESS(gone.referral, here.referral);
  CAF_CHECK_LESS(gone.upsell, here.upsell);
  CAF_CHECK_LESS(gone.projected_annual, here.projected_annual);
}

CAF_TEST(money is summed up by time) {
  auto c = regular("c", 3, 100, 20, 500);
  c.visits.push_back({today.now_us - 400 * day_us, 1000, "", {}});
  c.visits.push_back({today.now_us + day_us, 9999, "", {}});       // not yet
  c.visits.push_back({c.visits[0].at_us + minute_us, 70, "", {}}); // the same day: one visit
  c.visits.push_back({today.now_us - 30 * day_us, -100, "", {}});  // free of charge at most
  const auto s = score_customer(c, {}, today);
  CAF_CHECK_EQUAL(s.total, 2570.0);
  CAF_CHECK_EQUAL(s.last_12_months, 1570.0);
  CAF_CHECK_EQUAL(s.visits, 5);
  CAF_CHECK_EQUAL(s.last_90_days, 2);
  CAF_CHECK_EQUAL(s.average_per_visit, 514.0);
}

CAF_TEST(the next visit follows the rhythm and is never in the past) {
  population p;
  const auto s = score_customer(regular("c", 21, 10, 4), p, today);
  CAF_CHECK(std::abs(s.average_days_between - (200 + 84) / 22.0) < 1e-9);
  CAF_CHECK_EQUAL(s.next_predicted.value(), s.last_visit.value() + 13);
  const auto late = score_customer(regular("c", 21, 10, 100), p, today);
  CAF_CHECK_EQUAL(late.next_predicted.value(), today.today());
  CAF_CHECK(!score_customer({}, p, today).next_predicted);
}

CAF_TEST(segments go by time and by the value among the customers) {
  auto all = salon();
  all.push_back(regular("best", 30, 12, 3, 3000));
  const auto p = learn_population(all, today);
  CAF_CHECK(score_customer(all.back(), p, today).group == segment::vip);
  CAF_CHECK(score_customer(regular("newcomer", 1, 1, 10), p, today).group == segment::new_customer);
  CAF_CHECK(score_customer({}, p, today).group == segment::new_customer);
  CAF_CHECK(score_customer(regular("plain", 5, 40, 20, 200), p, today).group == segment::regular);
  size_t vip = 0, high = 0;
  for (const auto& c : all) {
    const auto group = score_customer(c, p, today).group;
    vip += group == segment::vip ? 1 : 0;
    high += group == segment::high_value ? 1 : 0;
  }
  CAF_CHECK(vip > 5 && vip <= 40);
  CAF_CHECK(high > 30 && high <= 120);
}

CAF_TEST(factors say what is going wrong) {
  customer c;
  for (int day : {400, 390, 380, 370, 300, 200, 100})
    c.visits.push_back({today.now_us - day * day_us, day > 350 ? 900 : 200, "", {}});
  c.missed_us = {today.now_us - 10 * day_us, today.now_us - 20 * day_us};
  for (int i = 1; i < 4; ++i) c.messages.push_back({today.now_us - i * day_us, {}});
  const auto s = score_customer(c, {}, today);
  for (auto name : {"decreasing_frequency", "declining_spend", "missed_appointments",
                    "not_responding", "overdue"})
    CAF_CHECK(has(s.churn_factors, name));
  c.messages[0].answered_us = today.now_us;
  CAF_CHECK(!has(score_customer(c, {}, today).churn_factors, "not_responding"));
  CAF_CHECK(has(score_customer(regular("once", 1, 1, 5), {}, today).churn_factors, "single_visit"));
}

CAF_TEST(preferences are what most visits have in common) {
  auto c = regular("c", 6, 7, 2); // on Saturdays: two days before a Monday
  for (int i = 0; i < 2; ++i)
    c.visits.push_back({today.now_us - i * day_us + 8 * hour_us - 10 * day_us, 5, "maya", {"dye"}});
  const auto s = score_customer(c, {}, today);
  CAF_CHECK(s.preferred_staff == std::vector<std::string>{"rahul"});
  CAF_CHECK(s.preferred_services == std::vector<std::string>{"cut"});
  CAF_CHECK((s.preferred_time_slots == std::vector<std::string>{"morning", "weekend"}));
  CAF_CHECK(score_customer(regular("once", 1, 7, 2), {}, today).preferred_staff.empty());
}

CAF_TEST(the rate of answers starts from that of all) {
  population p;
  p.response_rate = 0.5;
  customer c;
  CAF_CHECK_EQUAL(score_customer(c, p, today).response_rate, 0.5);
  for (int i = 0; i < 4; ++i) c.messages.push_back({today.now_us - i * day_us, {}});
  CAF_CHECK_EQUAL(score_customer(c, p, today).response_rate, 0.25);
  c.messages[2].answered_us = today.now_us - day_us;
  c.messages[3].answered_us = today.now_us + day_us; // not yet
  const auto s = score_customer(c, p, today);
  CAF_CHECK_EQUAL(s.response_rate, 3.0 / 8);
  CAF_CHECK_EQUAL(date_text(s.last_response.value()), "2024-01-14");
}

CAF_TEST(a score is a document) {
  auto c = regular("cust_1", 1, 1, 5, 640);
  const auto text = workflow::to_json(to_document(score_customer(c, {}, today), today));
  for (auto part :
       {"\"customer_id\":\"cust_1\",\"segment\":\"new\",\"ltv\":{\"total\":640,\"last_12_months\":"
        "640,",
        "\"last_visit\":\"2024-01-10\",\"next_predicted\":\"2024-02-21\"",
        "\"factors\":[\"single_visit\"],\"last_assessment\":\"2024-01-15\"",
        "\"engagement\":{\"whatsapp_opt_in\":true,\"response_rate\":0.3,\"last_response\":null}"}) {
    if (text.find(part) == std::string::npos) CAF_ERROR(part << " is not in " << text);
  }
}

CAF_TEST(no customer breaks the scores) {
  constexpr auto lowest = std::numeric_limits<int64_t>::min();
  constexpr auto highest = std::numeric_limits<int64_t>::max();
  auto zone = workflow::schedule::time_zone::find("America/New_York");
  CAF_REQUIRE(zone.ok());
  std::vector<customer> all;
  std::mt19937_64 random{4};
  const std::vector<int64_t> times{lowest, -1, 0, today.now_us, today.now_us - 1, highest};
  const std::vector<int64_t> values{lowest, -1, 0, 1, 500, highest};
  for (int i = 0; i < 300; ++i) {
    customer c;
    for (auto n = random() % 6; n > 0; --n)
      c.visits.push_back({times[random() % 6], values[random() % 6], "", {"", "x"}});
    for (auto n = random() % 3; n > 0; --n)
      c.messages.push_back({times[random() % 6], times[random() % 6]});
    c.missed_us = {times[random() % 6]};
    all.push_back(std::move(c));
  }
  for (auto now : {int64_t{0}, today.now_us, lowest, highest}) {
    const viewpoint view{now, *zone};
    const auto p = learn_population(all, view);
    for (const auto& c : all) {
      const auto s = score_customer(c, p, view);
      for (auto score : {s.churn_risk, s.retention, s.upsell, s.referral})
        CAF_CHECK(score >= 0 && score <= 100);
      CAF_CHECK(std::isfinite(s.projected_annual) && s.projected_annual >= 0);
      (void)to_document(s, view);
    }
  }
  (void)learn_population({}, today);
}
