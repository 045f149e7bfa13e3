#pragma once

#include "workflow/outcome.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace steward::connectors {

/// Who a client says it is, in a JSON Web Token that it signs itself (RFC 7523, 3).
struct client_claims {
  std::string client;   ///< Issuer and subject.
  std::string audience; ///< The token endpoint's address.
  std::string id;       ///< Never the same twice.
  int64_t now_s = 0;    ///< Seconds since 1970. The token is good for a minute.
};

/// Signed with HMAC-SHA256 under the secret that both sides know.
std::string assertion_by_secret(const client_claims& claims, std::string_view secret);

/// Signed with the PEM's private key: RS256 with an RSA key, ES256 with one on P-256. Fails,
/// without the key's text, when it is neither.
outcome<std::string, std::string> assertion_by_key(const client_claims& claims,
                                                   std::string_view pem);

/// The payload's JSON text of a token that somebody else signed, not verified; empty if it is none.
std::string unverified_payload(std::string_view token);

} // namespace steward::connectors
