#pragma once

#include <optional>
#include <string>
#include <string_view>

/// Base64 (RFC 4648, standard alphabet, padded): how bytes that are no text travel in JSON.
namespace steward::workflow::base64 {

std::string encode(std::string_view bytes);
/// Nothing when the text is not strict, padded base64.
std::optional<std::string> decode(std::string_view text);

} // namespace steward::workflow::base64
