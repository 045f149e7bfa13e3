#pragma once

#include "config/settings.hpp"
#include "gateway/problem.hpp"
#include "gateway/request.hpp"

#include <optional>
#include <string_view>
#include <unordered_map>
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

/// The configured keys, which must outlive it, by their hashes: however many there are, a request
/// looks at one. What the time of a look-up tells is about a hash, which nobody can choose.
class key_ring {
public:
  explicit key_ring(const std::vector<config::api_key>& keys);

  /// The key that an Authorization header presents, or null.
  const config::api_key* find(std::string_view authorization) const;

private:
  std::unordered_map<std::string_view, const config::api_key*> by_hash_;
};

} // namespace steward::gateway
