#pragma once

#include "messages/ids.hpp"

#include <caf/meta/type_name.hpp>

#include <cstdint>
#include <string>

/// What is asked of a tenant's schedules (behind its door), each with a `reply_slot`.
namespace steward {

/// {items, next}, by namespace and name; an item is {workflow, kind, expression, interval,
/// timezone, overlap, catch_up, paused, next_due, last_due, last_run, missed}.
struct list_schedules {
  tenant_id tenant;
  std::string cursor;
  uint32_t limit = 50;
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, list_schedules& x) {
    return f(caf::meta::type_name("list_schedules"), x.tenant, x.cursor, x.limit);
  }
};

/// pause: nothing starts any more. resume: goes on with what is due next; what was due in the pause
/// is not made up for.
enum class schedule_action : uint8_t { pause, resume };

/// Answers `ok` with the schedule (an item of the list) once it is durable; not_found, unavailable.
struct control_schedule {
  tenant_id tenant;
  std::string namespace_, name;
  schedule_action action = schedule_action::pause;
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, control_schedule& x) {
    return f(caf::meta::type_name("control_schedule"), x.tenant, x.namespace_, x.name, x.action);
  }
};

} // namespace steward
