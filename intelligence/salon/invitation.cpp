#include "intelligence/salon/invitation.hpp"

#include "intelligence/instants.hpp"
#include "intelligence/salon/gap_slots.hpp"
#include "intelligence/salon/wording.hpp"

#include <algorithm>
#include <cmath>

namespace steward::intelligence::salon {

namespace {

const salon_service* usual_service(const prospect& p, const salon& s) {
  for (const auto& id : p.score.preferred_services)
    if (const auto* found = s.service(id)) return found;
  const salon_service* nearest = nullptr;
  const auto away = [&](const salon_service& x) {
    return std::abs(x.price - p.score.average_per_visit);
  };
  for (const auto& x : s.services())
    if (!nearest || away(x) < away(*nearest)) nearest = &x;
  return nearest;
}

bool at_usual_time(const slot& x, const prospect& p, const salon& s) {
  const auto local = s.clock().to_local(x.start_us);
  const auto day = day_number(local);
  const auto hour = (local - day * day_us) / hour_us;
  const auto weekday = ((day + 4) % 7 + 7) % 7;
  const auto& usual = p.score.preferred_time_slots;
  const auto likes = [&](std::string_view part) {
    return std::ranges::find(usual, part) != usual.end();
  };
  return likes(hour < 12   ? "morning"
               : hour < 17 ? "afternoon"
                           : "evening") ||
         ((weekday == 0 || weekday == 6) && likes("weekend"));
}

} // namespace

bool may_be_invited(const prospect& p, const open_questions& asked, const salon& s,
                    int64_t rest_days, size_t most_messages) {
  if (asked.waits(p.who.id)) return false;
  if (std::ranges::any_of(p.booked, [&](const auto& b) { return b.end_us > s.now_us(); }))
    return false;
  const auto visit =
      p.score.last_visit ? s.clock().to_utc(*p.score.last_visit * day_us) : int64_t{0};
  size_t since = 0;
  for (const auto& m : asked.messages(p.who.id)) {
    if (m.sent_us + rest_days * day_us > s.now_us()) return false;
    since += m.sent_us > visit ? 1 : 0;
  }
  return since < most_messages;
}

std::optional<slot> suggested_slot(const prospect& p, const salon& s, int64_t from_us,
                                   int64_t until_us) {
  const auto* what = usual_service(p, s);
  if (!what) return std::nullopt;
  std::vector<std::string> wanted_staff = p.score.preferred_staff;
  wanted_staff.emplace_back(); // anybody
  for (const auto& staff_id : wanted_staff) {
    if (!staff_id.empty() && !s.staff(staff_id)) continue;
    const auto slots = free_slots(s, what->length.id, staff_id, from_us, until_us, 40);
    for (const auto& x : slots)
      if (at_usual_time(x, p, s)) return x;
    if (!slots.empty()) return slots.front();
  }
  return std::nullopt;
}

value invite(const invitation& what, const slot& chosen, const prospect& p, const salon& s,
             const skill_input& in) {
  const bool cheaper = chosen.discount_percent > 0;
  const auto expires = valid_until(chosen, in);
  const auto name = p.who.name.empty() ? p.who.id : p.who.name;
  auto details = value::object({{"customer_id", p.who.id},
                                {"customer_name", p.who.name},
                                {"customer_segment", customers::to_string(p.score.group)},
                                {"churn_risk", std::lround(p.score.churn_risk)},
                                {"staff_name", chosen.who->hours.name},
                                {"service_name", chosen.what->name},
                                {"time_slot", moment_words(chosen.start_us, s, s.language())},
                                {"potential_revenue", money(chosen.price())}});
  if (cheaper) details.set("discount_percent", money(chosen.discount_percent));
  auto summary = what.summary_begin + " " + name + ": " + chosen.what->name + " with " +
                 chosen.who->hours.name + " " + moment_words(chosen.start_us, s, "en");
  if (cheaper) summary += ", " + std::to_string(std::lround(chosen.discount_percent)) + " % off";
  const auto type = cheaper ? std::string{"discount_offer"} : what.outreach_type;
  const auto words = cheaper ? std::string{"discount_offer"} : what.message_template;
  return value::object(
      {{"decision_type", cheaper ? std::string{"discount_offer"} : what.decision_type},
       {"summary", summary},
       {"reasons", array_of(what.reasons)},
       {"priority", what.priority},
       {"key", what.decision_type + ":" + p.who.id},
       {"customer_id", p.who.id},
       {"trigger_id", "score_" + p.who.id},
       {"trigger_type", "customer_score"},
       {"staff_id", chosen.who->hours.id},
       {"service_id", chosen.what->length.id},
       {"time_slot", instant_text(chosen.start_us)},
       {"action_taken", "outreach_initiated"},
       {"details", details},
       {"revenue", money(chosen.price())},
       {"expires_at", instant_text(expires)},
       {"act",
        outreach_act(p.who, type, "customer_score", words, p.who.offers_by,
                     template_fields(chosen, p.who, s), offer_details(chosen, expires), expires)}});
}

} // namespace steward::intelligence::salon
