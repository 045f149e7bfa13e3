#pragma once

#include "actors/local_messages.hpp"
#include "actors/node.hpp"
#include "actors/run_revival.hpp"

#include <caf/event_based_actor.hpp>

#include <set>

namespace steward {

/// What a run asks of the world: carries out the machine's commands, each once it is durable. Told
/// again after a restart, everything here is done at least once.
class run_hands {
public:
  /// `memory` is the run's, which keeps it up to date.
  run_hands(caf::event_based_actor* self, std::shared_ptr<node> n, tenant_id tenant, run_id run,
            const run_memory& memory);

  /// Whose commands these are: calls authenticate with its secrets.
  void use(deployed_ptr workflow) { workflow_ = std::move(workflow); }
  void perform(const workflow::command& c);
  /// Tells the inbox that a listener has decided on every event up to this one.
  void saw(effect_id listener, uint64_t sequence);
  /// Tells the run that waits for this one, if there is one, that it has ended.
  void tell_parent(const run_row& row);
  /// Asks it whether it still wants this one: a cancellation may have been lost.
  void ask_parent(const run_row& row);
  /// A timer of a run that has ended or never was: nobody will journal it.
  void forget_timer(effect_id timer);
  /// A call that was sent before: it may have been lost with the HTTP client.
  bool has_sent(effect_id call) const { return sent_calls_.contains(call); }
  void http_client_down() { watching_client_ = false; }

private:
  void perform_one(const workflow::http_call& c);
  void perform_one(const workflow::set_timer& t);
  void perform_one(const workflow::drop_effect& d);
  void perform_one(const workflow::start_child& c);
  void perform_one(const workflow::listen_for& l);
  void perform_one(const workflow::emit_event& e);

  template <class Message>
  void tell_tenant(Message&& m);

  caf::event_based_actor* self_;
  std::shared_ptr<node> node_;
  tenant_id tenant_;
  run_id run_;
  const run_memory& memory_;
  deployed_ptr workflow_;
  bool watching_client_ = false;
  std::set<effect_id> sent_calls_;
};

/// To a run, from itself: the HTTP client is away; calls are sent again soon.
using resend_atom = caf::atom_constant<caf::atom("resend")>;

} // namespace steward
