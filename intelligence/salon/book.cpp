#include "intelligence/instants.hpp"
#include "intelligence/salon/booking.hpp"
#include "intelligence/salon/skills.hpp"

#include <algorithm>

namespace steward::intelligence::salon {

namespace {

value as_answer(value appointment, std::string_view id) {
  appointment.set("id", id);
  return value::object({{"appointment", std::move(appointment)}});
}

} // namespace

value book(const skill_input& in) {
  const auto body = in.trigger.get("body");
  const salon s{in};
  const auto id = "apt_" + text_of(in.trigger, "id");
  const auto customer_id = text_of(body, "customer_id");
  const auto start = instant_of(body, "start_time");

  // Asked again under the same key: it stands as it is.
  for (const auto& a : s.appointments())
    if (a.id == id) {
      plan p;
      p.answer(as_answer(*a.data, id));
      return p.take();
    }
  if (!start) return refused(422, "start_time is no instant (RFC 3339)", "start_time");
  if (*start < in.now_us - day_us)
    return refused(422, "start_time is more than a day ago", "start_time");
  const auto known = observed(in, "customers");
  if (has_observed(in, "customers") &&
      std::ranges::none_of(known, [&](const record& r) { return r.id == customer_id; }))
    return refused(422, "there is no customer '" + customer_id + "'", "customer_id");
  slot wanted;
  wanted.who = s.staff(text_of(body, "staff_id"));
  wanted.what = s.service(text_of(body, "service_id"));
  wanted.start_us = *start / second_us * second_us;
  if (!wanted.who)
    return refused(422, "nobody of that id works here: '" + text_of(body, "staff_id") + "'",
                   "staff_id");
  if (!wanted.what)
    return refused(422, "there is no service '" + text_of(body, "service_id") + "'", "service_id");
  if (const auto why = s.why_not(*wanted.who, *wanted.what, wanted.start_us); !why.empty())
    return refused(409, why, "start_time");

  auto source = text_of(body, "source");
  if (source.empty()) source = "client";
  plan p;
  const auto document = new_appointment(id, wanted, customer_id, {source, "", ""}, in.now_us);
  book(p, in, s, wanted, id, document);
  p.answer(as_answer(document, id));
  return p.take();
}

} // namespace steward::intelligence::salon
