#pragma once

#include <string_view>

namespace steward::workflow {

/// True for a version as semver.org 2.0 writes it: `1.2.3`, `1.0.0-rc.1+build`.
bool is_version(std::string_view text) noexcept;

/// Negative, zero or positive as `a` comes before, beside or after `b` in semver 2.0 precedence:
/// numbers by size (of any length), a pre-release before its release, build metadata ignored.
/// Text that is no version comes before every version, and among its kind in byte order.
int compare_versions(std::string_view a, std::string_view b) noexcept;

} // namespace steward::workflow
