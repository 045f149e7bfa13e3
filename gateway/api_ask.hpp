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

} // namespace steward::gateway
