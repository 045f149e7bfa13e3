#pragma once

#include "intelligence/salon/slot.hpp"

namespace steward::intelligence::salon {

/// What led to an appointment; ids that are empty are left out.
struct booking_origin {
  std::string source, outreach_id, decision_id;
};

/// The appointment as a document, booked now.
value new_appointment(std::string_view id, const slot& s, std::string_view customer_id,
                      const booking_origin& from, int64_t now_us);

/// Writes the appointment. Of each day of the staff member that it touches the record in
/// `staff_days` is written as well, with the version that was observed: of two bookings that were
/// decided on at the same time, on the same calendar, one is refused by the store and decided anew.
/// Without an observed query `staff_days` that is left out.
void book(plan& p, const skill_input& in, const salon& where, const slot& s,
          std::string_view appointment_id, value document);

} // namespace steward::intelligence::salon
