#include "intelligence/noshow/booking_history.hpp"

#include "intelligence/instants.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace steward::intelligence::noshow {

namespace {

constexpr double rate_weight = 3;  // cases that the tenant's rate counts for
constexpr double usual_rate = 0.2; // of a tenant without history
constexpr double usual_weight = 20;
constexpr double half_life_days = 20;

struct named_feature {
  const char* name;
  double booking_history::features::*cell;
};

using row = booking_history::features;
constexpr std::array history_columns{
    named_feature{"lead_days", &row::lead_days},
    named_feature{"past", &row::past},
    named_feature{"past_missed", &row::past_missed},
    named_feature{"missed_rate", &row::missed_rate},
    named_feature{"recent_rate", &row::recent_rate},
    named_feature{"last_missed", &row::last_missed},
    named_feature{"kept_in_a_row", &row::kept_in_a_row},
    named_feature{"days_since_last", &row::days_since_last},
    named_feature{"open", &row::open},
    named_feature{"same_day", &row::same_day},
    named_feature{"booked_together", &row::booked_together},
    named_feature{"days_since_booked", &row::days_since_booked},
    named_feature{"booked_since", &row::booked_since},
    named_feature{"kept_since", &row::kept_since},
    named_feature{"missed_since", &row::missed_since},
    named_feature{"days_to_next", &row::days_to_next},
};
constexpr std::array clock_columns{"start_weekday", "start_hour", "booked_weekday", "booked_hour"};

/// Times beyond thousands of years are nobody's appointment; kept here, no sum can overflow.
int64_t sane(int64_t us) { return std::clamp(us, -100'000 * 366 * day_us, 100'000 * 366 * day_us); }

double days(int64_t us) { return static_cast<double>(us) / static_cast<double>(day_us); }

/// How many of the sorted times are at most `us`.
size_t count_until(const std::vector<int64_t>& sorted, int64_t us) {
  return static_cast<size_t>(std::upper_bound(sorted.begin(), sorted.end(), us) - sorted.begin());
}

/// How many were made until then.
template <class Customer>
size_t made_until(const Customer& c, int64_t us) {
  return count_until(c.booked_sorted_us, us);
}

double halvings(int64_t us) { return days(us) / half_life_days; }

} // namespace

booking_history::booking_history(const std::vector<booking>& bookings, int64_t known_after_us)
    : known_after_us_(std::clamp<int64_t>(known_after_us, 0, 366 * day_us)) {
  struct item {
    int64_t known;
    int64_t booked;
    bool missed;
  };
  std::unordered_map<std::string_view, std::vector<item>> grouped;
  std::vector<item> all;
  for (const auto& b : bookings) {
    const auto starts = sane(b.starts_us);
    const item i{starts + known_after_us_, std::min(sane(b.booked_us), starts), b.missed};
    grouped[b.customer_id].push_back(i);
    all.push_back(i);
  }
  const auto earlier = [](const item& a, const item& b) {
    return a.known != b.known ? a.known < b.known : a.booked < b.booked;
  };
  for (auto& [id, items] : grouped) {
    std::stable_sort(items.begin(), items.end(), earlier);
    auto& c = customers_[std::string{id}];
    // Decayed sums are kept relative to the time of each entry, so that no power grows large.
    uint32_t missed = 0, streak = 0;
    double sum = 0, missed_sum = 0;
    for (size_t i = 0; i < items.size(); ++i) {
      const auto fade = i == 0 ? 0 : std::exp2(-halvings(items[i].known - items[i - 1].known));
      missed += items[i].missed ? 1U : 0U;
      streak = items[i].missed ? 0 : streak + 1;
      sum = sum * fade + 1;
      missed_sum = missed_sum * fade + (items[i].missed ? 1 : 0);
      c.known_us.push_back(items[i].known);
      c.booked_us.push_back(items[i].booked);
      c.missed.push_back(missed);
      c.decayed.push_back(sum);
      c.decayed_missed.push_back(missed_sum);
      c.kept_streak.push_back(streak);
    }
    c.booked_sorted_us = c.booked_us;
    std::sort(c.booked_sorted_us.begin(), c.booked_sorted_us.end());
  }
  std::stable_sort(all.begin(), all.end(), earlier);
  uint32_t missed = 0;
  for (const auto& i : all) {
    missed += i.missed ? 1U : 0U;
    known_us_.push_back(i.known);
    missed_.push_back(missed);
  }
}

booking_history::features booking_history::at(const booking& which, int64_t now_us,
                                              bool itself_known) const {
  features f;
  const auto now = sane(now_us);
  const auto starts = sane(which.starts_us);
  const auto booked = std::min(sane(which.booked_us), starts);
  f.lead_days = days(starts - booked);
  const auto all_known = count_until(known_us_, now);
  const auto all_missed = all_known > 0 ? static_cast<double>(missed_[all_known - 1]) : 0.0;
  f.tenant_rate =
      (all_missed + usual_weight * usual_rate) / (static_cast<double>(all_known) + usual_weight);
  f.missed_rate = f.recent_rate = f.tenant_rate;
  const auto found = customers_.find(which.customer_id);
  if (found == customers_.end()) return f;
  const auto& c = found->second;
  const auto self = itself_known ? 1.0 : 0.0;

  const auto known = count_until(c.known_us, now); // how many
  f.past = static_cast<double>(known);
  if (known > 0) {
    const auto last = known - 1;
    const auto fade = std::exp2(-halvings(now - c.known_us[last]));
    f.past_missed = c.missed[last];
    f.missed_rate = (f.past_missed + rate_weight * f.tenant_rate) / (f.past + rate_weight);
    f.recent_rate = (c.decayed_missed[last] * fade + f.tenant_rate) / (c.decayed[last] * fade + 1);
    f.kept_in_a_row = c.kept_streak[last];
    f.last_missed = c.kept_streak[last] == 0 ? 1 : 0;
    f.days_since_last = days(starts - (c.known_us[last] - known_after_us_));
  }
  // Since it was made: what was made anew, what became of others.
  f.booked_since = static_cast<double>(made_until(c, now)) -
                   static_cast<double>(made_until(c, std::min(booked + hour_us, now)));
  const auto known_then = std::min(count_until(c.known_us, booked + known_after_us_), known);
  const auto missed_then = known_then > 0 ? c.missed[known_then - 1] : 0;
  const auto missed_now = known > 0 ? c.missed[known - 1] : 0;
  f.missed_since = static_cast<double>(missed_now - missed_then);
  f.kept_since = static_cast<double>(known - known_then) - f.missed_since;
  // The nearest open one beside it.
  const auto here = starts + known_after_us_;
  const auto place = static_cast<size_t>(
      std::lower_bound(c.known_us.begin(), c.known_us.end(), here) - c.known_us.begin());
  for (auto i = place, seen = size_t{0}; i < c.known_us.size() && seen < 64; ++i, ++seen)
    if (c.booked_us[i] <= now && !(c.known_us[i] == here)) {
      f.days_to_next = days(c.known_us[i] - here);
      break;
    }
  // Whatever is known was booked, so the rest of what is booked is open.
  const auto made = static_cast<double>(count_until(c.booked_sorted_us, now));
  f.open = std::max(made - f.past - self, 0.0);

  const auto first = std::lower_bound(c.known_us.begin(), c.known_us.end(),
                                      starts + known_after_us_ - 12 * hour_us) -
                     c.known_us.begin();
  for (auto i = static_cast<size_t>(first), seen = size_t{0};
       i < c.known_us.size() && c.known_us[i] < starts + known_after_us_ + 12 * hour_us &&
       seen < 64;
       ++i, ++seen)
    f.same_day += c.booked_us[i] <= now ? 1 : 0;
  f.same_day = std::max(f.same_day - self, 0.0);

  const auto until = std::min(booked + hour_us, now);
  f.booked_together =
      std::max(static_cast<double>(count_until(c.booked_sorted_us, until)) -
                   static_cast<double>(count_until(c.booked_sorted_us, booked - hour_us)) - self,
               0.0);
  if (const auto before = count_until(c.booked_sorted_us, booked - hour_us); before > 0)
    f.days_since_booked = days(booked - c.booked_sorted_us[before - 1]);
  return f;
}

booking_columns::booking_columns(feature_table& table) : first_(table.columns().size()) {
  for (const auto& column : history_columns) table.add_number(column.name);
  for (const auto* name : clock_columns) table.add_number(name);
}

void booking_columns::fill(feature_table& table, const booking& which,
                           const booking_history::features& f,
                           const workflow::schedule::time_zone& zone) const {
  const auto weekday = [](int64_t local) {
    const auto day = day_number(local);
    return static_cast<double>(((day + 4) % 7 + 7) % 7); // 0 is Sunday
  };
  const auto hour = [](int64_t local) {
    return static_cast<double>(local - day_number(local) * day_us) / static_cast<double>(hour_us);
  };
  const auto starts = zone.to_local(sane(which.starts_us));
  const auto booked = zone.to_local(sane(which.booked_us));
  auto next = first_;
  for (const auto& column : history_columns) table.set(next++, f.*column.cell);
  for (auto cell : {weekday(starts), hour(starts), weekday(booked), hour(booked)})
    table.set(next++, cell);
}

} // namespace steward::intelligence::noshow
