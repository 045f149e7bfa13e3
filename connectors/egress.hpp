#pragma once

#include "config/settings.hpp"
#include "connectors/url.hpp"

#include <array>
#include <optional>
#include <set>
#include <string>
#include <sys/socket.h>
#include <vector>

namespace steward::connectors {

/// Where requests may go. Names are checked before a request is sent, and again at each redirect;
/// addresses when a connection is opened, after the name was resolved, so that a public name with a
/// private address does not pass. Reasons are for people and name the setting that decides.
class egress_policy {
public:
  /// `hosts_setting`: the setting that `hosts` is, for reasons.
  egress_policy(const std::vector<std::string>& hosts, std::string hosts_setting,
                const config::http_client_settings& settings);

  /// Empty if the host may be called.
  std::string why_not(const checked_url& url) const;
  /// Empty if a connection for a call of that host may be opened to that address. An address that
  /// is listed as a host is open; those of cloud metadata services are closed otherwise. Where
  /// `connect_to` sends a call the operator has decided already.
  std::string why_not(const checked_url& url, const sockaddr& address) const;

private:
  using ip_bytes = std::array<unsigned char, 16>; ///< IPv4 as IPv4-mapped IPv6.
  static std::optional<ip_bytes> parse_ip(std::string text);
  static std::optional<ip_bytes> ip_of(const sockaddr& address);

  bool any_ = false, private_networks_ = true;
  std::string hosts_setting_;
  std::set<std::string> names_;
  std::vector<std::string> suffixes_; ///< ".example.com" for "*.example.com"
  std::set<ip_bytes> addresses_;
  std::set<std::string> redirected_; ///< host:port
};

} // namespace steward::connectors
