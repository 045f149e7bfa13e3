#pragma once

#include "workflow/expression/node.hpp"

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace steward::workflow::jq {

/// Functions by their full name, such as "map/1".
using function_table = std::map<std::string, const function*, std::less<>>;

/// The functions of jq that are written in jq. Read on first use; lives as long as the process.
const function_table& builtin_functions();

/// Null if no function of that name takes its arguments unevaluated.
const special_form* find_special(std::string_view name, size_t arity);
bool gives_at_most_one(special_form form);

/// Names of jq that reach outside of the program: the environment, files, further input, output.
bool is_refused(std::string_view name);

} // namespace steward::workflow::jq
