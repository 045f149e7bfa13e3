#include "demo/calendar.hpp"

namespace steward::demo {

bool calendar::is_free(const slot& wanted) const {
  const auto end = wanted.end_us + salon_->services[wanted.service].buffer_after_us();
  const auto day = salon_->local_day(wanted.start_us);
  const auto& hours = salon_->staff[wanted.staff].week[salon::weekday(day)];
  if (!hours) return false;
  const auto at = [&](int minute) { return salon_->instant(day, minute); };
  if (wanted.start_us < at(hours->begin_minute) || end > at(hours->end_minute)) return false;
  if (wanted.start_us < at(hours->break_end_minute) && end > at(hours->break_begin_minute))
    return false;
  const auto& taken = taken_[wanted.staff];
  const auto next = taken.lower_bound(wanted.start_us);
  if (next != taken.end() && next->first < end) return false;
  return next == taken.begin() || std::prev(next)->second <= wanted.start_us;
}

void calendar::take(const slot& s) {
  taken_[s.staff][s.start_us] = s.end_us + salon_->services[s.service].buffer_after_us();
}

void calendar::release(const slot& s) { taken_[s.staff].erase(s.start_us); }

std::vector<slot> calendar::offers(const wanted_visit& v, int64_t earliest_us, size_t most) const {
  std::vector<slot> found;
  const auto& s = *salon_;
  const auto look = [&](size_t staff, int minutes) {
    const auto start = v.wanted_us + minutes * minute_us;
    const slot one{staff, v.service, start, start + s.services[v.service].length_us()};
    if (found.size() < most && start >= earliest_us && s.staff[staff].can(v.service) &&
        is_free(one))
      found.push_back(one);
  };
  constexpr std::array near = {0, 15, -15, 30, -30, 45, -45, 60, -60};
  constexpr std::array far = {90, -90, 120, -120, 150, -150, 180, -180};
  for (const auto minutes : near) look(v.staff, minutes);
  if (v.picky) return found;
  const auto first = s.luck.below(s.staff.size(), "who else", v.customer, v.number);
  for (const auto minutes : near)
    for (size_t i = 0; i < s.staff.size() && found.size() < most; ++i)
      if (const auto who = (first + i) % s.staff.size(); who != v.staff) look(who, minutes);
  for (const auto minutes : far)
    for (size_t i = 0; i < s.staff.size() && found.size() < most; ++i)
      look((first + i) % s.staff.size(), minutes);
  return found;
}

int64_t working_us(const salon& s, int64_t from_day, int64_t to_day) {
  int64_t all = 0;
  for (auto day = from_day; day < to_day; ++day)
    for (const auto& m : s.staff)
      if (const auto& hours = m.week[salon::weekday(day)])
        all += (hours->end_minute - hours->begin_minute -
                (hours->break_end_minute - hours->break_begin_minute)) *
               minute_us;
  return all;
}

} // namespace steward::demo
