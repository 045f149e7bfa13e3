#include "store/record_matching.hpp"

#include <algorithm>
#include <cmath>

namespace steward::store {

namespace {

using workflow::value;

/// In the order of the values.
enum class place : uint8_t { number, string, no, yes, nothing };

place place_of(const value* v) {
  if (!v) return place::nothing;
  if (v->is_number()) return place::number;
  if (v->is_string()) return place::string;
  if (v->is_bool()) return v->as_bool() ? place::yes : place::no;
  return place::nothing;
}

std::strong_ordering compare_doubles(double a, double b) {
  return a < b ? std::strong_ordering::less
               : (a > b ? std::strong_ordering::greater : std::strong_ordering::equal);
}

/// Exactly: a double has no room for every integer.
std::strong_ordering compare_exactly(int64_t a, double b) {
  constexpr double past_integers = 9223372036854775808.0;
  if (b >= past_integers) return std::strong_ordering::less;
  if (b < -past_integers) return std::strong_ordering::greater;
  const auto whole = std::trunc(b);
  if (const auto order = a <=> static_cast<int64_t>(whole); order != 0) return order;
  return compare_doubles(whole, b);
}

std::strong_ordering compare_numbers(const value& a, const value& b) {
  if (a.is_int() && b.is_int()) return a.as_int() <=> b.as_int();
  if (a.is_int()) return compare_exactly(a.as_int(), b.as_double());
  if (b.is_int()) return 0 <=> compare_exactly(b.as_int(), a.as_double());
  return compare_doubles(a.as_double(), b.as_double());
}

bool contains(const value* field, const value& wanted) {
  if (!field) return false;
  if (field->is_string())
    return wanted.is_string() &&
           field->as_string().find(wanted.as_string()) != std::string_view::npos;
  return field->is_array() && std::ranges::any_of(field->items(), [&](const value& item) {
           return compare_record_values(&item, &wanted) == 0;
         });
}

bool matches(const record_condition& condition, const value& record) {
  const auto* field = find_record_field(record, condition.field);
  const auto& wanted = condition.values;
  const auto order = [&] { return compare_record_values(field, &wanted.at(0)); };
  const auto alike = [&] { return place_of(field) == place_of(&wanted.at(0)); };
  switch (condition.op) {
  case record_op::eq:
    return order() == 0;
  case record_op::ne:
    return order() != 0;
  case record_op::lt:
    return alike() && order() < 0;
  case record_op::le:
    return alike() && order() <= 0;
  case record_op::gt:
    return alike() && order() > 0;
  case record_op::ge:
    return alike() && order() >= 0;
  case record_op::in:
    return std::ranges::any_of(
        wanted, [&](const value& one) { return compare_record_values(field, &one) == 0; });
  case record_op::prefix:
    return field && field->is_string() && field->as_string().starts_with(wanted.at(0).as_string());
  case record_op::contains:
    return contains(field, wanted.at(0));
  case record_op::exists:
    return (field != nullptr) == wanted.at(0).as_bool();
  case record_op::is_null:
    return (!field || field->is_null()) == wanted.at(0).as_bool();
  }
  return false;
}

} // namespace

std::strong_ordering compare_record_values(const value* a, const value* b) {
  const auto place = place_of(a);
  if (const auto order = place <=> place_of(b); order != 0) return order;
  if (place == place::number) return compare_numbers(*a, *b);
  if (place == place::string) return a->as_string() <=> b->as_string();
  return std::strong_ordering::equal;
}

bool matches(const record_filter& filter, const value& record) {
  const auto part = [&](const record_filter& one) { return matches(one, record); };
  switch (filter.what) {
  case record_filter::kind::all:
    return std::ranges::all_of(filter.parts, part);
  case record_filter::kind::any:
    return std::ranges::any_of(filter.parts, part);
  case record_filter::kind::none:
    return std::ranges::none_of(filter.parts, part);
  case record_filter::kind::condition:
    return matches(filter.condition, record);
  }
  return false;
}

std::strong_ordering compare_records(const std::vector<record_order>& order, const record_cursor& a,
                                     const record_cursor& b) {
  for (size_t i = 0; i < order.size(); ++i)
    if (const auto by = compare_record_values(&a.values[i], &b.values[i]); by != 0)
      return order[i].descending ? 0 <=> by : by;
  const auto by_id = a.id <=> b.id;
  return !order.empty() && order.back().descending ? 0 <=> by_id : by_id;
}

} // namespace steward::store
