#include "workflow/reader/core_scalar.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string>

namespace steward::workflow::reader {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

template <size_t N>
bool is_one_of(std::string_view text, const std::array<std::string_view, N>& words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

constexpr std::array<std::string_view, 5> nulls{"", "~", "null", "Null", "NULL"};
constexpr std::array<std::string_view, 3> trues{"true", "True", "TRUE"};
constexpr std::array<std::string_view, 3> falses{"false", "False", "FALSE"};
constexpr std::array<std::string_view, 3> infinities{".inf", ".Inf", ".INF"};
constexpr std::array<std::string_view, 3> nans{".nan", ".NaN", ".NAN"};

/// The digits after `0o` or `0x`; text if one of them is no digit of that base.
value read_based(std::string_view text, int base) {
  auto digits = text.substr(2);
  auto end = digits.data() + digits.size();
  int64_t exact = 0;
  auto [stop, error] = std::from_chars(digits.data(), end, exact, base);
  if (stop != end || digits.empty() || digits.front() == '-') return text;
  if (error == std::errc{}) return exact;
  double approximate = 0; // more than 63 bits: as precise as a double can be
  for (char c : digits) {
    int digit = is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10;
    approximate = approximate * base + digit;
  }
  return approximate;
}

enum class shape { text, integer, decimal };

/// `[-+]?[0-9]+`, or `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`.
shape shape_of(std::string_view text) {
  auto digits = [&] {
    size_t n = 0;
    for (; !text.empty() && is_digit(text.front()); ++n) text.remove_prefix(1);
    return n;
  };
  auto sign = [&] {
    if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  };
  sign();
  auto whole = digits();
  auto found = shape::integer;
  size_t fraction = 0;
  if (!text.empty() && text.front() == '.') {
    text.remove_prefix(1);
    fraction = digits();
    found = shape::decimal;
  }
  if (whole + fraction == 0) return shape::text;
  if (!text.empty() && (text.front() | 0x20) == 'e') {
    text.remove_prefix(1);
    sign();
    if (digits() == 0) return shape::text;
    found = shape::decimal;
  }
  return text.empty() ? found : shape::text;
}

std::optional<value> read_number(std::string_view text, shape s) {
  if (text.front() == '+') text.remove_prefix(1);
  auto end = text.data() + text.size();
  if (s == shape::integer) {
    int64_t exact = 0;
    if (std::from_chars(text.data(), end, exact).ec == std::errc{}) return value{exact};
  }
  double d = 0;
  auto [stop, error] = std::from_chars(text.data(), end, d);
  // Out of range is either too large or so small that it is zero.
  if (error == std::errc::result_out_of_range) d = std::strtod(std::string{text}.c_str(), nullptr);
  if (!std::isfinite(d)) return std::nullopt;
  return value{d};
}

} // namespace

std::optional<value> resolve_core_scalar(std::string_view text) {
  // Most scalars are words: decide them by their first character.
  if (text.empty()) return value{};
  auto first = text.front();
  if (!is_digit(first) && std::string_view{"~nNtTfF.+-"}.find(first) == std::string_view::npos)
    return value{text};
  if (is_one_of(text, nulls)) return value{};
  if (is_one_of(text, trues)) return value{true};
  if (is_one_of(text, falses)) return value{false};
  auto unsigned_text = first == '-' || first == '+' ? text.substr(1) : text;
  if (is_one_of(unsigned_text, infinities) || is_one_of(text, nans)) return std::nullopt;
  if (text.starts_with("0o")) return read_based(text, 8);
  if (text.starts_with("0x")) return read_based(text, 16);
  auto s = shape_of(text);
  if (s == shape::text) return value{text};
  return read_number(text, s);
}

} // namespace steward::workflow::reader
