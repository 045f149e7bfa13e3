#pragma once

#include "messages/effects.hpp"

#include <optional>
#include <string>

/// Webhooks that we send, signed as https://www.standardwebhooks.com says (version 1.0.0).
namespace steward::connectors {

struct webhook_message {
  std::string url, id; ///< `id` is the same for each attempt.
  int64_t time_s = 0;  ///< Of this attempt.
  std::string body;    ///< JSON text.
};

/// "v1,<base64>": HMAC-SHA256 over "id.time.body". `secret` is "whsec_" and base64 of the key, or
/// any other text, which is the key itself. None: the base64 is broken.
std::optional<std::string> webhook_signature(const webhook_message& m, const std::string& secret);

/// `signature` empty: it goes unsigned.
perform_call webhook_call(const webhook_message& m, const std::string& signature);

} // namespace steward::connectors
