#include "workflow/duration.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <limits>
#include <optional>

namespace steward::workflow {

namespace {

constexpr int64_t second = 1'000'000;
constexpr int64_t minute = 60 * second;
constexpr int64_t hour = 60 * minute;
constexpr int64_t day = 24 * hour;
constexpr int64_t latest = std::numeric_limits<int64_t>::max();
// Calendar arithmetic holds between the years 1 and 32000; no clock shows times outside.
constexpr int64_t calendar_begin = -62'000'000'000 * second;
constexpr int64_t calendar_end = 947'000'000'000 * second;
constexpr int64_t calendar_years = 32'000;

constexpr std::string_view grammar =
    "an ISO 8601 duration such as PT30S, PT1H30M, P1D or P1Y2M10DT2H30M";

/// One component of the text: what its letter stands for, either in calendar months or fixed time.
struct unit {
  char letter;
  bool after_t;
  int64_t months;
  int64_t us;
};
// In the order in which ISO 8601 wants them.
constexpr std::array units{
    unit{'Y', false, 12, 0},    unit{'M', false, 1, 0},   unit{'W', false, 0, 7 * day},
    unit{'D', false, 0, day},   unit{'H', true, 0, hour}, unit{'M', true, 0, minute},
    unit{'S', true, 0, second},
};

struct number {
  int64_t whole = 0;
  double fraction = 0;
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Takes `digits[.digits]` off the front; none if there is none or it does not fit.
std::optional<number> take_number(std::string_view& text) {
  number result;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), result.whole);
  if (error != std::errc{} || !is_digit(text.front())) return std::nullopt;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  if (text.empty() || text.front() != '.') return result;
  text.remove_prefix(1);
  double weight = 0.1;
  if (text.empty() || !is_digit(text.front())) return std::nullopt;
  for (; !text.empty() && is_digit(text.front()); text.remove_prefix(1), weight /= 10)
    result.fraction += (text.front() - '0') * weight;
  return result;
}

/// sum += whole * factor + fraction * factor, unless that overflows.
bool add(int64_t& sum, const number& n, int64_t factor) {
  int64_t product = 0;
  return !__builtin_mul_overflow(n.whole, factor, &product) &&
         !__builtin_add_overflow(sum, product, &sum) &&
         !__builtin_add_overflow(
             sum, static_cast<int64_t>(std::llround(n.fraction * static_cast<double>(factor))),
             &sum);
}

failed<std::string> refuse(std::string_view why) {
  return failed{std::string{why} + "; expected " + std::string{grammar}};
}

} // namespace

outcome<duration, std::string> parse_duration(std::string_view text) {
  if (text.empty()) return refuse("the duration is empty");
  if (text.front() == '-') return refuse("a duration can't be negative");
  if (text.front() != 'P') return refuse("a duration starts with P");
  text.remove_prefix(1);
  duration result;
  bool in_time = false;
  bool any = false;
  auto next = units.begin(); // components come in this order, each at most once
  while (!text.empty()) {
    if (text.front() == 'T') {
      if (in_time) return refuse("the duration has T twice");
      in_time = true;
      any = false; // at least one component has to follow
      text.remove_prefix(1);
      continue;
    }
    if (!is_digit(text.front())) return refuse("a number is missing in the duration");
    auto n = take_number(text);
    if (!n) return refuse("a number in the duration is malformed or too large");
    if (text.empty()) return refuse("the duration ends with a number that has no unit");
    auto found = std::find_if(next, units.end(), [&](const unit& u) {
      return u.letter == text.front() && u.after_t == in_time;
    });
    if (found == units.end()) return refuse("the duration has a unit that does not belong there");
    text.remove_prefix(1);
    next = found + 1;
    any = true;
    if (found->months > 0) {
      // A fraction of a month has no length; a fraction of a year may be whole months.
      auto extra = n->fraction * static_cast<double>(found->months);
      if (std::abs(extra - std::round(extra)) > 1e-9)
        return refuse("years and months can't have a fraction that is not whole months");
    }
    if (!add(found->months > 0 ? result.months : result.us, *n,
             found->months > 0 ? found->months : found->us))
      return refuse("the duration is too long");
  }
  if (!any) return refuse("the duration has no component");
  return result;
}

outcome<duration, std::string> read_duration(const value& v) {
  if (v.is_string()) return parse_duration(v.as_string());
  if (!v.is_object() || v.size() == 0)
    return failed{std::string{"a duration is an ISO 8601 text or an object of days, hours, "
                              "minutes, seconds, milliseconds"}};
  static constexpr std::array<std::pair<std::string_view, int64_t>, 5> fields{
      {{"days", day},
       {"hours", hour},
       {"minutes", minute},
       {"seconds", second},
       {"milliseconds", 1000}}};
  duration result;
  for (const auto& m : v.members()) {
    auto name = std::string{m.key.as_string()};
    auto field =
        std::find_if(fields.begin(), fields.end(), [&](const auto& f) { return f.first == name; });
    if (field == fields.end())
      return failed{"a duration has no \"" + name +
                    "\"; its fields are days, hours, minutes, seconds, milliseconds"};
    number n;
    if (m.item.is_int()) {
      n.whole = m.item.as_int();
    } else if (m.item.is_number() && m.item.as_double() == std::trunc(m.item.as_double()) &&
               std::abs(m.item.as_double()) < 9e18) {
      n.whole = static_cast<int64_t>(m.item.as_double());
    } else {
      return failed{"\"" + name + "\" of a duration must be a whole number"};
    }
    if (n.whole < 0) return failed{"\"" + name + "\" of a duration can't be negative"};
    if (!add(result.us, n, field->second)) return failed{std::string{"the duration is too long"}};
  }
  return result;
}

int64_t duration::after(int64_t start_us) const {
  using namespace std::chrono;
  if (months != 0) {
    if (start_us > calendar_end) return latest;
    start_us = std::max(start_us, calendar_begin);
    auto days_since = start_us / day - (start_us % day < 0 ? 1 : 0);
    auto time_of_day = start_us - days_since * day;
    auto date = year_month_day{sys_days{days{days_since}}};
    // Counted from year 0, so that adding months is plain arithmetic.
    int64_t total = 0;
    if (__builtin_add_overflow(static_cast<int64_t>(static_cast<int>(date.year())) * 12 +
                                   static_cast<unsigned>(date.month()) - 1,
                               months, &total) ||
        total / 12 > calendar_years)
      return latest;
    auto target = year_month{year{static_cast<int>(total / 12)},
                             month{static_cast<unsigned>(total % 12) + 1}};
    auto last = (target / std::chrono::last).day();
    auto result = sys_days{target / std::min(date.day(), last)};
    start_us = result.time_since_epoch().count() * day + time_of_day;
  }
  int64_t sum = 0;
  return __builtin_add_overflow(start_us, us, &sum) ? latest : sum;
}

} // namespace steward::workflow
