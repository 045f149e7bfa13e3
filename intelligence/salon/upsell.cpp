#include "intelligence/instants.hpp"
#include "intelligence/offers/send_time.hpp"
#include "intelligence/salon/invitation.hpp"
#include "intelligence/salon/skills.hpp"

#include <algorithm>
#include <cmath>
#include <unordered_map>

namespace steward::intelligence::salon {

namespace {

/// The latest completed appointment of each customer, as a day.
std::unordered_map<std::string, int64_t> completed_lately(const salon& s) {
  std::unordered_map<std::string, int64_t> days;
  for (const auto& a : s.appointments()) {
    if (a.status != "completed" || a.time.begin_us > s.now_us()) continue;
    auto& day = days.emplace(a.customer_id, s.day_of(a.time.begin_us)).first->second;
    day = std::max(day, s.day_of(a.time.begin_us));
  }
  return days;
}

struct due_customer {
  const prospect* who = nullptr;
  int64_t due = 0, last = 0;
};

} // namespace

value upsell(const skill_input& in) {
  const salon s{in};
  const open_questions asked{in};
  plan p;
  const auto ahead = count_of(in.with, "days_before_due", 5, 0, 30);
  const auto late = count_of(in.with, "days_after_due", 14, 0, 90);
  const auto rest_days = count_of(in.with, "rest_days", 7, 1, 365);
  const auto most_messages = count_of(in.with, "messages_since_visit", 2, 1, 100);
  const auto proposals_most = count_of(in.with, "proposals_most", 5, 0, 100);
  const auto risk_below = number_of(in.with, "risk_below").value_or(60);
  const auto today = s.day_of(in.now_us);
  const auto lately = completed_lately(s);

  auto prospects = prospects_of(in, s);
  std::vector<due_customer> due;
  for (auto& who : prospects) {
    auto& score = who.score;
    if (const auto seen = lately.find(who.who.id); seen != lately.end()) {
      score.last_visit = std::max(score.last_visit.value_or(seen->second), seen->second);
      score.visits = std::max<int64_t>(score.visits, 1);
    }
    if (!score.last_visit || score.visits < 1 || score.churn_risk >= risk_below ||
        !may_be_invited(who, asked, s, rest_days, static_cast<size_t>(most_messages)) ||
        offers::is_quiet(in.now_us, who.who.clock, {}))
      continue;
    const auto rhythm = std::max<int64_t>(std::llround(score.average_days_between), 1);
    const auto day = *score.last_visit + rhythm;
    if (*score.last_visit >= today || day - ahead > today || day + late < today) continue;
    due.push_back({&who, day, *score.last_visit});
  }
  std::ranges::stable_sort(due, [](const due_customer& a, const due_customer& b) {
    return a.who->score.average_per_visit > b.who->score.average_per_visit;
  });
  int64_t tried = 0;
  for (const auto& c : due) {
    if (static_cast<int64_t>(p.proposals()) >= proposals_most || tried >= 4 * proposals_most) break;
    ++tried;
    // Around the day on which the visit is due, and not before tomorrow.
    const auto begin = s.clock().to_utc(std::max(c.due - 1, today + 1) * day_us);
    const auto chosen =
        suggested_slot(*c.who, s, std::max(begin, in.now_us + 3 * hour_us), begin + 5 * day_us);
    if (!chosen) continue;
    p.propose(
        invite({"upsell",
                "rebooking",
                "rebooking",
                "low",
                "Propose the next visit to",
                {"last visit " + std::to_string(today - c.last) + " days ago, usually every " +
                     std::to_string(std::lround(c.who->score.average_days_between)) + " days",
                 "has no appointment to come"}},
               *chosen, *c.who, s, in));
  }
  return p.take();
}

} // namespace steward::intelligence::salon
