#include "intelligence/salon/contact.hpp"

#include <array>

namespace steward::intelligence::salon {

std::string first_name(std::string_view name) {
  const auto begin = name.find_first_not_of(' ');
  if (begin == std::string_view::npos) return {};
  name.remove_prefix(begin);
  return std::string{name.substr(0, name.find(' '))};
}

std::string addressed(const contact& to) {
  if (auto name = first_name(to.name); !name.empty()) return name;
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> nameless{
      {{"de", "lieber Gast"}, {"es", "estimado cliente"}, {"fr", "cher client"}, {"hi", "जी"}}};
  for (const auto& [language, word] : nameless)
    if (to.language.starts_with(language)) return std::string{word};
  return "there";
}

contact contact_of(const record& customer, const salon& s) {
  const auto& v = *customer.data;
  contact c;
  c.id = customer.id;
  c.name = text_of(v, "name");
  c.phone = text_of(v, "phone");
  c.email = text_of(v, "email");
  c.language = text_of(v, "language");
  if (c.language.empty()) c.language = s.language();
  c.clock = s.clock();
  c.zone_name = text_of(v, "zone");
  if (auto found = zone::find(c.zone_name); !c.zone_name.empty() && found)
    c.clock = *found;
  else
    c.zone_name = std::string{s.clock().name()};
  if (flag_of(v, "consent.opted_out") == true) return c;
  for (const auto* channel : {"whatsapp", "sms", "email"}) {
    const auto& address = channel == std::string_view{"email"} ? c.email : c.phone;
    if (address.empty()) continue;
    const auto agreed = flag_of(v, std::string{"consent."} + channel);
    if (agreed == true && c.offers_by.empty()) c.offers_by = channel;
    if (agreed != false && c.notices_by.empty()) c.notices_by = channel;
  }
  if (!c.offers_by.empty()) c.notices_by = c.offers_by;
  return c;
}

} // namespace steward::intelligence::salon
