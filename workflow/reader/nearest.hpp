#pragma once

#include <span>
#include <string>
#include <string_view>

namespace steward::workflow::reader {

/// The known name that the unknown one was probably meant to be: fewest edits (insert, remove,
/// replace, swap neighbours; case counts as half), and no more than about a third of its length.
/// Empty if none is near.
std::string_view nearest(std::string_view unknown, std::span<const std::string_view> known);

/// `; did you mean "x"?`, or nothing.
std::string suggestion(std::string_view unknown, std::span<const std::string_view> known);

/// `"a", "b" or "c"` for messages; at most twelve names, then "...".
std::string enumerate(std::span<const std::string_view> names);

} // namespace steward::workflow::reader
