#include "intelligence/salon/booking.hpp"

#include "intelligence/instants.hpp"

#include <map>

namespace steward::intelligence::salon {

value new_appointment(std::string_view id, const slot& s, std::string_view customer_id,
                      const booking_origin& from, int64_t now_us) {
  auto document = value::object({{"id", id},
                                 {"customer_id", customer_id},
                                 {"staff_id", s.who->hours.id},
                                 {"service_id", s.what->length.id},
                                 {"start_time", instant_text(s.start_us)},
                                 {"end_time", instant_text(s.end_us())},
                                 {"status", "booked"},
                                 {"price", money(s.price())},
                                 {"booked_at", instant_text(now_us)},
                                 {"source", from.source}});
  if (!from.outreach_id.empty()) document.set("outreach_id", from.outreach_id);
  if (!from.decision_id.empty()) document.set("decision_id", from.decision_id);
  return document;
}

void book(plan& p, const skill_input& in, const salon& where, const slot& s,
          std::string_view appointment_id, value document) {
  p.put("appointments", appointment_id, std::move(document), 0);
  if (!has_observed(in, "staff_days")) return;
  std::map<std::string, record> known;
  for (auto& r : observed(in, "staff_days")) known.emplace(r.id, r);
  const auto time = where.occupied({s.start_us, s.end_us()}, s.what->length.id);
  for (auto day = where.day_of(time.begin_us); day <= where.day_of(time.end_us - 1); ++day) {
    const auto date = date_text(day);
    const auto id = s.who->hours.id + ":" + date;
    const auto found = known.find(id);
    const auto there = found != known.end();
    const auto bookings =
        there ? count_of(*found->second.data, "bookings", 0, 0, 1'000'000) : int64_t{0};
    p.put(
        "staff_days", id,
        value::object({{"staff_id", s.who->hours.id}, {"date", date}, {"bookings", bookings + 1}}),
        there ? found->second.version : 0);
  }
}

} // namespace steward::intelligence::salon
