#include "workflow/schema/comparison.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace steward::workflow::schema {

namespace {

// Wide enough for every int64_t and every double.
static_assert(std::numeric_limits<long double>::digits >= 64);

long double wide(const value& n) {
  return n.is_int() ? static_cast<long double>(n.as_int())
                    : static_cast<long double>(n.as_double());
}

} // namespace

int compare_numbers(const value& a, const value& b) noexcept {
  auto x = wide(a), y = wide(b);
  return (x > y) - (x < y);
}

bool is_whole(const value& n) noexcept {
  return n.is_int() || (std::isfinite(n.as_double()) && std::trunc(n.as_double()) == n.as_double());
}

bool is_multiple(const value& number, const value& of) noexcept {
  if (number.is_int() && of.is_int()) return number.as_int() % of.as_int() == 0;
  auto quotient = number.as_double() / of.as_double();
  if (!std::isfinite(quotient)) return false;
  auto rounding = 8 * std::numeric_limits<double>::epsilon() * std::abs(quotient);
  return std::abs(quotient - std::round(quotient)) <= rounding;
}

size_t hash_value(const value& v, const spend_function& spend) {
  spend(1);
  auto mix = [](size_t seed, size_t more) {
    return (seed ^ more) * size_t{0x9e3779b97f4a7c15} + (seed >> 31);
  };
  switch (v.type()) {
  case value::kind::null:
    return 11;
  case value::kind::boolean:
    return v.as_bool() ? 13 : 17;
  case value::kind::integer:
  case value::kind::number:
    return mix(19, std::hash<double>{}(v.as_double()));
  case value::kind::string:
    return mix(23, std::hash<std::string_view>{}(v.as_string()));
  case value::kind::array: {
    size_t h = 29;
    for (const auto& item : v.items()) h = mix(h, hash_value(item, spend));
    return h;
  }
  case value::kind::object: {
    size_t h = 31; // a sum, because the order of members does not matter
    for (const auto& m : v.members())
      h += mix(std::hash<std::string_view>{}(m.key.as_string()), hash_value(m.item, spend));
    return h;
  }
  }
  return 0;
}

bool same_value(const value& a, const value& b, const spend_function& spend) {
  spend(1);
  if (a.is_number() && b.is_number()) return compare_numbers(a, b) == 0;
  if (a.type() != b.type() || a.size() != b.size()) return false;
  if (a.is_array()) {
    for (size_t i = 0; i < a.size(); ++i)
      if (!same_value(a.items()[i], b.items()[i], spend)) return false;
    return true;
  }
  if (a.is_object()) {
    for (const auto& m : a.members()) {
      const auto* other = b.find(m.key.as_string());
      if (!other || !same_value(m.item, *other, spend)) return false;
    }
    return true;
  }
  return a == b;
}

size_t count_characters(std::string_view text) noexcept {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

} // namespace steward::workflow::schema
