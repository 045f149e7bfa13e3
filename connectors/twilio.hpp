#pragma once

#include "messages/effects.hpp"

#include <map>
#include <string>

/// Twilio's messages, as its documentation has them (twilio.com/docs/messaging/api and
/// /docs/usage/security). Pure.
namespace steward::connectors {

struct twilio_account {
  std::string base_url = "https://api.twilio.com";
  std::string sid, token;
  std::string from;          ///< Of SMS, in E.164.
  std::string whatsapp_from; ///< The same, without "whatsapp:".
};

struct twilio_message {
  std::string channel; ///< sms or whatsapp
  std::string to, text;
  std::string token;           ///< The same one for each attempt of a message.
  std::string status_callback; ///< Empty: none.
};

/// What sends it; `run` and `effect` are left to the caller.
perform_call twilio_call(const twilio_account& account, const twilio_message& message);

/// What Twilio's header X-Twilio-Signature is for this request: base64 of the HMAC-SHA1 of the
/// whole URL and all parameters of the form, sorted by name.
std::string twilio_signature(const std::string& token, const std::string& url,
                             const std::map<std::string, std::string>& form);
/// In a time that does not tell how far they are equal.
bool same_signature(const std::string& a, const std::string& b);

} // namespace steward::connectors
