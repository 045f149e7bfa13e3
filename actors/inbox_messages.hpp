#pragma once

#include "messages/ids.hpp"
#include "store/store.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

#include <memory>
#include <vector>

/// What a tenant's inbox, and who loads tenants, ask of the loader. None of it leaves the node.
namespace steward {

/// -> listener_page, and how far the tenant's inbox is.
struct read_listeners {
  tenant_id tenant;
  std::optional<store::stored_listener> after;
};
struct listener_page {
  std::shared_ptr<std::vector<store::stored_listener>> listeners;
  uint64_t newest_event = 0; ///< From before the listeners were read.
  bool last = true;
  bool failed = false;
};
/// -> inbox_page
struct read_inbox {
  tenant_id tenant;
  uint64_t after = 0;
  size_t limit = 0;
};
struct inbox_page {
  std::shared_ptr<std::vector<store::inbox_event>> events;
  bool failed = false;
};
/// -> busy_tenants: those that have something to do by themselves.
struct find_busy {};
struct busy_tenants {
  std::shared_ptr<std::vector<tenant_id>> tenants;
  bool failed = false;
};

/// -> known_tenants: all that ever had something stored.
struct find_tenants {};
struct known_tenants {
  std::shared_ptr<std::vector<tenant_id>> tenants;
  bool failed = false;
};

} // namespace steward

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::find_tenants)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::known_tenants)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::read_listeners)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::listener_page)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::read_inbox)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::inbox_page)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::find_busy)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::busy_tenants)
