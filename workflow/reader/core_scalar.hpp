#pragma once

#include "workflow/value.hpp"

#include <optional>
#include <string_view>

namespace steward::workflow::reader {

/// What an unquoted scalar means under the core schema of YAML 1.2: `~`, `null`, `true`, `12`,
/// `0o14`, `0xC`, `1.5e3`; everything else is text (`yes`, `on`, `1_000`, `12:30`, `2024-01-01`).
/// None for what JSON has no value for: `.inf`, `.nan` and decimals past the largest double.
std::optional<value> resolve_core_scalar(std::string_view text);

} // namespace steward::workflow::reader
