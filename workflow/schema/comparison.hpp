#pragma once

#include "workflow/value.hpp"

#include <functional>

namespace steward::workflow::schema {

/// Exact for every pair of integers and doubles: negative, zero or positive. Nothing else is
/// passed.
int compare_numbers(const value& a, const value& b) noexcept;
bool is_whole(const value& number) noexcept;
/// Up to the rounding of the division when a double is involved.
bool is_multiple(const value& number, const value& of) noexcept;

/// Calls `spend` once for each node that is looked at, so that a caller can end it by throwing:
/// shared parts make some values much larger than their memory.
using spend_function = std::function<void(size_t)>;
/// Equal values have equal hashes: key order is ignored, 1 and 1.0 are the same.
size_t hash_value(const value& v, const spend_function& spend);
bool same_value(const value& a, const value& b, const spend_function& spend);

/// Unicode characters of a UTF-8 text.
size_t count_characters(std::string_view text) noexcept;

} // namespace steward::workflow::schema
