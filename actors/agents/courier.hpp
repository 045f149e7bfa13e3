#pragma once

#include "actors/node.hpp"

#include <caf/event_based_actor.hpp>

namespace steward {

/// To the courier: send this message of collection `outreach`, or this alert (channel "webhook").
struct deliver {
  tenant_id tenant;
  std::string outreach_id;
  workflow::value document, settings; ///< Settings: those of the tenant, with `twilio`, `email`.
  int64_t now_us = 0;                 ///< Set by the courier, for each attempt.
};
/// From the courier, to the gate of the tenant: it was taken over by the service, or it can't be.
struct delivery_report {
  std::string outreach_id;
  std::string message_id; ///< Of the service; empty: it failed.
  std::string error;
};
/// To the courier: whether a request has the signature that Twilio gives it. -> bool
struct check_signature {
  tenant_id tenant;
  std::string url, signature;
  std::map<std::string, std::string> form;
};

/// Sends messages to customers through the tenant's connections (slot "agents/courier").
///
/// Accepts     deliver, check_signature, call_done, mail_done
/// Replies     delivery_report to the tenant's gate; bool
/// Supervisor  root/agents, one_for_one, permanent
/// Persists    nothing: the gate asks again for what is pending
/// Fails       a service that is down or busy: three attempts, 10 s to 300 s apart, then an error.
///             Crash: restarted; what was under way is asked for again by the gates, which watch it,
///             with the same token, so that the service can tell
/// Bounds      20 messages at once, 10 of one tenant, 10 a second, `waiting_most` in line; past it
///             they fail. A message that it has already is not sent twice
/// Runs        detached: secrets are files
caf::behavior courier(caf::event_based_actor* self, std::shared_ptr<node> n);

} // namespace steward

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::deliver)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::delivery_report)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::check_signature)
