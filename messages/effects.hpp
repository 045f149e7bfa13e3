#pragma once

#include "messages/api.hpp"
#include "messages/ids.hpp"
#include "messages/optional_field.hpp"
#include "workflow/machine.hpp"

#include <caf/meta/type_name.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

/// What runs ask of the world, and what the world answers. All at least once: an answer may come
/// twice, or for an effect that is no longer wanted; the machine ignores it then.
namespace steward {

using workflow::effect_id;

// --- to the HTTP client (slot "http_client") ---

/// Sends the request; the sender gets `call_done`, however it ends.
struct perform_call {
  run_id run;
  effect_id effect = 0;
  std::string idempotency_key;
  std::string method, url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::optional<std::string> body;
  bool follow_redirects = false;
  tenant_id tenant = {};
  /// How the request authenticates, as `authentication_text` (connectors/authentication.hpp) writes
  /// it. Empty: as it is.
  std::string authentication = {};
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, perform_call& x) {
    return f(caf::meta::type_name("perform_call"), x.run, x.effect, x.idempotency_key, x.method,
             x.url, x.headers, x.body, x.follow_redirects, x.tenant, x.authentication);
  }
};
/// The call is no longer wanted; it may have reached its service all the same. No answer follows.
struct cancel_call {
  run_id run;
  effect_id effect = 0;
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, cancel_call& x) {
    return f(caf::meta::type_name("cancel_call"), x.run, x.effect);
  }
};
struct call_done {
  run_id run;
  effect_id effect = 0;
  bool answered = false; ///< An HTTP answer of any status came; else `reason` says why not.
  bool timed_out = false;
  int32_t status = 0;
  std::vector<std::pair<std::string, std::string>> headers; ///< Names in lower case.
  std::string body;
  std::string reason;
  std::string error; ///< workflow::http_failed::error
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, call_done& x) {
    return f(caf::meta::type_name("call_done"), x.run, x.effect, x.answered, x.timed_out, x.status,
             x.headers, x.body, x.reason, x.error);
  }
};

// --- to the timers (slot "timers") ---

/// Sent after the timer's row is durable, and again whenever its run is rebuilt.
struct arm_timer {
  tenant_id tenant;
  run_id run;
  effect_id effect = 0;
  int64_t due_us = 0;
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, arm_timer& x) {
    return f(caf::meta::type_name("arm_timer"), x.tenant, x.run, x.effect, x.due_us);
  }
};
/// Sent once the timer's row is gone: it has been journaled, or is no longer wanted.
struct disarm_timer {
  run_id run;
  effect_id effect = 0;
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, disarm_timer& x) {
    return f(caf::meta::type_name("disarm_timer"), x.run, x.effect);
  }
};

// --- to a tenant, for one of its runs ---

/// From the timers; said again every few seconds until the timer is disarmed.
struct timer_due {
  tenant_id tenant;
  run_id run;
  effect_id effect = 0;
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, timer_due& x) {
    return f(caf::meta::type_name("timer_due"), x.tenant, x.run, x.effect);
  }
};
/// From a run that wants a child.
struct spawn_child {
  tenant_id tenant;
  run_id parent;
  effect_id effect = 0; ///< 0: nobody waits for the end.
  std::string namespace_, name, version;
  std::string input; ///< JSON text.
  std::string idempotency_key;
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, spawn_child& x) {
    return f(caf::meta::type_name("spawn_child"), x.tenant, x.parent, x.effect, x.namespace_,
             x.name, x.version, x.input, x.idempotency_key);
  }
};
/// From a child run, once its end is durable.
struct child_done {
  tenant_id tenant;
  run_id parent;
  effect_id effect = 0;
  workflow::run_status status = workflow::run_status::completed;
  std::string output; ///< JSON text, when completed.
  std::string error;  ///< JSON text of a run_error, otherwise.
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, child_done& x) {
    return f(caf::meta::type_name("child_done"), x.tenant, x.parent, x.effect, x.status, x.output,
             x.error);
  }
};
/// Cancels a run whose parent no longer wants it: like control_run, without anybody to answer.
struct cancel_child {
  tenant_id tenant;
  run_id parent;
  effect_id effect = 0;
  std::string idempotency_key; ///< The one it was started with.
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, cancel_child& x) {
    return f(caf::meta::type_name("cancel_child"), x.tenant, x.parent, x.effect, x.idempotency_key);
  }
};

} // namespace steward
