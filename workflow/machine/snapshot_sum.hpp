#pragma once

#include <optional>
#include <string>
#include <string_view>

/// The first bytes of a snapshot: its version, and a checksum of all that follows, so that damage
/// is noticed before it becomes another run.
namespace steward::workflow {

/// The body begins right after the checksum: with `",`.
std::string seal_snapshot(std::string_view body);
/// True if the text is of a version that is known here.
bool is_snapshot(std::string_view text);
/// True if it says the checksum that it has.
bool is_sound(std::string_view text);

} // namespace steward::workflow
