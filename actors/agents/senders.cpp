#include "actors/agents/senders.hpp"

#include "agents/documents.hpp"

namespace steward {

sender sender_of(const deliver& m) {
  const auto channel = agents::text_of(m.document, "channel");
  return channel == "email" ? to_mail : channel == "webhook" ? to_webhook : to_twilio;
}

attempt_end failed_call(const call_done& m, const std::string& said) {
  using enum attempt_end::kind;
  if (!m.answered) return {may_pass, m.reason};
  return {m.status == 429 || m.status >= 500 ? may_pass : refused,
          "the service answered " + std::to_string(m.status) + " " + said};
}

} // namespace steward
