#include "workflow/api_parameters.hpp"

#include <algorithm>

namespace steward::workflow {

namespace {

using place = api_operation::place;

bool is_given(const value& given, const api_operation::parameter& p) {
  auto found = given.find(p.name);
  return found && !found->is_null();
}

} // namespace

const api_operation::parameter* find_parameter(const api_operation& operation,
                                               std::string_view name) {
  auto found = std::ranges::find(operation.parameters, name, &api_operation::parameter::name);
  return found != operation.parameters.end() ? &*found : nullptr;
}

std::vector<std::string_view> missing_parameters(const api_operation& operation,
                                                 const value& given) {
  std::vector<std::string_view> missing;
  auto any = [&](place in) {
    return std::ranges::any_of(operation.parameters,
                               [&](const auto& p) { return p.in == in && is_given(given, p); });
  };
  auto whole = std::ranges::find(operation.parameters, place::body, &api_operation::parameter::in);
  auto has_whole = whole != operation.parameters.end();
  auto whole_given = any(place::body), member_given = any(place::form);
  for (const auto& p : operation.parameters) {
    if (!p.required || is_given(given, p)) continue;
    // Members stand in for the whole body, and the whole for them.
    if (p.in == place::body && member_given) continue;
    if (p.in == place::form && (whole_given || (has_whole && !member_given))) continue;
    missing.push_back(p.name);
  }
  return missing;
}

} // namespace steward::workflow
