#include "workflow/schedule/time_zone.hpp"

#include "workflow/reader/nearest.hpp"

#include <chrono>
#include <date/tz.h>
#include <limits>
#include <stdexcept>
#include <vector>

static_assert(USE_OS_TZDB, "the time zones are those of the system, never downloaded");

namespace steward::workflow::schedule {

namespace {

constexpr int64_t earliest = std::numeric_limits<int64_t>::min();
constexpr int64_t latest = std::numeric_limits<int64_t>::max();

std::chrono::seconds floor_seconds(int64_t us) {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::microseconds{us});
}

/// The library's time line ends with its last and first year, which stand for "no end" and "no
/// begin".
int64_t to_us(date::sys_seconds instant) {
  constexpr int64_t limit = 900'000'000'000; // about 28,500 years
  const auto seconds = instant.time_since_epoch().count();
  if (seconds > limit) return latest;
  if (seconds < -limit) return earliest;
  return seconds * 1'000'000;
}

int64_t to_us(std::chrono::seconds offset) { return offset.count() * 1'000'000; }

} // namespace

outcome<time_zone, std::string> time_zone::find(std::string_view name) try {
  time_zone found;
  if (name == found.name()) return found;
  const auto& zones = date::get_tzdb().zones;
  std::vector<std::string_view> known{found.name()};
  for (const auto& zone : zones) {
    if (zone.name() == "localtime") continue; // another one on each machine
    if (zone.name() == name) {
      found.zone_ = &zone;
      return found;
    }
    known.push_back(zone.name());
  }
  return failed{"there is no time zone \"" + std::string{name} +
                "\"; expected UTC or an IANA name such as Europe/Berlin" +
                reader::suggestion(name, known)};
} catch (const std::runtime_error& what) {
  return failed{"the system's time zone database (package tzdata) can't be read: " +
                std::string{what.what()}};
}

std::string_view time_zone::name() const {
  return zone_ ? std::string_view{zone_->name()} : std::string_view{"UTC"};
}

time_zone::stretch time_zone::at(int64_t utc_us) const {
  if (!zone_) return {earliest, latest, 0};
  const auto info = zone_->get_info(date::sys_seconds{floor_seconds(utc_us)});
  return {to_us(info.begin), to_us(info.end), to_us(info.offset)};
}

int64_t time_zone::to_local(int64_t utc_us) const { return utc_us + at(utc_us).offset_us; }

int64_t time_zone::to_utc(int64_t local_us) const {
  if (!zone_) return local_us;
  const auto info = zone_->get_info(date::local_seconds{floor_seconds(local_us)});
  return info.result == date::local_info::nonexistent ? to_us(info.first.end)
                                                      : local_us - to_us(info.first.offset);
}

} // namespace steward::workflow::schedule
