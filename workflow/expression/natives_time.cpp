#include "workflow/expression/evaluation.hpp"
#include "workflow/expression/natives.hpp"
#include "workflow/expression/order.hpp"

#include <array>
#include <cmath>
#include <ctime>

/// Dates: seconds since 1970, and jq's "broken down time" `[year, month from 0, day, hours,
/// minutes, seconds, weekday, day of the year]`. All in UTC.
namespace steward::workflow::jq {

namespace {

constexpr size_t format_limit = 4096;

bool now(evaluation& e, const value&, const value*, value& out) {
  out = static_cast<double>(e.now_us()) / 1e6;
  return true;
}

value broken_down(const std::tm& t, double seconds) {
  auto whole = seconds == std::trunc(seconds);
  return value::array({t.tm_year + 1900, t.tm_mon, t.tm_mday, t.tm_hour, t.tm_min,
                       whole ? value(static_cast<int64_t>(seconds)) : value(seconds), t.tm_wday,
                       t.tm_yday});
}

bool gmtime(evaluation& e, const value& in, const value*, value& out) {
  if (!in.is_number()) return e.fail("gmtime() requires a number");
  auto seconds = in.as_double();
  auto whole = std::floor(seconds);
  auto t = std::tm{};
  auto since = static_cast<std::time_t>(std::fabs(whole) < 1e17 ? whole : 0);
  if (!(std::fabs(whole) < 1e17) || !::gmtime_r(&since, &t))
    return e.fail("error converting number of seconds since epoch to datetime");
  out = broken_down(t, t.tm_sec + (seconds - whole));
  return true;
}

/// False if it is no broken down time.
bool read_time(const value& v, std::tm& t) {
  if (!v.is_array() || v.size() < 6) return false;
  auto fields = std::array<int, 8>{};
  for (size_t i = 0; i < std::min<size_t>(v.size(), fields.size()); ++i) {
    const auto& item = v.items()[i];
    if (!item.is_number() || !(std::fabs(item.as_double()) < 2e9)) return false;
    fields[i] = static_cast<int>(std::floor(item.as_double()));
  }
  t.tm_year = fields[0] - 1900;
  t.tm_mon = fields[1];
  t.tm_mday = fields[2];
  t.tm_hour = fields[3];
  t.tm_min = fields[4];
  t.tm_sec = fields[5];
  t.tm_wday = fields[6];
  t.tm_yday = fields[7];
  // `strftime` reads these two as places in tables.
  return t.tm_mon >= 0 && t.tm_mon < 12 && t.tm_wday >= 0 && t.tm_wday < 7;
}

bool mktime(evaluation& e, const value& in, const value*, value& out) {
  if (!in.is_array() || in.size() < 6) return e.fail("mktime requires array of 6 numbers");
  auto t = std::tm{};
  if (!read_time(in, t)) return e.fail("mktime requires parsed datetime inputs");
  out = static_cast<int64_t>(::timegm(&t));
  return true;
}

bool strftime(evaluation& e, const value& in, const value* args, value& out) {
  auto parts = in;
  if (in.is_number() && !gmtime(e, in, nullptr, parts)) return false;
  if (!parts.is_array()) return e.fail("strftime/1 requires parsed datetime inputs");
  if (!args[0].is_string()) return e.fail("strftime/1 requires a string format");
  auto t = std::tm{};
  if (!read_time(parts, t)) return e.fail("strftime/1 requires parsed datetime inputs");
  t.tm_zone = "UTC";
  if (args[0].size() > format_limit) return e.fail("strftime/1: the format is too long");
  // An empty result can't be told from a failure, so the format gets one more character.
  auto format = std::string(args[0].as_string()) + ".";
  auto text = std::vector<char>(format.size() * 16 + 256);
  auto size = std::strftime(text.data(), text.size(), format.c_str(), &t);
  if (size == 0) return e.fail("strftime/1: unknown system failure");
  out = std::string_view(text.data(), size - 1);
  return true;
}

bool strptime(evaluation& e, const value& in, const value* args, value& out) {
  if (!in.is_string()) return e.fail("strptime/1 requires string inputs and arguments");
  if (!args[0].is_string()) return e.fail("strptime/1 requires string inputs and arguments");
  if (in.size() > format_limit || args[0].size() > format_limit)
    return e.fail("strptime/1: the text is too long");
  auto t = std::tm{};
  auto text = std::string(in.as_string()), format = std::string(args[0].as_string());
  const auto* rest = ::strptime(text.c_str(), format.c_str(), &t);
  if (!rest || *rest != '\0')
    return e.fail("date \"" + text + "\" does not match format \"" + format + "\"");
  auto seconds = t.tm_sec;
  auto normal = t;
  ::timegm(&normal);
  t.tm_wday = normal.tm_wday;
  t.tm_yday = normal.tm_yday;
  out = broken_down(t, seconds);
  return true;
}

constexpr auto rows = std::to_array<native>({
    {"now", 0, now},
    {"gmtime", 0, gmtime},
    {"mktime", 0, mktime},
    {"strftime", 1, strftime},
    {"strptime", 1, strptime},
});

} // namespace

native_rows time_natives() { return {rows.data(), rows.size()}; }

} // namespace steward::workflow::jq
