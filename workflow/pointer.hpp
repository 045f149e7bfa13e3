#pragma once

#include <string>
#include <string_view>

namespace steward::workflow {

/// One step of a JSON pointer (RFC 6901): `~` becomes `~0` and `/` becomes `~1`, and back.
std::string escape_pointer_step(std::string_view key);
std::string unescape_pointer_step(std::string_view step);

} // namespace steward::workflow
