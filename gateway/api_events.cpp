#include "gateway/api_ask.hpp"
#include "gateway/event_intake.hpp"
#include "gateway/header_values.hpp"

namespace steward::gateway {

void api::publish_events(call& c) {
  auto events = read_events(c.request, options_.settings.event_bytes);
  if (!events) return c.fail(std::move(events.error()));
  to_tenant(c, steward::publish_events{c.tenant, std::move(*events)}, {}, {});
}

void api::list_events(call& c) {
  steward::list_events message;
  message.tenant = c.tenant;
  std::string cursor;
  if (!read_page(c, message.limit, cursor)) return;
  if (const auto text = c.parameter("after")) {
    const auto after = parse_number(*text);
    if (!after) return c.fail("after", "this is no place in the inbox", "a sequence number");
    message.after = *after;
  }
  c.ask(*queries_, "the store's reader", std::move(message));
}

} // namespace steward::gateway
