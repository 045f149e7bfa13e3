#define CAF_SUITE booking_history

#include "intelligence/noshow/booking_history.hpp"

#include "caf/test/dsl.hpp"
#include "intelligence/instants.hpp"

#include <cmath>
#include <limits>
#include <random>

using namespace steward::intelligence;
using namespace steward::intelligence::noshow;

namespace {

booking made(std::string who, int64_t booked_day, int64_t start_day, bool missed) {
  return {std::move(who), booked_day * day_us, start_day * day_us + 10 * hour_us, missed};
}

bool same(double a, double b) {
  return (std::isnan(a) && std::isnan(b)) || std::abs(a - b) < 1e-9 * (1 + std::abs(a));
}

} // namespace

CAF_TEST(a history is what was known then) {
  const std::vector<booking> all{made("ann", 1, 10, true), made("ann", 2, 20, false),
                                 made("ann", 15, 30, true), made("bob", 1, 10, false)};
  const booking_history history{all, hour_us};
  const auto before = history.at(all[2], 12 * day_us);
  CAF_CHECK_EQUAL(before.past, 1.0);
  CAF_CHECK_EQUAL(before.past_missed, 1.0);
  CAF_CHECK_EQUAL(before.last_missed, 1.0);
  const auto later = history.at(all[2], 29 * day_us);
  CAF_CHECK_EQUAL(later.past, 2.0);
  CAF_CHECK_EQUAL(later.kept_in_a_row, 1.0);
  CAF_CHECK_EQUAL(later.last_missed, 0.0);
  CAF_CHECK_EQUAL(later.open, 0.0);
  CAF_CHECK_EQUAL(later.days_since_last, 10.0);
  CAF_CHECK_EQUAL(later.days_since_booked, 13.0);
  CAF_CHECK_EQUAL(later.kept_since, 1.0);
  CAF_CHECK_EQUAL(later.missed_since, 0.0);
  const auto first = history.at(all[0], 9 * day_us);
  CAF_CHECK_EQUAL(first.past, 0.0);
  CAF_CHECK(std::isnan(first.last_missed));
  CAF_CHECK_EQUAL(first.open, 1.0); // the one on day 20
  CAF_CHECK_EQUAL(first.booked_since, 1.0);
  CAF_CHECK(std::abs(first.lead_days - 9.4166666) < 1e-6);
  CAF_CHECK(std::abs(first.missed_rate - 0.2) < 1e-9);
  CAF_CHECK_EQUAL(history.at(made("cid", 1, 5, false), 3 * day_us, false).past, 0.0);
}

CAF_TEST(what comes later changes no answer) {
  std::mt19937_64 random{1};
  std::vector<booking> all;
  for (int i = 0; i < 400; ++i) {
    const auto start = static_cast<int64_t>(random() % (60 * 24)) * hour_us;
    all.push_back({"c" + std::to_string(random() % 12),
                   start - static_cast<int64_t>(random() % (20 * 24)) * hour_us, start,
                   random() % 4 == 0});
  }
  const booking_history whole{all, hour_us};
  for (size_t i = 0; i < all.size(); i += 3) {
    const auto now = all[i].starts_us;
    // The same world without what is not known yet: no later bookings, no outcomes.
    std::vector<booking> then;
    for (const auto& b : all) {
      if (b.booked_us > now) continue;
      then.push_back(b);
      if (b.starts_us + hour_us > now) then.back().missed = !b.missed;
    }
    const auto a = whole.at(all[i], now);
    const auto b = booking_history{then, hour_us}.at(all[i], now);
    for (auto cell :
         {&booking_history::features::past, &booking_history::features::past_missed,
          &booking_history::features::missed_rate, &booking_history::features::recent_rate,
          &booking_history::features::last_missed, &booking_history::features::kept_in_a_row,
          &booking_history::features::days_since_last, &booking_history::features::open,
          &booking_history::features::same_day, &booking_history::features::booked_together,
          &booking_history::features::days_since_booked, &booking_history::features::booked_since,
          &booking_history::features::kept_since, &booking_history::features::missed_since,
          &booking_history::features::days_to_next, &booking_history::features::tenant_rate})
      CAF_CHECK(same(a.*cell, b.*cell));
  }
}

CAF_TEST(hostile bookings are answered with numbers) {
  constexpr auto lowest = std::numeric_limits<int64_t>::min();
  constexpr auto highest = std::numeric_limits<int64_t>::max();
  std::vector<booking> all;
  for (auto booked : {lowest, int64_t{0}, highest})
    for (auto starts : {lowest, int64_t{0}, highest}) all.push_back({"", booked, starts, true});
  for (int i = 0; i < 200'000; ++i) all.push_back({"one", i, i, i % 2 == 0});
  const booking_history history{all, highest};
  feature_table table;
  const booking_columns columns{table};
  for (size_t i = 0; i < all.size(); i += i < 9 ? 1 : 1000)
    for (auto now : {lowest, int64_t{0}, highest}) {
      table.add_row();
      columns.fill(table, all[i], history.at(all[i], now), {});
    }
  for (const auto& c : table.columns())
    for (auto x : c.cells) CAF_CHECK(std::isnan(x) || std::isfinite(x));
}
