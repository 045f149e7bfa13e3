#include "gateway/api_ask.hpp"

namespace steward::gateway {

void api::list_schedules(call& c) {
  steward::list_schedules message;
  message.tenant = c.tenant;
  if (!read_page(c, message.limit, message.cursor)) return;
  to_tenant(c, std::move(message), {}, {});
}

void api::control_schedule(call& c, schedule_action action) {
  if (!c.request.body.empty()) return c.fail("", "this call has no body", "an empty body");
  to_tenant(c,
            steward::control_schedule{c.tenant, c.match.arguments[0], c.match.arguments[1], action},
            {}, {});
}

} // namespace steward::gateway
