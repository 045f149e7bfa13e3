#pragma once

#include <string>
#include <string_view>

namespace steward {

/// "sha256:" and 64 hexadecimal digits.
std::string sha256_digest(std::string_view bytes);

} // namespace steward
