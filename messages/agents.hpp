#pragma once

#include "messages/ids.hpp"

#include <caf/meta/type_name.hpp>

#include <cstdint>
#include <string>

/// What is asked of a tenant's agents and of their gate (docs/agents.md). Each message travels with
/// a `reply_slot`; what changes something is answered once it is durable.
namespace steward {

enum class agents_action : uint8_t {
  create_decision, ///< body: a proposal
  patch_decision,  ///< name: its id; body: {outcome, revenue_impact}
  change_agent,    ///< name: the agent's; body: {status}
  configure_agent, ///< name; body: the config
  reset_breaker,   ///< name
  answer_approval, ///< name: its id; body: {action, responded_by, notes, to}
  create_outreach, ///< body
  patch_outreach,  ///< name: its id; body: {status, response}
  get_rules,
  change_rules,      ///< body
  install_pack,      ///< name; body: the pack as JSON or YAML, or empty for one of the server's own
  perform,           ///< name: of an action; body
  execute_task,      ///< name: its queue, or empty for any; body: {task_type}
  send_notification, ///< body: an outreach with {task_type}
  twilio_status, ///< body: {url, target, signature, form}: a callback, as it came; so the next two
  twilio_incoming,
  twilio_voice,
};

/// To a tenant (behind its door). invalid_request, not_found, conflict, unprocessable, overloaded
/// (a limit; `retry_after`), unavailable.
struct change_agents {
  tenant_id tenant;
  agents_action what = agents_action::get_rules;
  std::string name, body;
  std::string idempotency_key; ///< Of `perform`.
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, change_agents& x) {
    return f(caf::meta::type_name("change_agents"), x.tenant, x.what, x.name, x.body,
             x.idempotency_key);
  }
};

enum class agents_figure : uint8_t {
  decisions_of_day, ///< from: a date, or empty for today
  approvals,
  gaps_of_day, ///< from
  outreach,
  dashboard,
  revenue, ///< from, to: dates
};

/// To slot "agents/desk": sums over what agents did.
struct ask_agents {
  tenant_id tenant;
  agents_figure what = agents_figure::dashboard;
  std::string from, to;
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, ask_agents& x) {
    return f(caf::meta::type_name("ask_agents"), x.tenant, x.what, x.from, x.to);
  }
};

/// To slot "agents/overseer": nothing new is done by any agent of any tenant, or again.
struct pause_agents {
  bool change = false; ///< Else it is only told how it is.
  bool paused = false;
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, pause_agents& x) {
    return f(caf::meta::type_name("pause_agents"), x.change, x.paused);
  }
};

/// To slot "agenda": moves a clock that is moved by hand; `ok` once everything due by then is done.
struct move_clock {
  std::string now; ///< RFC 3339, UTC.
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, move_clock& x) {
    return f(caf::meta::type_name("move_clock"), x.now);
  }
};

} // namespace steward
