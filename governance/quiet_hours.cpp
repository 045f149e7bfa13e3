#include "governance/quiet_hours.hpp"

namespace steward::governance {

namespace {

constexpr int64_t minute_us = 60'000'000;
constexpr int64_t local_day_us = 24 * 60 * minute_us;

int64_t since_midnight(int64_t local_us) {
  const auto rest = local_us % local_day_us;
  return rest < 0 ? rest + local_day_us : rest;
}

} // namespace

bool quiet_hours::is_quiet(int64_t now_us, const workflow::schedule::time_zone& zone) const {
  const auto at = since_midnight(zone.to_local(now_us));
  const auto from = from_minute * minute_us, to = to_minute * minute_us;
  if (from == to) return false;
  return from < to ? from <= at && at < to : at >= from || at < to;
}

int64_t quiet_hours::ends_at(int64_t now_us, const workflow::schedule::time_zone& zone) const {
  if (!is_quiet(now_us, zone)) return now_us;
  const auto local = zone.to_local(now_us);
  const auto at = since_midnight(local), to = to_minute * minute_us;
  const auto end = local - at + to + (at < to ? 0 : local_day_us);
  // An hour that comes twice: the end may seem to lie before now.
  const auto utc = zone.to_utc(end);
  return utc > now_us ? utc : zone.to_utc(end + local_day_us);
}

} // namespace steward::governance
