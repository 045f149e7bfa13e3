#pragma once

#include "connectors/http_transport.hpp"
#include "workflow/outcome.hpp"

#include <string>

namespace steward::connectors {

constexpr unsigned redirect_limit = 10;

/// True if the answer sends the client elsewhere: 301, 302, 303, 307 or 308 with a Location.
bool is_redirect(const http_answer& answer);

/// The request that follows the answer `is_redirect` of `order`: 303 asks with GET, as do 301 and
/// 302 after a POST; 307 and 308 repeat method and body (RFC 9110, 15.4). Credentials
/// (Authorization, Cookie) stay behind when scheme, host or port change. Fails where the address
/// may not be called.
outcome<http_order, std::string> follow(http_order order, const http_answer& answer);

} // namespace steward::connectors
