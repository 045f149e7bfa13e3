#pragma once

#include "messages/api.hpp"
#include "messages/ids.hpp"
#include "messages/optional_field.hpp"
#include "workflow/machine.hpp"

#include <caf/meta/type_name.hpp>

#include <cstdint>
#include <string>
#include <vector>

/// Events and who waits for them. A tenant's *inbox* (an actor under its tenant) keeps CloudEvents
/// in the order in which they were committed and offers each to the listeners it could concern:
/// runs, and triggers, which are workflows that start on events. At least once and in order of
/// sequence for each listener; a listener's machine knows what it has had.
namespace steward {

using workflow::effect_id;

/// Who listens: a run's effect, or the trigger of a workflow.
struct listener_key {
  run_id run;
  effect_id effect = 0; ///< 0: a trigger.
  std::string trigger;  ///< "namespace/name" of the workflow, else empty.
  friend bool operator==(const listener_key&, const listener_key&) = default;
  friend auto operator<=>(const listener_key&, const listener_key&) = default;
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, listener_key& x) {
    return f(caf::meta::type_name("listener_key"), x.run, x.effect, x.trigger);
  }
};

// --- to a tenant (behind its door) ---

/// Puts events into the inbox. Answers `accepted` once they are durable: {items: [{id, source,
/// sequence, duplicate}]}, in order. An event whose source and id the inbox has already is a
/// duplicate: it is not put in again. All or none; overloaded, unavailable.
struct publish_events {
  tenant_id tenant;
  std::vector<std::string> events; ///< CloudEvents 1.0, each a JSON object, checked by the sender.
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, publish_events& x) {
    return f(caf::meta::type_name("publish_events"), x.tenant, x.events);
  }
};

// --- to the queries (slot "store/queries") ---

/// {items: [{sequence, received_at, event}], next}: the kept events, oldest first.
struct list_events {
  tenant_id tenant;
  uint64_t after = 0;
  uint32_t limit = 50;
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, list_events& x) {
    return f(caf::meta::type_name("list_events"), x.tenant, x.after, x.limit);
  }
};

// --- to a tenant, for its inbox ---

/// Sent after the listener's row is durable, and again whenever its owner is rebuilt.
struct open_listener {
  tenant_id tenant;
  listener_key who;
  std::string routes; ///< encode_routes
  uint64_t after = 0; ///< The newest event that it has decided on.
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, open_listener& x) {
    return f(caf::meta::type_name("open_listener"), x.tenant, x.who, x.routes, x.after);
  }
};
/// Sent once the listener's row is gone.
struct close_listener {
  tenant_id tenant;
  listener_key who;
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, close_listener& x) {
    return f(caf::meta::type_name("close_listener"), x.tenant, x.who);
  }
};
/// The listener has decided on every event up to this one: journaled it, or did not want it.
struct event_seen {
  tenant_id tenant;
  listener_key who;
  uint64_t sequence = 0;
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, event_seen& x) {
    return f(caf::meta::type_name("event_seen"), x.tenant, x.who, x.sequence);
  }
};
/// Events of this tenant were committed: there is more to read.
struct inbox_grown {
  tenant_id tenant;
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, inbox_grown& x) {
    return f(caf::meta::type_name("inbox_grown"), x.tenant);
  }
};

// --- from the inbox, through the tenant, to the listener ---

/// Said again every few seconds until the listener has seen it or is closed.
struct event_due {
  tenant_id tenant;
  listener_key who;
  uint64_t sequence = 0;
  std::string event; ///< The CloudEvent, JSON text.
  int64_t received_us = 0;
  /// The one offered before it that may be undecided still; 0: none. Who has not decided on that
  /// one yet (it was lost with a crash) leaves this one alone: both are said again, in order.
  uint64_t previous = 0;
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, event_due& x) {
    return f(caf::meta::type_name("event_due"), x.tenant, x.who, x.sequence, x.event, x.received_us,
             x.previous);
  }
};

/// A listener's routes as stored and sent: JSON text.
std::string encode_routes(const std::vector<workflow::event_route>& routes);
/// Throws std::runtime_error when the text is not what `encode_routes` writes.
std::vector<workflow::event_route> decode_routes(std::string_view json);

} // namespace steward
