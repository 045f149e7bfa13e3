#include "workflow/expression/order.hpp"

#include <cmath>
#include <limits>

/// The binary operators.
namespace steward::workflow::jq {

namespace {

/// jq's limit for what a text may be repeated to.
constexpr double text_limit = 2147483647;
/// Objects merged into each other deeper than this are refused, as jq does.
constexpr uint32_t merge_depth_limit = 10'000;

bool refuse(evaluation& e, const value& a, const value& b, std::string_view what) {
  return e.fail(described(a) + " and " + described(b) + " cannot be " + std::string(what));
}

bool both(value::kind k, const value& a, const value& b) { return a.type() == k && b.type() == k; }

value add_numbers(const value& a, const value& b) {
  int64_t sum = 0;
  if (a.is_int() && b.is_int() && !__builtin_add_overflow(a.as_int(), b.as_int(), &sum)) return sum;
  return a.as_double() + b.as_double();
}

bool add(evaluation& e, value a, const value& b, value& out) {
  if (a.is_null()) {
    out = b;
  } else if (b.is_null()) {
    out = std::move(a);
  } else if (a.is_number() && b.is_number()) {
    out = add_numbers(a, b);
  } else if (a.is_string() && b.is_string()) {
    allocation_budget::charge(a.size() + b.size());
    e.spend((a.size() + b.size()) / 64);
    auto text = std::string{};
    text.reserve(a.size() + b.size());
    text.append(a.as_string()).append(b.as_string());
    out = value(text);
  } else if (a.is_array() && b.is_array()) {
    e.spend(b.size() / 4);
    if (a.size() == 0) {
      out = b;
    } else {
      for (size_t i = 0, n = b.size(); i < n; ++i) a.push_back(b.items()[i]);
      out = std::move(a);
    }
  } else if (a.is_object() && b.is_object()) {
    e.spend(b.size() / 4);
    for (const auto& m : b.members()) a.set(m.key.as_string(), m.item);
    out = std::move(a);
  } else {
    return refuse(e, a, b, "added");
  }
  return true;
}

bool subtract(evaluation& e, const value& a, const value& b, value& out) {
  if (a.is_number() && b.is_number()) {
    int64_t difference = 0;
    if (a.is_int() && b.is_int() && !__builtin_sub_overflow(a.as_int(), b.as_int(), &difference))
      out = difference;
    else
      out = a.as_double() - b.as_double();
    return true;
  }
  if (!both(value::kind::array, a, b)) return refuse(e, a, b, "subtracted");
  auto rest = value::empty_array();
  for (const auto& item : a.items()) {
    auto gone = false;
    for (const auto& unwanted : b.items()) {
      e.spend(1);
      gone = gone || compare(e, item, unwanted) == 0;
    }
    if (!gone) rest.push_back(item);
  }
  out = std::move(rest);
  return true;
}

bool repeat(evaluation& e, const value& text, double times, value& out) {
  if (!(times >= 0)) {
    out = value{};
    return true;
  }
  auto size = static_cast<double>(text.size());
  if (size == 0) times = 0;
  if (size * times > text_limit) return e.fail("Repeat string result too long");
  auto count = static_cast<size_t>(times);
  allocation_budget::charge(text.size() * count);
  e.spend(text.size() * count / 64);
  auto repeated = std::string{};
  repeated.reserve(text.size() * count);
  for (size_t i = 0; i < count; ++i) repeated += text.as_string();
  out = value(repeated);
  return true;
}

bool merge(evaluation& e, value& into, const value& from, uint32_t depth) {
  if (depth > merge_depth_limit + 1) return e.fail("Object merge too deep");
  for (const auto& m : from.members()) {
    e.spend(1);
    auto key = m.key.as_string();
    const auto* mine = into.find(key);
    if (!mine || !both(value::kind::object, *mine, m.item)) {
      into.set(key, m.item);
      continue;
    }
    auto merged = *mine;
    if (!merge(e, merged, m.item, depth + 1)) return false;
    into.set(key, std::move(merged));
  }
  return true;
}

bool multiply(evaluation& e, value a, const value& b, value& out) {
  if (a.is_number() && b.is_number()) {
    int64_t product = 0;
    if (a.is_int() && b.is_int() && !__builtin_mul_overflow(a.as_int(), b.as_int(), &product))
      out = product;
    else
      out = a.as_double() * b.as_double();
    return true;
  }
  if (a.is_string() && b.is_number()) return repeat(e, a, b.as_double(), out);
  if (a.is_number() && b.is_string()) return repeat(e, b, a.as_double(), out);
  if (!both(value::kind::object, a, b)) return refuse(e, a, b, "multiplied");
  if (!merge(e, a, b, 1)) return false;
  out = std::move(a);
  return true;
}

value split(evaluation& e, std::string_view text, std::string_view separator) {
  auto parts = value::empty_array();
  e.spend(text.size() / 16);
  if (separator.empty()) {
    // By character.
    for (size_t from = 0; from < text.size();) {
      auto to = from + 1;
      while (to < text.size() && (static_cast<unsigned char>(text[to]) & 0xc0) == 0x80) ++to;
      parts.push_back(text.substr(from, to - from));
      from = to;
    }
    return parts;
  }
  if (text.empty()) return parts;
  for (;;) {
    auto end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == text.npos) return parts;
    text.remove_prefix(end + separator.size());
  }
}

bool divide(evaluation& e, const value& a, const value& b, value& out) {
  if (a.is_number() && b.is_number()) {
    if (b.as_double() == 0) return refuse(e, a, b, "divided because the divisor is zero");
    constexpr auto lowest = std::numeric_limits<int64_t>::min();
    if (a.is_int() && b.is_int() && !(a.as_int() == lowest && b.as_int() == -1) &&
        a.as_int() % b.as_int() == 0)
      out = a.as_int() / b.as_int();
    else
      out = a.as_double() / b.as_double();
    return true;
  }
  if (!both(value::kind::string, a, b)) return refuse(e, a, b, "divided");
  out = split(e, a.as_string(), b.as_string());
  return true;
}

/// Rounds toward zero; what is too large becomes the largest integer.
int64_t truncated(const value& v) {
  if (v.is_int()) return v.as_int();
  auto d = v.as_double();
  if (d >= 9223372036854775807.0) return std::numeric_limits<int64_t>::max();
  if (d <= -9223372036854775808.0) return std::numeric_limits<int64_t>::min();
  return static_cast<int64_t>(d);
}

bool modulo(evaluation& e, const value& a, const value& b, value& out) {
  if (!a.is_number() || !b.is_number()) return refuse(e, a, b, "divided (remainder)");
  if (std::isnan(a.as_double()) || std::isnan(b.as_double())) {
    out = value(std::numeric_limits<double>::quiet_NaN());
    return true;
  }
  auto x = truncated(a), y = truncated(b);
  if (y == 0) return refuse(e, a, b, "divided (remainder) because the divisor is zero");
  // The sign is that of the dividend, that of the divisor does not count.
  out = y == -1 || y == std::numeric_limits<int64_t>::min()
            ? value(y == -1 ? int64_t{0} : (x == y ? int64_t{0} : x))
            : value(x % y);
  return true;
}

} // namespace

bool operate(evaluation& e, binary_op op, value a, const value& b, value& out) {
  switch (op) {
  case binary_op::add:
    return add(e, std::move(a), b, out);
  case binary_op::subtract:
    return subtract(e, a, b, out);
  case binary_op::multiply:
    return multiply(e, std::move(a), b, out);
  case binary_op::divide:
    return divide(e, a, b, out);
  case binary_op::modulo:
    return modulo(e, a, b, out);
  case binary_op::alternative:
    out = is_true(a) ? std::move(a) : b;
    return true;
  default:
    break;
  }
  auto too_deep = std::min(a.depth(), b.depth()) > compare_depth_limit;
  if (too_deep)
    return e.fail(op == binary_op::equal || op == binary_op::unequal ? "Equality check too deep"
                                                                     : "Comparison too deep");
  auto order = compare(e, a, b);
  switch (op) {
  case binary_op::equal:
    out = order == 0;
    return true;
  case binary_op::unequal:
    out = order != 0;
    return true;
  case binary_op::less:
    out = order < 0;
    return true;
  case binary_op::less_equal:
    out = order <= 0;
    return true;
  case binary_op::greater:
    out = order > 0;
    return true;
  case binary_op::greater_equal:
    out = order >= 0;
    return true;
  default:
    return true;
  }
}

} // namespace steward::workflow::jq
