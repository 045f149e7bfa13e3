#include "connectors/egress.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cstring>
#include <netinet/in.h>

namespace steward::connectors {

namespace {

/// A network, as IPv6; IPv4 ones are written IPv4-mapped.
struct network {
  const char* base;
  unsigned bits;
};
// IANA's special-purpose registries: what is not the public internet.
constexpr std::array private_ranges{network{"::ffff:0.0.0.0", 96 + 8},
                                    network{"::ffff:10.0.0.0", 96 + 8},
                                    network{"::ffff:100.64.0.0", 96 + 10},
                                    network{"::ffff:127.0.0.0", 96 + 8},
                                    network{"::ffff:169.254.0.0", 96 + 16},
                                    network{"::ffff:172.16.0.0", 96 + 12},
                                    network{"::ffff:192.0.0.0", 96 + 24},
                                    network{"::ffff:192.168.0.0", 96 + 16},
                                    network{"::ffff:198.18.0.0", 96 + 15},
                                    network{"::ffff:224.0.0.0", 96 + 3},
                                    network{"::", 127}, // unspecified and loopback
                                    network{"fc00::", 7},
                                    network{"fe80::", 10},
                                    network{"ff00::", 8}};
constexpr std::array metadata_addresses{network{"::ffff:169.254.169.254", 128},
                                        network{"fd00:ec2::254", 128}};

bool contains(const network& n, const std::array<unsigned char, 16>& ip) {
  in6_addr base{};
  inet_pton(AF_INET6, n.base, &base);
  const auto whole = n.bits / 8;
  if (std::memcmp(base.s6_addr, ip.data(), whole) != 0) return false;
  const auto rest = n.bits % 8;
  return rest == 0 || ((base.s6_addr[whole] ^ ip[whole]) >> (8 - rest)) == 0;
}

/// Addresses that carry an IPv4 address for a translator (64:ff9b::/96) mean that address.
std::array<unsigned char, 16> translated(std::array<unsigned char, 16> ip) {
  if (!contains({"64:ff9b::", 96}, ip)) return ip;
  std::fill_n(ip.begin(), 10, static_cast<unsigned char>(0));
  ip[10] = ip[11] = 0xff;
  return ip;
}

std::string lower(std::string text) {
  for (auto& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  if (text.ends_with('.')) text.pop_back();
  return text;
}

} // namespace

egress_policy::egress_policy(const std::vector<std::string>& hosts, std::string hosts_setting,
                             const config::http_client_settings& settings)
    : private_networks_(settings.private_networks), hosts_setting_(std::move(hosts_setting)) {
  for (const auto& written : hosts) {
    const auto host = lower(written);
    if (host == "*")
      any_ = true;
    else if (host.starts_with("*."))
      suffixes_.push_back(host.substr(1));
    else if (const auto ip = parse_ip(host))
      addresses_.insert(*ip);
    else
      names_.insert(host);
  }
  for (const auto& entry : settings.connect_to)
    redirected_.insert(lower(entry.substr(0, entry.find('='))));
}

std::optional<egress_policy::ip_bytes> egress_policy::parse_ip(std::string text) {
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  ip_bytes ip{};
  if (inet_pton(AF_INET6, text.c_str(), ip.data()) == 1) return ip;
  if (inet_pton(AF_INET, text.c_str(), ip.data() + 12) != 1) return std::nullopt;
  ip[10] = ip[11] = 0xff;
  return ip;
}

std::optional<egress_policy::ip_bytes> egress_policy::ip_of(const sockaddr& address) {
  ip_bytes ip{};
  if (address.sa_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &address, sizeof v6);
    std::memcpy(ip.data(), v6.sin6_addr.s6_addr, ip.size());
    return ip;
  }
  if (address.sa_family != AF_INET) return std::nullopt;
  sockaddr_in v4{};
  std::memcpy(&v4, &address, sizeof v4);
  ip[10] = ip[11] = 0xff;
  std::memcpy(ip.data() + 12, &v4.sin_addr.s_addr, 4);
  return ip;
}

std::string egress_policy::why_not(const checked_url& url) const {
  const auto host = lower(url.host);
  if (any_ || names_.contains(host)) return {};
  if (const auto ip = parse_ip(host); ip && addresses_.contains(*ip)) return {};
  if (std::ranges::any_of(suffixes_, [&](const auto& s) { return host.ends_with(s); })) return {};
  return "the host " + host + " may not be called: it is not among " + hosts_setting_;
}

std::string egress_policy::why_not(const checked_url& url, const sockaddr& address) const {
  const auto place = url.origin.substr(url.origin.find("://") + 3);
  if (redirected_.contains(lower(place))) return {};
  const auto found = ip_of(address);
  if (!found) return "only addresses of the internet can be called";
  if (addresses_.contains(*found)) return {};
  const auto ip = translated(*found);
  const auto within = [&](const network& n) { return contains(n, ip); };
  if (std::ranges::any_of(metadata_addresses, within))
    return "the host " + lower(url.host) +
           " may not be called: it is a cloud's metadata service, whose address is not among " +
           hosts_setting_;
  if (!private_networks_ && std::ranges::any_of(private_ranges, within))
    return "the host " + lower(url.host) +
           " may not be called: its address is private, and http_client.private_networks is false";
  return {};
}

} // namespace steward::connectors
