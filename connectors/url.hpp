#pragma once

#include "workflow/outcome.hpp"

#include <string>

namespace steward::connectors {

/// An address that may be called.
struct checked_url {
  std::string text;   ///< Normalised: spaces and other odd bytes percent-encoded.
  std::string origin; ///< scheme://host:port, the port always given.
  std::string host;
};

/// Refuses what is not http or https, has no host, or carries credentials. Failures are for people
/// and do not repeat the address: its query may hold a secret.
outcome<checked_url, std::string> check_url(const std::string& text);

/// The same of a mail server: smtp or smtps, a host, perhaps a port, and nothing else.
outcome<checked_url, std::string> check_mail_url(const std::string& text);

/// The address that a redirect from `base` leads to. Fails as `check_url` does.
outcome<checked_url, std::string> resolve_url(const std::string& base, const std::string& location);

} // namespace steward::connectors
