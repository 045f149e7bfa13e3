#pragma once

#include "messages/reply.hpp"

#include <cstdint>
#include <string_view>

namespace steward {

/// Evaluates an expression for whoever is writing one: takes {expression, data, variables} as JSON
/// text (`expression` a jq program, with or without `${ }`; the others optional) and gives
/// {results, truncated}: at most 1,000 results and 4 MiB of them. invalid_request for what is not
/// of that shape; `expression`, with its place, for what does not compile, is not defined, fails or
/// takes too much. Bounded to about a tenth of a second.
reply evaluate_document(std::string_view body, int64_t now_us);

} // namespace steward
