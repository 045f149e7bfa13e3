#include "actors/agents/senders.hpp"
#include "agents/documents.hpp"
#include "connectors/standard_webhook.hpp"
#include "workflow/json.hpp"

namespace steward {

using agents::text_of;

namespace {

attempt_end judge(const call_done& m) {
  if (m.answered && m.status >= 200 && m.status < 300)
    return {attempt_end::kind::taken, "delivered"};
  return failed_call(m, {});
}

} // namespace

outcome<dispatch, std::string> to_webhook(const deliver& m,
                                          const connectors::secret_directory& secrets) {
  const connectors::webhook_message message{text_of(m.document, "url"), m.outreach_id,
                                            m.now_us / 1'000'000,
                                            workflow::to_json(m.document.get("body"))};
  std::string signature;
  if (const auto secret = secrets.read(m.tenant, "alert_webhook_secret");
      secret && secret->is_string()) {
    auto made = connectors::webhook_signature(message, std::string{secret->as_string()});
    if (!made)
      return failed{std::string{"the secret alert_webhook_secret is no base64 after whsec_"}};
    signature = std::move(*made);
  }
  return dispatch{http_dispatch{connectors::webhook_call(message, signature), judge}};
}

} // namespace steward
