#pragma once

#include "intelligence/salon/contact.hpp"
#include "intelligence/salon/plan.hpp"

#include <optional>
#include <string>

namespace steward::intelligence::salon {

/// A time that can be offered to a customer.
struct slot {
  const salon_staff* who = nullptr;
  const salon_service* what = nullptr;
  int64_t start_us = 0;
  std::string gap_id;          ///< Empty: it lies in none that is recorded.
  double discount_percent = 0; ///< 0: none.

  int64_t end_us() const { return start_us + what->length.duration_us; }
  double price() const { return what->price * (1 - discount_percent / 100); }
};

/// What templates may show: first_name, salon, service, staff, day, time, discount. None is empty.
value template_fields(const slot& offered, const contact& to, const salon& s);

/// What an outreach keeps of the offer, so that an answer can be acted on: gap_id, staff_id,
/// service_id, start_time, end_time, price, valid_until, and discount_percent if there is one.
value offer_details(const slot& offered, int64_t valid_until_us);
/// The slot of an outreach's offer_details. None if its staff or service is not there any more or
/// anything else is missing.
std::optional<slot> slot_of(const value& offer_details, const salon& s);

/// The act of a proposal that writes to the customer.
value outreach_act(const contact& to, std::string_view type, std::string_view trigger_type,
                   std::string_view message_template, std::string_view channel, value fields,
                   value details, int64_t expires_us);

/// Until when an offer holds: `valid_minutes` (of settings), and never later than half an hour
/// before the slot.
int64_t valid_until(const slot& offered, const skill_input& in);

} // namespace steward::intelligence::salon
