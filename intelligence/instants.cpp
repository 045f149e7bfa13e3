#include "intelligence/instants.hpp"

#include <array>
#include <charconv>
#include <cstdio>

namespace steward::intelligence {

namespace {

using namespace std::chrono;

constexpr int64_t first_day = sys_days{year{1} / 1 / 1}.time_since_epoch().count();
constexpr int64_t last_day = sys_days{year{9999} / 12 / 31}.time_since_epoch().count();

/// Takes exactly `digits` digits off the front; -1 if there are not that many.
int take_digits(std::string_view& text, size_t digits) {
  if (text.size() < digits) return -1;
  int number = 0;
  for (auto c : text.substr(0, digits)) {
    if (c < '0' || c > '9') return -1;
    number = number * 10 + (c - '0');
  }
  text.remove_prefix(digits);
  return number;
}

bool take_char(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

} // namespace

int64_t day_number(int64_t us) { return us / day_us - (us % day_us < 0 ? 1 : 0); }

std::string date_text(year_month_day date) {
  if (!date.ok()) return {};
  std::array<char, 16> text{};
  const auto n =
      std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", static_cast<int>(date.year()),
                    static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return {text.data(), static_cast<size_t>(n)};
}

std::string date_text(int64_t day) {
  if (day < first_day || day > last_day) return {};
  return date_text(year_month_day{sys_days{days{day}}});
}

std::string instant_text(int64_t us) {
  const auto day = day_number(us);
  auto text = date_text(day);
  if (text.empty()) return text;
  const auto seconds = static_cast<int>((us - day * day_us) / second_us);
  std::array<char, 16> clock{};
  const auto n = std::snprintf(clock.data(), clock.size(), "T%02d:%02d:%02dZ", seconds / 3600,
                               seconds / 60 % 60, seconds % 60);
  return text.append(clock.data(), static_cast<size_t>(n));
}

std::optional<int64_t> parse_instant(std::string_view text) {
  const auto year_number = take_digits(text, 4);
  const auto dashed = take_char(text, '-');
  const auto month_number = take_digits(text, 2);
  if (dashed && !take_char(text, '-')) return std::nullopt;
  const auto day_of_month = take_digits(text, 2);
  if (year_number < 1 || month_number < 1 || day_of_month < 1) return std::nullopt;
  const auto date = year{year_number} / month_number / day_of_month;
  if (!date.ok()) return std::nullopt;
  const auto midnight = sys_days{date}.time_since_epoch().count() * day_us;
  if (text.empty()) return midnight;
  if (!take_char(text, 'T')) return std::nullopt;
  const auto hours = take_digits(text, 2);
  if (!take_char(text, ':')) return std::nullopt;
  const auto minutes = take_digits(text, 2);
  if (!take_char(text, ':')) return std::nullopt;
  const auto seconds = take_digits(text, 2);
  int64_t fraction_us = 0;
  if (take_char(text, '.')) {
    size_t digits = 0;
    for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '9'; ++digits)
      if (digits < 6) fraction_us = fraction_us * 10 + (text[digits] - '0');
    if (digits == 0 || digits > 9) return std::nullopt;
    for (auto d = digits; d < 6; ++d) fraction_us *= 10;
    text.remove_prefix(digits);
  }
  take_char(text, 'Z');
  if (!text.empty() || hours < 0 || hours > 23 || minutes < 0 || minutes > 59 || seconds < 0 ||
      seconds > 59)
    return std::nullopt;
  return midnight + hours * hour_us + minutes * minute_us + seconds * second_us + fraction_us;
}

} // namespace steward::intelligence
