#include "workflow/version.hpp"

#include <algorithm>

namespace steward::workflow {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
}
bool is_numeric(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

/// Takes the text up to `separator` off the front, and the separator with it.
std::string_view take(std::string_view& rest, char separator) {
  auto end = std::min(rest.find(separator), rest.size());
  auto part = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return part;
}

int sign(int n) { return (n > 0) - (n < 0); }

// No leading zeros, so the longer number is the larger one.
int compare_numbers(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
  return sign(a.compare(b));
}

int compare_identifiers(std::string_view a, std::string_view b) {
  auto a_numeric = is_numeric(a), b_numeric = is_numeric(b);
  if (a_numeric && b_numeric) return compare_numbers(a, b);
  if (a_numeric != b_numeric) return a_numeric ? -1 : 1;
  return sign(a.compare(b));
}

struct parts {
  std::string_view core, pre_release, build;
  bool has_pre_release = false, has_build = false;
};

parts split(std::string_view text) {
  parts p;
  auto plus = text.find('+');
  p.has_build = plus != text.npos;
  if (p.has_build) p.build = text.substr(plus + 1);
  text = text.substr(0, plus);
  auto dash = text.find('-');
  p.has_pre_release = dash != text.npos;
  if (p.has_pre_release) p.pre_release = text.substr(dash + 1);
  p.core = text.substr(0, dash);
  return p;
}

/// Dot-separated, none empty; with `numbers_plain` those of digits only have no leading zero.
bool are_identifiers(std::string_view text, bool numbers_plain) {
  for (size_t start = 0; start <= text.size();) {
    auto end = std::min(text.find('.', start), text.size());
    auto part = text.substr(start, end - start);
    if (part.empty() || !std::all_of(part.begin(), part.end(), is_word)) return false;
    if (numbers_plain && part.size() > 1 && part.front() == '0' && is_numeric(part)) return false;
    start = end + 1;
  }
  return true;
}

} // namespace

bool is_version(std::string_view text) noexcept {
  auto p = split(text);
  auto core = p.core;
  return std::count(core.begin(), core.end(), '.') == 2 && are_identifiers(core, true) &&
         std::all_of(core.begin(), core.end(), [](char c) { return c == '.' || is_digit(c); }) &&
         (!p.has_pre_release || are_identifiers(p.pre_release, true)) &&
         (!p.has_build || are_identifiers(p.build, false));
}

int compare_versions(std::string_view a, std::string_view b) noexcept {
  auto a_valid = is_version(a), b_valid = is_version(b);
  if (!a_valid || !b_valid) return a_valid == b_valid ? sign(a.compare(b)) : (a_valid ? 1 : -1);
  auto x = split(a), y = split(b);
  for (int i = 0; i < 3; ++i) {
    auto order = compare_numbers(take(x.core, '.'), take(y.core, '.'));
    if (order != 0) return order;
  }
  if (x.has_pre_release != y.has_pre_release) return x.has_pre_release ? -1 : 1;
  while (!x.pre_release.empty() && !y.pre_release.empty()) {
    auto order = compare_identifiers(take(x.pre_release, '.'), take(y.pre_release, '.'));
    if (order != 0) return order;
  }
  return static_cast<int>(y.pre_release.empty()) - static_cast<int>(x.pre_release.empty());
}

} // namespace steward::workflow
