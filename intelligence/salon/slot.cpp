#include "intelligence/salon/slot.hpp"

#include "intelligence/instants.hpp"
#include "intelligence/salon/wording.hpp"

#include <algorithm>

namespace steward::intelligence::salon {

value template_fields(const slot& offered, const contact& to, const salon& s) {
  auto staff = first_name(offered.who->hours.name);
  if (staff.empty()) staff = offered.who->hours.id;
  return value::object({{"first_name", addressed(to)},
                        {"salon", s.title()},
                        {"service", offered.what->name},
                        {"staff", staff},
                        {"day", day_words(offered.start_us, s, to.language)},
                        {"time", time_words(offered.start_us, s, to.language)},
                        {"discount", money(offered.discount_percent)}});
}

value offer_details(const slot& offered, int64_t valid_until_us) {
  auto details = value::object({{"gap_id", offered.gap_id},
                                {"staff_id", offered.who->hours.id},
                                {"service_id", offered.what->length.id},
                                {"start_time", instant_text(offered.start_us)},
                                {"end_time", instant_text(offered.end_us())},
                                {"price", money(offered.price())},
                                {"valid_until", instant_text(valid_until_us)}});
  if (offered.gap_id.empty()) details.erase("gap_id");
  if (offered.discount_percent > 0)
    details.set("discount_percent", money(offered.discount_percent));
  return details;
}

std::optional<slot> slot_of(const value& details, const salon& s) {
  slot found;
  found.who = s.staff(text_of(details, "staff_id"));
  found.what = s.service(text_of(details, "service_id"));
  const auto start = instant_of(details, "start_time");
  if (!found.who || !found.what || !start) return std::nullopt;
  found.start_us = *start;
  found.gap_id = text_of(details, "gap_id");
  found.discount_percent =
      std::clamp(number_of(details, "discount_percent").value_or(0), 0.0, 100.0);
  return found;
}

value outreach_act(const contact& to, std::string_view type, std::string_view trigger_type,
                   std::string_view message_template, std::string_view channel, value fields,
                   value details, int64_t expires_us) {
  auto outreach = value::object({{"outreach_type", type},
                                 {"trigger_type", trigger_type},
                                 {"channel", channel},
                                 {"template", message_template},
                                 {"language", to.language},
                                 {"fields", std::move(fields)},
                                 {"offer_details", std::move(details)},
                                 {"expires_at", instant_text(expires_us)},
                                 {"customer_name", to.name},
                                 {"customer_phone", to.phone},
                                 {"zone", to.zone_name}});
  return value::object({{"outreach", outreach}});
}

int64_t valid_until(const slot& offered, const skill_input& in) {
  const auto valid = count_of(in.settings, "offer_valid_minutes", 240, 5, 7 * 24 * 60) * minute_us;
  return std::min(in.now_us + valid, offered.start_us - 30 * minute_us);
}

} // namespace steward::intelligence::salon
