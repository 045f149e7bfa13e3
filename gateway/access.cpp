#include "gateway/access.hpp"

#include "messages/digest.hpp"

#include <algorithm>
#include <openssl/crypto.h>

namespace steward::gateway {

namespace {

bool is_loopback_address(std::string_view host) {
  if (!host.starts_with("127.")) return false;
  int dots = 0;
  for (const char c : host) {
    if (c == '.') ++dots;
    if (c != '.' && (c < '0' || c > '9')) return false;
  }
  return dots == 3 && host.back() != '.';
}

problem forbidden(std::string detail) {
  return {403, "forbidden", "Forbidden", std::move(detail), {}, {}};
}

} // namespace

bool is_loopback_host(std::string_view host) {
  if (host.starts_with('[')) {
    const auto end = host.find(']');
    if (end == std::string_view::npos || host.substr(0, end + 1) != "[::1]") return false;
    return end + 1 == host.size() || host[end + 1] == ':';
  }
  host = host.substr(0, host.find(':'));
  if (host.ends_with('.')) host.remove_suffix(1);
  if (is_loopback_address(host)) return true;
  constexpr std::string_view local = "localhost";
  if (host.size() < local.size()) return false;
  const auto rest = host.size() - local.size();
  return same_word(host.substr(rest), local) && (rest == 0 || host[rest - 1] == '.');
}

std::optional<problem> refuse_foreign(const request_view& request) {
  const auto host = request.header("host");
  if (request.version == 11 && !is_loopback_host(host))
    return forbidden("in dev mode the server answers only to loopback names such as localhost");
  const bool safe =
      request.method == "GET" || request.method == "HEAD" || request.method == "OPTIONS";
  if (safe && !request.has("upgrade")) return std::nullopt;
  if (!request.has("origin")) return std::nullopt; // not from a page
  auto origin = request.header("origin");
  for (const std::string_view scheme : {"http://", "https://"})
    if (origin.starts_with(scheme) && same_word(origin.substr(scheme.size()), host))
      return std::nullopt;
  return forbidden("in dev mode pages of other origins may not do this");
}

problem unauthenticated() {
  return {401,
          "unauthenticated",
          "Unauthenticated",
          "this call needs an API key: Authorization: Bearer KEY",
          {},
          {}};
}

problem not_operator() { return forbidden("this key may not look at or change the server itself"); }

key_ring::key_ring(const std::vector<config::api_key>& keys) {
  for (const auto& k : keys) by_hash_[k.sha256] = &k;
}

const config::api_key* key_ring::find(std::string_view authorization) const {
  constexpr std::string_view scheme = "bearer ";
  if (authorization.size() <= scheme.size() ||
      !same_word(authorization.substr(0, scheme.size()), scheme))
    return nullptr;
  const auto digest = sha256_digest(authorization.substr(scheme.size()));
  const auto at = by_hash_.find(std::string_view{digest}.substr(digest.find(':') + 1));
  return at == by_hash_.end() ? nullptr : at->second;
}

} // namespace steward::gateway
