#pragma once

#include "actors/agents/courier.hpp"
#include "connectors/attempt_end.hpp"
#include "connectors/secret_directory.hpp"
#include "connectors/smtp.hpp"
#include "messages/effects.hpp"
#include "workflow/outcome.hpp"

#include <variant>

/// The ways to customers. A sender makes of a message what its service takes; the line, the rate
/// and the attempts are the courier's.
namespace steward {

using connectors::attempt_end;

/// A message for a service that is called by HTTP.
struct http_dispatch {
  perform_call call; ///< `tenant`, `run` and `effect` are the courier's.
  attempt_end (*judge)(const call_done&);
};

/// A mail goes to the mailer.
using dispatch = std::variant<http_dispatch, connectors::mail>;

/// Fails when the message can never be sent, with a reason for people.
using sender = outcome<dispatch, std::string> (*)(const deliver&,
                                                  const connectors::secret_directory&);

/// The one for the message's channel.
sender sender_of(const deliver& m);

/// Sends SMS and WhatsApp.
outcome<dispatch, std::string> to_twilio(const deliver& m,
                                         const connectors::secret_directory& secrets);
/// Alerts, not messages to customers: signed with the secret alert_webhook_secret, if it is there.
outcome<dispatch, std::string> to_webhook(const deliver& m,
                                          const connectors::secret_directory& secrets);

/// Sends e-mail.
outcome<dispatch, std::string> to_mail(const deliver& m,
                                       const connectors::secret_directory& secrets);

/// What a call means that was not answered with 2xx: one that was busy or down may pass.
attempt_end failed_call(const call_done& m, const std::string& said);

} // namespace steward
