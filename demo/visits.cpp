#include "demo/visits.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace steward::demo {

namespace {

constexpr int64_t longest_lead_days = 21;

/// One of the days of the week from that day on that suit the customer.
int64_t suitable_day(const salon& s, size_t who, uint64_t number, int64_t day) {
  const auto from = static_cast<int64_t>(s.luck.below(7, "day", who, number));
  for (int64_t i = 0; i < 7; ++i)
    if (const auto one = day + (from + i) % 7;
        s.customers[who].weekdays & (1u << salon::weekday(one)))
      return one;
  return day;
}

/// Nobody rings at night: the instant, or a time of that day when people are up.
int64_t by_day(const salon& s, int64_t us, size_t who, uint64_t which) {
  const auto minute = s.local_minute(us);
  if (minute >= 8 * 60 && minute < 21 * 60) return us;
  return s.instant(s.local_day(us),
                   static_cast<int>(s.luck.between(8.0 * 60, 21.0 * 60, "by day", who, which)));
}

wanted_visit make_visit(const salon& s, size_t who, uint64_t number) {
  const auto& c = s.customers[who];
  const auto& luck = s.luck;
  const auto rhythm = c.rhythm_days;
  const auto wish =
      (static_cast<double>(number) + c.phase + 0.3 * luck.bell("jitter", who, number)) * rhythm;
  const auto day = suitable_day(s, who, number, static_cast<int64_t>(wish));
  auto minute = c.preferred_minute + static_cast<int>(40 * luck.bell("minute", who, number));
  minute = std::clamp(minute / 15 * 15, 9 * 60, 18 * 60 + 30);
  wanted_visit v;
  v.customer = who;
  v.number = number;
  v.wanted_us = s.instant(day, minute);
  const auto lead_days = luck.happens(0.22, "soon", who, number)
                             ? luck.between(0.06, 0.4, "lead", who, number)
                             : std::min(static_cast<double>(longest_lead_days),
                                        0.6 + luck.waiting(4, "lead", who, number));
  v.call_us = by_day(s, v.wanted_us - static_cast<int64_t>(lead_days * static_cast<double>(day_us)),
                     who, number);
  v.call_us = std::min(v.call_us, v.wanted_us - 40 * minute_us);
  v.service = c.preferred_service;
  if (luck.happens(0.25, "something else", who, number))
    v.service = luck.below(s.services.size(), "which else", who, number);
  v.staff = c.preferred_staff;
  v.picky = luck.happens(c.loyalty, "picky", who, number);
  return v;
}

} // namespace

std::vector<wanted_visit> visits_called_between(const salon& s, int64_t from_us, int64_t to_us) {
  std::vector<wanted_visit> all;
  for (size_t who = 0; who < s.customers.size(); ++who) {
    const auto& c = s.customers[who];
    const auto rhythm_us = c.rhythm_days * static_cast<double>(day_us);
    // Two rhythms of jitter on either side, and the time between call and visit.
    const auto first = std::max(0.0, static_cast<double>(from_us - day_us) / rhythm_us - 3);
    const auto last = static_cast<double>(to_us + (longest_lead_days + 8) * day_us) / rhythm_us + 3;
    for (auto k = static_cast<uint64_t>(first); static_cast<double>(k) <= last; ++k) {
      const auto v = make_visit(s, who, k);
      if (v.call_us >= from_us && v.call_us < to_us && v.wanted_us >= c.first_us &&
          v.wanted_us < c.last_us)
        all.push_back(v);
    }
  }
  std::sort(all.begin(), all.end(), [](const wanted_visit& a, const wanted_visit& b) {
    return std::tie(a.call_us, a.customer, a.number) < std::tie(b.call_us, b.customer, b.number);
  });
  return all;
}

fate fate_of(const salon& s, size_t customer, int64_t booked_us, int64_t start_us) {
  const auto& c = s.customers[customer];
  const auto day = static_cast<uint64_t>(s.local_day(start_us));
  fate f;
  if (s.luck.happens(c.cancelling, "cancels", customer, day)) {
    const auto before = s.luck.waiting(20, "cancels before", customer, day);
    const auto at = by_day(
        s, start_us - static_cast<int64_t>(before * static_cast<double>(hour_us)), customer, day);
    if (at > booked_us + 10 * minute_us && at < start_us - 10 * minute_us) {
      f.cancels = true;
      f.cancels_us = at;
    }
  }
  // What was agreed long ago, or for a Monday morning, is missed more often.
  const auto lead_days = static_cast<double>(start_us - booked_us) / static_cast<double>(day_us);
  auto away = c.staying_away * (0.7 + std::min(lead_days, 14.0) / 10);
  if (s.local_minute(start_us) < 10 * 60 + 30) away *= 1.25;
  f.stays_away = s.luck.happens(std::min(away, 0.8), "stays away", customer, day);
  f.forgets = s.luck.happens(0.65, "forgets", customer, day);
  return f;
}

} // namespace steward::demo
