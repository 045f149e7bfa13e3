#pragma once

#include "intelligence/instants.hpp"
#include "workflow/schedule/time_zone.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace steward::intelligence::customers {

/// Something that was bought at one time. Amounts are whole numbers of the tenant's unit.
struct visit {
  int64_t at_us = 0;
  int64_t value = 0; ///< A negative one counts as 0.
  std::string staff_id;
  std::vector<std::string> service_ids;
};

/// A message that asked something, and when it was answered (whatever the answer).
struct message {
  int64_t sent_us = 0;
  std::optional<int64_t> answered_us;
};

/// What a tenant knows of a customer. Nothing needs to be in order; what lies after the moment of
/// looking is not known yet and passed over.
struct customer {
  std::string id;
  bool whatsapp_opt_in = false;
  std::vector<visit> visits;
  std::vector<message> messages;
  std::vector<int64_t> missed_us; ///< Appointments that the customer did not come to.
};

/// When one looks, and on which clock days and times of day are told.
struct viewpoint {
  int64_t now_us = 0;
  workflow::schedule::time_zone zone;

  /// What the clock shows then; instants that are not of this era are taken to its ends, so that
  /// nothing overflows.
  int64_t local_us(int64_t us) const { return zone.to_local(std::clamp(us, -era_us, era_us)); }
  /// The day on the clock now; days count from 1970.
  int64_t today() const { return day_number(local_us(now_us)); }

  static constexpr int64_t era_us = 20'000 * 365 * day_us;
};

} // namespace steward::intelligence::customers
