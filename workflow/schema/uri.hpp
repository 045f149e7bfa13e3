#pragma once

#include <string>
#include <string_view>

namespace steward::workflow::schema {

/// The address that `reference` means when it stands in a document at `base` (RFC 3986, section 5).
std::string resolve_uri(std::string_view base, std::string_view reference);

/// `%41` becomes `A`; what is no escape stays.
std::string decode_percent(std::string_view text);

} // namespace steward::workflow::schema
