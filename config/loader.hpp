#pragma once

#include "config/settings.hpp"
#include "workflow/outcome.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace steward::config {

/// Lays the YAML text over the defaults in `into`. Every problem at once, each a sentence that
/// begins with its place: unknown keys (with the nearest known one), wrong types, numbers out of
/// range. Empty: all is well.
std::vector<std::string> load(std::string_view yaml, settings& into);

/// Every key with its present value, as YAML: `config/example.yaml` is this of the defaults.
std::string to_yaml(const settings& s);

} // namespace steward::config
