#pragma once

#include "workflow/definition.hpp"

#include <span>

/// The rules about the parameters that are given to an operation of an OpenAPI document: known when
/// a definition is read, and when a run has made them.
namespace steward::workflow {

/// The parameter of that name, or null.
const api_operation::parameter* find_parameter(const api_operation& operation,
                                               std::string_view name);

/// Names of parameters that the operation needs and that are not members of `given`, or null in it.
/// A body is there as a whole or by its members; members are needed only of a body that is there.
std::vector<std::string_view> missing_parameters(const api_operation& operation,
                                                 const value& given);

} // namespace steward::workflow
