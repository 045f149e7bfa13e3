#include "actors/agents/senders.hpp"
#include "agents/documents.hpp"
#include "connectors/twilio.hpp"
#include "workflow/json.hpp"

namespace steward {

using agents::text_of;

namespace {

attempt_end judge(const call_done& m) {
  const auto body = workflow::parse_json(m.body);
  const auto said = body && body->is_object() ? *body : workflow::value::empty_object();
  if (m.answered && m.status >= 200 && m.status < 300)
    return {attempt_end::kind::taken, text_of(said, "sid")};
  return failed_call(m, text_of(said, "message"));
}

} // namespace

outcome<dispatch, std::string> to_twilio(const deliver& m,
                                         const connectors::secret_directory& secrets) {
  const auto twilio = m.settings.get("twilio");
  const auto sid = secrets.read(m.tenant, "twilio_account_sid");
  const auto token = secrets.read(m.tenant, "twilio_auth_token");
  if (!sid || !sid->is_string() || !token || !token->is_string())
    return failed{
        std::string{"the secrets twilio_account_sid and twilio_auth_token are not both there"}};
  connectors::twilio_account account;
  if (const auto base = text_of(twilio, "base_url"); !base.empty()) account.base_url = base;
  account.sid = sid->as_string();
  account.token = token->as_string();
  account.from = text_of(twilio, "from");
  account.whatsapp_from = text_of(twilio, "whatsapp_from");
  connectors::twilio_message message{text_of(m.document, "channel"),
                                     text_of(m.document, "customer_phone"),
                                     text_of(m.document, "message"),
                                     m.outreach_id,
                                     {}};
  if (message.to.empty()) return failed{std::string{"the customer has no phone number"}};
  if (const auto url = text_of(twilio, "public_url"); !url.empty())
    message.status_callback = url + "/api/v1/webhooks/twilio/status?tenant=" + m.tenant;
  return dispatch{http_dispatch{connectors::twilio_call(account, message), judge}};
}

} // namespace steward
