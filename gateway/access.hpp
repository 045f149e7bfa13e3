#pragma once

#include "config/settings.hpp"
#include "gateway/problem.hpp"
#include "gateway/request.hpp"

#include <optional>
#include <string_view>
#include <vector>

/// Who may ask. In dev mode requests carry no credentials, so a web page that the developer happens
/// to look at must not be able to send any.
namespace steward::gateway {

/// Whether a Host header names this machine by a loopback name or address, with any port.
bool is_loopback_host(std::string_view host);

/// Refuses what may come from a foreign page: a Host that is not loopback (DNS rebinding), and
/// what would change something, or open the feed, from another origin.
std::optional<problem> refuse_foreign(const request_view& request);
problem unauthenticated();
problem not_operator();

/// The key that an Authorization header presents, or null. Compares hashes in constant time.
const config::api_key* find_key(const std::vector<config::api_key>& keys,
                                std::string_view authorization);

} // namespace steward::gateway
