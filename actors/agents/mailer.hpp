#pragma once

#include "actors/node.hpp"
#include "connectors/smtp.hpp"

#include <caf/event_based_actor.hpp>

namespace steward {

/// To the mailer; the sender gets `mail_done` with its number, unless the mailer ends before.
struct post_mail {
  uint64_t number = 0;
  connectors::mail mail;
};
struct mail_done {
  uint64_t number = 0;
  connectors::attempt_end end;
};

/// Hands mails to the tenants' servers (slot "agents/mailer").
///
/// Accepts     post_mail
/// Replies     mail_done, however it ends; retries are the courier's
/// Supervisor  root/agents, one_for_one, permanent
/// Persists    nothing
/// Fails       crash or stop: mails under way are broken off within a second and may pass; one that
///             its server has taken by then may come twice, under the same Message-ID
/// Bounds      `at_once_most` mails, each on a thread of its own, since a server that hangs holds
///             up its own alone; past that they may pass
/// Runs        on the scheduler; what it spawns is detached
caf::behavior mailer(caf::event_based_actor* self, std::shared_ptr<node> n);

} // namespace steward

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::post_mail)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::mail_done)
