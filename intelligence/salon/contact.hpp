#pragma once

#include "intelligence/salon/salon.hpp"

#include <string>

namespace steward::intelligence::salon {

/// A customer as somebody to write to.
struct contact {
  std::string id, name, phone, email, language, zone_name;
  zone clock;             ///< The customer's; the salon's if none is given.
  std::string offers_by;  ///< Channel for offers: agreed to in so many words; empty: none.
  std::string notices_by; ///< For what concerns their own appointments: not refused; empty: none.
};

/// Opted out, or no address for any channel: both channels are empty. Channels in the order
/// whatsapp, sms, email.
contact contact_of(const record& customer, const salon& s);

/// "Priya Sharma" -> "Priya"; empty if there is nothing but blanks.
std::string first_name(std::string_view name);

/// How a message begins: the first name, or what the language calls a customer without one.
std::string addressed(const contact& to);

} // namespace steward::intelligence::salon
