#include "workflow/expression/evaluation.hpp"
#include "workflow/expression/natives.hpp"
#include "workflow/expression/order.hpp"

#include <algorithm>
#include <array>
#include <cctype>
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

value broken_down(const std::tm& t, double fraction) {
  return value::array({t.tm_year + 1900, t.tm_mon, t.tm_mday, t.tm_hour, t.tm_min,
                       fraction == 0 ? value(t.tm_sec) : value(t.tm_sec + fraction), t.tm_wday,
                       t.tm_yday});
}

bool gmtime(evaluation& e, const value& in, const value*, value& out) {
  if (!in.is_number()) return e.fail("gmtime() requires numeric inputs");
  auto seconds = in.as_double();
  auto whole = std::trunc(seconds);
  auto t = std::tm{};
  auto since = static_cast<std::time_t>(std::fabs(whole) < 1e17 ? whole : 0);
  if (!(std::fabs(whole) < 1e17) || !::gmtime_r(&since, &t))
    return e.fail("error converting number of seconds since epoch to datetime");
  out = broken_down(t, seconds - std::floor(seconds));
  return true;
}

/// What is missing behind the year is the least; what is past its range is carried over. False if
/// there is something that is no number.
bool read_time(const value& v, std::tm& t) {
  auto fields = std::array<int, 8>{};
  for (size_t i = 0; i < std::min<size_t>(v.size(), fields.size()); ++i) {
    const auto& item = v.items()[i];
    if (!item.is_number() || std::isnan(item.as_double())) return false;
    fields[i] = static_cast<int>(std::clamp(item.as_double() - (i == 0 ? 1900 : 0), -2e9, 2e9));
  }
  if (v.size() == 0) fields[0] = 0;
  t.tm_year = fields[0];
  t.tm_mon = fields[1];
  t.tm_mday = fields[2];
  t.tm_hour = fields[3];
  t.tm_min = fields[4];
  t.tm_sec = fields[5];
  ::timegm(&t);
  return true;
}

bool mktime(evaluation& e, const value& in, const value*, value& out) {
  if (!in.is_array()) return e.fail("mktime requires array inputs");
  auto t = std::tm{};
  if (!read_time(in, t)) return e.fail("mktime requires parsed datetime inputs");
  auto since = ::timegm(&t);
  if (since == -1) return e.fail("invalid gmtime representation");
  out = static_cast<int64_t>(since);
  return true;
}

bool formatted(evaluation& e, const value& in, const value& format, const std::string& name,
               value& out) {
  auto parts = in;
  if (in.is_number() && !gmtime(e, in, nullptr, parts)) return false;
  if (!parts.is_array()) return e.fail(name + " requires parsed datetime inputs");
  if (!format.is_string()) return e.fail(name + " requires a string format");
  auto t = std::tm{};
  if (!read_time(parts, t)) return e.fail(name + " requires parsed datetime inputs");
  t.tm_zone = "UTC";
  if (format.size() > format_limit) return e.fail(name + ": the format is too long");
  // An empty result can't be told from a failure, so the format gets one more character.
  // As in jq, a format ends at U+0000.
  auto marked = std::string(format.as_string().substr(0, format.as_string().find('\0'))) + ".";
  auto text = std::vector<char>(marked.size() * 16 + 256);
  auto size = std::strftime(text.data(), text.size(), marked.c_str(), &t);
  if (size == 0) return e.fail(name + ": unknown system failure");
  out = std::string_view(text.data(), size - 1);
  return true;
}

bool strftime(evaluation& e, const value& in, const value* args, value& out) {
  return formatted(e, in, args[0], "strftime/1", out);
}

/// The local time of a server that serves everyone is UTC.
bool strflocaltime(evaluation& e, const value& in, const value* args, value& out) {
  return formatted(e, in, args[0], "strflocaltime/1", out);
}

bool strptime(evaluation& e, const value& in, const value* args, value& out) {
  if (!in.is_string()) return e.fail("strptime/1 requires string inputs and arguments");
  if (!args[0].is_string()) return e.fail("strptime/1 requires string inputs and arguments");
  if (in.size() > format_limit || args[0].size() > format_limit)
    return e.fail("strptime/1: the text is too long");
  auto t = std::tm{};
  auto text = std::string(in.as_string()), format = std::string(args[0].as_string());
  const auto* rest = ::strptime(text.c_str(), format.c_str(), &t);
  if (!rest || (*rest != '\0' && !std::isspace(static_cast<unsigned char>(*rest))))
    return e.fail("date \"" + std::string(text.c_str()) + "\" does not match format \"" +
                  format.c_str() + "\"");
  auto normal = t;
  ::timegm(&normal);
  t.tm_wday = normal.tm_wday;
  t.tm_yday = normal.tm_yday;
  out = broken_down(t, 0);
  if (*rest != '\0') out.push_back(rest);
  return true;
}

constexpr auto rows = std::to_array<native>({
    {"now", 0, now},
    {"gmtime", 0, gmtime},
    {"mktime", 0, mktime},
    {"strftime", 1, strftime},
    {"strflocaltime", 1, strflocaltime},
    {"strptime", 1, strptime},
});

} // namespace

native_rows time_natives() { return {rows.data(), rows.size()}; }

} // namespace steward::workflow::jq
