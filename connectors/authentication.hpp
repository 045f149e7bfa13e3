#pragma once

#include "workflow/machine.hpp"

#include <string>
#include <string_view>
#include <variant>

/// How a call authenticates: as text on its way from a run to the HTTP client, and as credentials
/// once it is there. The text holds secrets: it is for messages between actors, never for a log,
/// the journal or an error.
namespace steward::connectors {

/// `secrets` is an object by name: where the policy is a secret's, it is resolved here.
std::string authentication_text(const workflow::call_authentication& policy,
                                const workflow::value& secrets);

/// The value of the Authorization header.
struct header_credentials {
  std::string authorization;
};
/// For the service's digest challenge (RFC 7616).
struct digest_credentials {
  std::string user, password;
};
/// For whoever gives the token; token_plan.hpp reads them.
struct token_credentials {
  workflow::value properties;
  bool discover = false; ///< OpenID Connect: the token's address is found by discovery.
};
using call_credentials = std::variant<header_credentials, digest_credentials, token_credentials>;

/// Why a call can't be sent: for people, without a secret, and the specification's error type.
struct authentication_failure {
  std::string reason;
  std::string error = "authentication";
};

outcome<call_credentials, authentication_failure> read_authentication(std::string_view text);

} // namespace steward::connectors
