#pragma once

#include "messages/records.hpp"

#include <compare>

/// What filters and orders of records mean, told in C++: what the engines' SQL is held to, and what
/// a store without SQL does.
namespace steward::store {

/// The order of what fields may have; null pointers and values without a place are last and equal.
std::strong_ordering compare_record_values(const workflow::value* a, const workflow::value* b);

bool matches(const record_filter& filter, const workflow::value& record);

/// A record's place in an order. `descending` fields count the other way.
std::strong_ordering compare_records(const std::vector<record_order>& order, const record_cursor& a,
                                     const record_cursor& b);

} // namespace steward::store
