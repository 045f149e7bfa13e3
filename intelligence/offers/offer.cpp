#include "intelligence/offers/offer.hpp"

#include "intelligence/instants.hpp"

#include <algorithm>
#include <cmath>

namespace steward::intelligence::offers {

namespace {

using customers::customer_score;
using customers::viewpoint;

template <class Items>
bool contains(const Items& items, std::string_view item) {
  return std::find(items.begin(), items.end(), item) != items.end();
}

size_t sent_since(const candidate& c, int64_t now_us, int64_t length_us) {
  return static_cast<size_t>(
      std::count_if(c.messages.begin(), c.messages.end(), [&](const customers::message& m) {
        return m.sent_us <= now_us && m.sent_us > gaps::saturating_add(now_us, -length_us);
      }));
}

std::string percent(double share) {
  return std::to_string(static_cast<int>(std::lround(100 * share))) + " %";
}

/// The dearest preferred service that fits; none: no preference or none of them fits.
const gaps::service* preferred_service(const gaps::gap& g, std::span<const gaps::service> services,
                                       const customer_score& score) {
  const gaps::service* best = nullptr;
  for (const auto& s : services)
    if (contains(g.services_fittable, s.id) && contains(score.preferred_services, s.id) &&
        (!best || s.price > best->price))
      best = &s;
  return best;
}

bool at_preferred_time(const gaps::gap& g, const customer_score& score, const viewpoint& view) {
  const auto local = view.local_us(g.time.begin_us);
  const auto day = day_number(local);
  const auto hour = (local - day * day_us) / hour_us;
  const auto weekday = ((day + 4) % 7 + 7) % 7;
  const auto part = hour < 12 ? "morning" : hour < 17 ? "afternoon" : "evening";
  return contains(score.preferred_time_slots, part) ||
         ((weekday == 0 || weekday == 6) && contains(score.preferred_time_slots, "weekend"));
}

/// Why the gap is not offered, whatever it is worth.
std::string obstacle(const gaps::gap& g, const candidate& c, const viewpoint& view,
                     const offer_policy& policy) {
  if (!c.score.whatsapp_opt_in) return "has not agreed to messages";
  if (sent_since(c, view.now_us, hour_us) + 1 > policy.most_hourly)
    return "has had " + std::to_string(policy.most_hourly) + " message(s) within the hour";
  if (sent_since(c, view.now_us, day_us) + 1 > policy.most_daily)
    return "has had " + std::to_string(policy.most_daily) + " message(s) within the day";
  const gaps::interval near{gaps::saturating_add(g.time.begin_us, -policy.booked_near_us),
                            gaps::saturating_add(g.time.end_us, policy.booked_near_us)};
  for (const auto& own : c.booked)
    if (!gaps::intersection(near, own).empty()) return "has an appointment around that time";
  return {};
}

/// Whether a factor of the fit is met, left out (no preference) or missed, with its sentence.
struct match {
  double factor = 1;
  std::string reason;
};

match staff_match(const gaps::gap& g, const customer_score& s, const offer_policy& policy) {
  if (s.preferred_staff.empty()) return {};
  const auto name = g.staff_name.empty() ? g.staff_id : g.staff_name;
  if (contains(s.preferred_staff, g.staff_id)) return {1, "prefers " + name};
  return {policy.other_staff, "usually goes to somebody other than " + name};
}

match time_match(const gaps::gap& g, const customer_score& s, const viewpoint& view,
                 const offer_policy& policy) {
  if (s.preferred_time_slots.empty()) return {};
  if (at_preferred_time(g, s, view)) return {1, "it is at the usual time of day"};
  return {policy.other_time, "usually comes at another time"};
}

match due_match(const customer_score& s, int64_t day) {
  const auto due = dueness(s, day);
  if (!s.last_visit) return {due, "has not been here yet"};
  const auto days = std::to_string(day - *s.last_visit);
  if (due < 0.5) return {due, "was here only " + days + " days before"};
  return {due, days + " days after the last visit, one is due"};
}

/// The offer without regard to when it is sent and whether it is worth it.
offer work_out(const gaps::gap& g, std::span<const gaps::service> services, const candidate& c,
               const viewpoint& view, const offer_policy& policy) {
  const auto& s = c.score;
  offer o;
  o.customer_id = s.customer_id;
  const auto notice =
      std::max(static_cast<double>(g.time.begin_us) - static_cast<double>(view.now_us), 0.0);
  const auto half_life = static_cast<double>(std::max<int64_t>(policy.notice_half_life_us, 1));
  o.response = std::clamp(s.response_rate, 0.0, 1.0) * (1 - std::exp2(-notice / half_life));

  const auto day = day_number(view.local_us(g.time.begin_us));
  std::vector<match> matches{due_match(s, day), staff_match(g, s, policy),
                             time_match(g, s, view, policy)};
  const auto* chosen = preferred_service(g, services, s);
  if (chosen)
    matches.push_back({1, "a favourite service fits: " + chosen->id});
  else if (!s.preferred_services.empty())
    matches.push_back({policy.other_service, "none of the usual services fits"});
  o.fit = 1;
  for (const auto& m : matches) o.fit *= std::clamp(m.factor, 0.0, 1.0);

  const auto usual = std::min(s.average_per_visit > 0 ? s.average_per_visit
                                                      : static_cast<double>(g.potential_revenue),
                              static_cast<double>(g.potential_revenue));
  const auto shown = std::clamp(1 - c.no_show_risk, 0.0, 1.0);
  o.value = (chosen ? static_cast<double>(chosen->price) : usual) * shown;
  if (chosen) o.service_id = chosen->id;
  o.annoyance = annoyance_of(c.messages, view.now_us, policy);
  o.expected_value = o.response * o.fit * o.value - o.annoyance;

  // What speaks most clearly, for or against, comes first.
  std::stable_sort(matches.begin(), matches.end(),
                   [](const match& a, const match& b) { return a.factor < b.factor; });
  o.reasons.push_back("answers " + percent(o.response) + " of such messages, worth " +
                      std::to_string(std::llround(std::min(o.value, 9e15))) + " if so");
  for (auto& m : matches)
    if (!m.reason.empty()) o.reasons.push_back(std::move(m.reason));
  if (s.group == customers::segment::vip) o.reasons.emplace_back("is among the best customers");
  if (c.no_show_risk >= 0.25)
    o.reasons.push_back("stays away from " + percent(c.no_show_risk) + " of appointments");
  if (o.annoyance > 1.5 * policy.message_cost)
    o.reasons.emplace_back("has had several messages lately");
  return o;
}

} // namespace

double annoyance_of(std::span<const customers::message> messages, int64_t now_us,
                    const offer_policy& policy) {
  double recent = 0;
  for (const auto& m : messages) {
    if (m.sent_us > now_us) continue;
    const auto days = (static_cast<double>(now_us) - static_cast<double>(m.sent_us)) / day_us;
    recent += std::exp2(-days / std::max(policy.annoyance_half_life_days, 1e-6));
  }
  return policy.message_cost * (1 + policy.annoyance_growth * recent);
}

double dueness(const customer_score& score, int64_t day) {
  if (!score.last_visit) return 0.5;
  const auto ratio =
      static_cast<double>(day - *score.last_visit) / std::max(score.average_days_between, 1.0);
  return std::clamp((ratio - 0.4) / 0.6, 0.05, 1.0);
}

offer_ranking rank_offers(const gaps::gap& g, std::span<const gaps::service> services,
                          std::span<const candidate> candidates, const hour_profile& hours,
                          const viewpoint& view, const offer_policy& policy) {
  offer_ranking ranking;
  for (const auto& c : candidates) {
    const auto pass = [&](std::string reason) {
      ranking.passed.push_back({c.score.customer_id, std::move(reason)});
    };
    if (auto reason = obstacle(g, c, view, policy); !reason.empty()) {
      pass(std::move(reason));
      continue;
    }
    const viewpoint theirs{view.now_us, c.zone};
    const auto when = when_to_send(g.time.begin_us, learn_hours(c.messages, theirs, hours), theirs,
                                   policy.sending);
    if (!when) {
      pass("there is no time for a message before the gap");
      continue;
    }
    auto o = work_out(g, services, c, view, policy);
    o.send_at_us = *when;
    if (o.expected_value > 0)
      ranking.offers.push_back(std::move(o));
    else
      pass("a message would annoy more than it is worth");
  }
  std::stable_sort(
      ranking.offers.begin(), ranking.offers.end(), [](const offer& a, const offer& b) {
        return a.expected_value != b.expected_value ? a.expected_value > b.expected_value
                                                    : a.customer_id < b.customer_id;
      });
  return ranking;
}

} // namespace steward::intelligence::offers
