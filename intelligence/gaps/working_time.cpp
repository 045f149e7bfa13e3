#include "intelligence/gaps/calendar.hpp"
#include "intelligence/instants.hpp"

#include <algorithm>

namespace steward::intelligence::gaps {

namespace {

constexpr int latest_minute = 2 * 24 * 60;

bool has_instants(std::chrono::year_month_day date) {
  return date.ok() && date.year() >= std::chrono::year{1} && date.year() <= std::chrono::year{9999};
}

void append(std::vector<interval>& out, const std::vector<local_hours>& hours,
            std::chrono::year_month_day date, const workflow::schedule::time_zone& zone) {
  for (const auto& stretch : hours) out.push_back(instants_of(stretch, date, zone));
}

} // namespace

int64_t service::length_us() const {
  if (duration_us <= 0) return 0;
  return saturating_add(duration_us, saturating_add(std::max<int64_t>(buffer_before_us, 0),
                                                    std::max<int64_t>(buffer_after_us, 0)));
}

interval instants_of(const local_hours& hours, std::chrono::year_month_day date,
                     const workflow::schedule::time_zone& zone) {
  if (!has_instants(date)) return {};
  const auto begin = std::clamp(hours.begin_minute, 0, latest_minute);
  const auto end = std::clamp(hours.end_minute, 0, latest_minute);
  if (end <= begin) return {};
  const auto midnight = std::chrono::sys_days{date}.time_since_epoch() / std::chrono::days{1} *
                        int64_t{24 * 60} * minute_us;
  return {zone.to_utc(midnight + begin * minute_us), zone.to_utc(midnight + end * minute_us)};
}

std::vector<interval> working_time(const staff_member& member, std::chrono::year_month_day date,
                                   const workflow::schedule::time_zone& zone) {
  if (!has_instants(date)) return {};
  const auto weekday = std::chrono::weekday{std::chrono::sys_days{date}}.c_encoding();
  std::vector<interval> work;
  std::vector<interval> breaks;
  append(work, member.working_hours[weekday], date, zone);
  append(breaks, member.breaks[weekday], date, zone);
  merge(work);
  merge(breaks);
  return subtract(work, breaks);
}

} // namespace steward::intelligence::gaps
