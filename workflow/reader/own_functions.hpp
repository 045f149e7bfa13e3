#pragma once

#include <string_view>

namespace steward::workflow::reader {

/// The task of one of Steward's own functions, such as "steward.approval", as YAML: each is written
/// in the language itself. Empty: there is none of that name.
std::string_view own_function(std::string_view name);

} // namespace steward::workflow::reader
