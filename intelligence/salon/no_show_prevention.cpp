#include "intelligence/instants.hpp"
#include "intelligence/offers/send_time.hpp"
#include "intelligence/salon/missed_risk.hpp"
#include "intelligence/salon/open_questions.hpp"
#include "intelligence/salon/skills.hpp"
#include "intelligence/salon/slot.hpp"
#include "intelligence/salon/wording.hpp"

#include <algorithm>
#include <cmath>
#include <unordered_map>

namespace steward::intelligence::salon {

namespace {

std::string percent(double share) { return std::to_string(std::lround(100 * share)) + " %"; }

std::vector<std::string> reasons_of(const missed_risk::forecast& f) {
  std::vector<std::string> reasons;
  const auto whole = [](double n) { return std::to_string(std::lround(n)); };
  if (f.seen.past_missed > 0)
    reasons.push_back("missed " + whole(f.seen.past_missed) + " of " + whole(f.seen.past) +
                      " appointments so far");
  else if (f.seen.past > 0)
    reasons.push_back("kept all of " + whole(f.seen.past) + " appointments so far");
  else
    reasons.emplace_back("has not been here yet");
  if (f.seen.lead_days >= 7) reasons.push_back("booked " + whole(f.seen.lead_days) + " days ahead");
  if (f.seen.last_missed == 1) reasons.emplace_back("did not come the last time");
  reasons.push_back("risk " + percent(f.risk));
  return reasons;
}

value reminder(const appointment& a, const missed_risk::forecast& f, const contact& to,
               const slot& what, const salon& s) {
  const auto expires = a.time.begin_us - 30 * minute_us;
  const auto name = to.name.empty() ? to.id : to.name;
  auto details = value::object({{"appointment_id", a.id},
                                {"customer_id", to.id},
                                {"customer_name", to.name},
                                {"staff_name", what.who->hours.name},
                                {"service_name", what.what->name},
                                {"time_slot", moment_words(a.time.begin_us, s, s.language())},
                                {"no_show_risk", std::round(100 * f.risk) / 100},
                                {"potential_revenue", money(a.price)}});
  return value::object(
      {{"decision_type", "no_show_prevention"},
       {"summary", "Ask " + name + " to confirm " + what.what->name + " with " +
                       what.who->hours.name + " " + moment_words(a.time.begin_us, s, "en") + ": " +
                       percent(f.risk) + " likely to be missed"},
       {"reasons", array_of(reasons_of(f))},
       {"priority", f.risk >= 0.5 ? "high" : "medium"},
       {"key", "no_show_prevention:" + a.id},
       {"customer_id", to.id},
       {"trigger_id", a.id},
       {"trigger_type", "appointment"},
       {"staff_id", a.staff_id},
       {"service_id", a.service_id},
       {"time_slot", instant_text(a.time.begin_us)},
       {"action_taken", "reminder_sent"},
       {"details", details},
       {"revenue", money(a.price * f.risk)},
       {"expires_at", instant_text(expires)},
       {"act",
        outreach_act(to, "no_show_prevention", "appointment", "no_show_reminder", to.notices_by,
                     template_fields(what, to, s), offer_details(what, expires), expires)}});
}

} // namespace

value no_show_prevention(const skill_input& in) {
  const salon s{in};
  const open_questions asked{in};
  const missed_risk risks{in, s};
  const auto ahead = count_of(in.with, "hours_ahead", 48, 1, 24 * 14) * hour_us;
  const auto notice = count_of(in.with, "notice_minutes", 120, 0, 24 * 60) * minute_us;
  const auto risk_from = number_of(in.with, "risk_from").value_or(0.25);
  const auto proposals_most = count_of(in.with, "proposals_most", 10, 0, 100);
  const auto writes_most = count_of(in.with, "writes_most", 500, 0, 1000);
  std::unordered_map<std::string, record> customers;
  for (auto& r : observed(in, "customers")) customers.emplace(r.id, r);

  std::vector<const appointment*> coming;
  for (const auto& a : s.appointments())
    if (a.status == "booked" && a.time.begin_us > in.now_us &&
        a.time.begin_us <= in.now_us + ahead && !a.customer_id.empty())
      coming.push_back(&a);
  const auto forecasts = risks.of(coming);

  plan p;
  risks.keep(p);
  for (size_t i = 0; i < coming.size(); ++i) {
    const auto& a = *coming[i];
    const auto& f = forecasts[i];
    const auto shown = std::round(100 * f.risk) / 100;
    const auto known = number_of(*a.data, "no_show_risk");
    if ((!known || std::abs(*known - shown) > 0.005) &&
        static_cast<int64_t>(p.writes()) < writes_most)
      p.merge("appointments", a.id, value::object({{"no_show_risk", shown}}), a.version);
  }
  // The likeliest first: proposals are few.
  std::vector<size_t> order(coming.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::stable_sort(
      order, [&](size_t x, size_t y) { return forecasts[x].risk > forecasts[y].risk; });
  for (const auto i : order) {
    const auto& a = *coming[i];
    if (static_cast<int64_t>(p.proposals()) >= proposals_most || !(forecasts[i].risk >= risk_from))
      break;
    const auto booked = instant_of(*a.data, "booked_at");
    const auto customer = customers.find(a.customer_id);
    if (a.time.begin_us < in.now_us + std::max(notice, 31 * minute_us) ||
        (booked && *booked > in.now_us - hour_us) || customer == customers.end() ||
        asked.was_asked(a.id))
      continue;
    const auto to = contact_of(customer->second, s);
    slot what;
    what.who = s.staff(a.staff_id);
    what.what = s.service(a.service_id);
    what.start_us = a.time.begin_us;
    if (to.notices_by.empty() || !what.who || !what.what ||
        offers::is_quiet(in.now_us, to.clock, {}))
      continue;
    p.propose(reminder(a, forecasts[i], to, what, s));
  }
  return p.take();
}

} // namespace steward::intelligence::salon
