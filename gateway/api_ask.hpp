#pragma once

#include "gateway/api.hpp"
#include "messages/type_ids.hpp"

#include <caf/all.hpp>

/// How calls reach actors; only for the sources of `api`.
namespace steward::gateway {

template <class Message>
void api::call::ask(const supervision::service_slot& to, std::string_view what, Message message) {
  const auto handle = to.get();
  if (!handle) return unavailable(what);
  caf::anon_send(handle, std::move(message), x.later());
}

template <class Message>
void api::to_tenant(call& c, Message message, std::chrono::milliseconds wait, std::string headers,
                    size_t requests) {
  const auto way = options_.tenants->find(c.tenant);
  const auto handle = way ? way->actor() : caf::actor{};
  if (!handle) {
    const auto tenants = tenants_->get();
    if (!tenants) return c.unavailable("the tenants' supervisor");
    return caf::anon_send(tenants, std::move(message), c.x.later(wait, std::move(headers)));
  }
  auto admitted = way->try_enter(options_.services->outside.now_us(), requests);
  if (!admitted)
    return c.fail(from_failure({ec::overloaded,
                                "the tenant has as many requests in work as it may",
                                {},
                                admitted.retry_after}));
  caf::anon_send(handle, std::move(message), c.x.later(wait, std::move(headers)),
                 std::move(admitted.pass));
}

} // namespace steward::gateway
