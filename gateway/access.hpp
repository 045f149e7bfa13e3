#pragma once

#include "gateway/problem.hpp"
#include "gateway/request.hpp"

#include <optional>
#include <string_view>

/// Who may ask. In dev mode requests carry no credentials, so a web page that the developer happens
/// to look at must not be able to send any.
namespace steward::gateway {

/// Whether a Host header names this machine by a loopback name or address, with any port.
bool is_loopback_host(std::string_view host);

/// Refuses what may come from a foreign page: a Host that is not loopback (DNS rebinding), and
/// what would change something, or open the feed, from another origin.
std::optional<problem> refuse_foreign(const request_view& request);
problem unauthenticated();

} // namespace steward::gateway
