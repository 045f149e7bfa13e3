#include "workflow/schedule/cron.hpp"

#include <algorithm>
#include <bit>
#include <chrono>
#include <limits>

namespace steward::workflow::schedule {

namespace {

constexpr int64_t second = 1'000'000;
constexpr int64_t day_seconds = 86'400;
constexpr int64_t horizon = 100 * 36'525 * day_seconds / 100 * second;
// The years 1 to 30000: calendar arithmetic holds there, and no clock shows times outside.
constexpr int64_t calendar_begin = -62'000'000'000 * second;
constexpr int64_t calendar_end = 884'000'000'000 * second;

constexpr int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

/// The lowest bit of the mask at or above `n`.
std::optional<int> bit_from(uint64_t mask, int n) {
  const auto rest = n < 64 ? mask >> n : 0;
  if (rest == 0) return std::nullopt;
  return n + std::countr_zero(rest);
}

/// Seven weekdays (Sunday is bit 0) as the seven days from one that is a `first`: bit 0 is that
/// day.
uint64_t week_from(unsigned first, uint64_t weekdays) {
  weekdays &= 0x7f;
  return ((weekdays << 7 | weekdays) >> first) & 0x7f;
}

} // namespace

uint32_t cron_expression::day_rules::in_month(int year, unsigned month) const {
  using namespace std::chrono;
  const auto begin = sys_days{std::chrono::year{year} / static_cast<int>(month) / 1};
  const auto first = weekday{begin}.c_encoding();
  const auto last = static_cast<unsigned>(
      (std::chrono::year{year} / static_cast<int>(month) / std::chrono::last).day());
  const auto all = static_cast<uint32_t>(((uint64_t{1} << last) - 1) << 1);

  auto by_date = days & all;
  if (from_end && static_cast<unsigned>(*from_end) < last)
    by_date = uint32_t{1} << (last - static_cast<unsigned>(*from_end));
  if (nearest_weekday && by_date != 0) {
    const auto day = static_cast<unsigned>(std::countr_zero(by_date));
    const auto on = (first + day - 1) % 7;
    if (on == 6) by_date = day == 1 ? by_date << 2 : by_date >> 1;
    if (on == 0) by_date = day == last ? by_date >> 2 : by_date << 1;
  }

  uint64_t by_weekday = 0;
  for (unsigned week = 0; week < 5; ++week)
    by_weekday |= week_from(first, weekdays | nth_weekdays >> (7 * week)) << (7 * week + 1);
  by_weekday |= week_from((first + last) % 7, last_weekdays) << (last - 6);
  const auto matching = static_cast<uint32_t>(by_weekday & all);
  return either ? by_date | matching : by_date & matching;
}

std::optional<int64_t> cron_expression::next_in_day(int64_t from) const {
  const auto hour = static_cast<int>(from / 3600);
  const auto minute = static_cast<int>(from / 60 % 60);
  const auto time = [](int h, int m, int s) { return int64_t{h} * 3600 + m * 60 + s; };
  const auto first_minute = std::countr_zero(minutes_);
  const auto first_second = std::countr_zero(seconds_);
  if (bit_from(hours_, hour) == hour) {
    if (bit_from(minutes_, minute) == minute)
      if (auto s = bit_from(seconds_, static_cast<int>(from % 60))) return time(hour, minute, *s);
    if (auto m = bit_from(minutes_, minute + 1)) return time(hour, *m, first_second);
  }
  if (auto h = bit_from(hours_, hour + 1)) return time(*h, first_minute, first_second);
  return std::nullopt;
}

std::optional<int64_t> cron_expression::next_local(int64_t from_us, int64_t until_us) const {
  using namespace std::chrono;
  const auto from = floor_div(from_us + second - 1, second);
  const auto start = floor_div(from, day_seconds);
  const auto date = year_month_day{sys_days{days{start}}};
  auto month = year_month{date.year(), date.month()};
  auto first_day = static_cast<int>(static_cast<unsigned>(date.day()));
  auto first_time = from - start * day_seconds;
  for (;; month += months{1}, first_day = 1, first_time = 0) {
    const auto begin = sys_days{month / 1}.time_since_epoch().count();
    if (begin * day_seconds * second >= until_us) return std::nullopt;
    const auto number = static_cast<unsigned>(month.month());
    if ((months_ >> number & 1) == 0) continue;
    const auto matching = days_.in_month(static_cast<int>(month.year()), number);
    for (auto day = bit_from(matching, first_day); day; day = bit_from(matching, *day + 1)) {
      const auto time = next_in_day(*day == first_day ? first_time : 0);
      if (!time) continue; // nothing in the rest of the first day
      const auto result = ((begin + *day - 1) * day_seconds + *time) * second;
      return result < until_us ? std::optional{result} : std::nullopt;
    }
  }
}

std::optional<int64_t> cron_expression::next(int64_t after_us, const time_zone& zone) const {
  if (after_us > calendar_end) return std::nullopt;
  after_us = std::max(after_us, calendar_begin);
  return interval_ ? next_of_interval(after_us, zone) : next_fixed(after_us, zone);
}

std::optional<int64_t> cron_expression::next_fixed(int64_t after_us, const time_zone& zone) const {
  const auto now = zone.at(after_us);
  auto from = after_us + now.offset_us + 1;
  // In the second pass of a repeated hour: its times have fired in the first.
  if (now.begin_us > calendar_begin)
    from = std::max(from, now.begin_us + zone.at(now.begin_us - 1).offset_us);
  const auto local = next_local(from, from + horizon);
  return local ? std::optional{zone.to_utc(*local)} : std::nullopt;
}

std::optional<int64_t> cron_expression::next_of_interval(int64_t after_us,
                                                         const time_zone& zone) const {
  auto now = zone.at(after_us);
  const auto from = after_us + now.offset_us + 1;
  auto local = next_local(from, from + horizon);
  if (!local) return std::nullopt;
  while (*local - now.offset_us >= now.end_us) {
    const auto then = zone.at(now.end_us);
    const auto old_local = now.end_us + now.offset_us;
    const auto new_local = now.end_us + then.offset_us;
    if (*local < new_local) return now.end_us; // swallowed by the gap
    if (new_local < old_local)
      if (auto again = next_local(new_local, old_local)) local = again;
    now = then;
  }
  return *local - now.offset_us;
}

} // namespace steward::workflow::schedule
