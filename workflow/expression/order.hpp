#pragma once

#include "workflow/expression/evaluation.hpp"

#include <compare>

namespace steward::workflow::jq {

/// jq's order of all values: null, false, true, numbers, strings by code point, arrays, objects by
/// their sorted keys first. NaN is less than any number. Uses fuel for what it compares.
int compare(evaluation& e, const value& a, const value& b);
/// Values that both are nested deeper than this jq does not compare; `compare` itself does.
constexpr uint32_t compare_depth_limit = 10'001;

/// For sorting: the same order, but with all NaNs alike, as a sort needs it.
bool precedes(evaluation& e, const value& a, const value& b);

/// "null", "boolean", "number", "string", "array", "object"
std::string_view type_name(const value& v);
/// The value as messages show it: `number (1)`, with long texts cut.
std::string described(const value& v);
/// The part in parentheses.
std::string shortened(const value& v);
/// What an error that nobody caught says: its text, or what else was thrown.
std::string error_text(const value& error);
/// The keys in jq's order.
std::vector<std::string_view> sorted_keys(const value& object);

/// `a op b`
bool operate(evaluation& e, binary_op op, value a, const value& b, value& out);

} // namespace steward::workflow::jq
