#include "intelligence/instants.hpp"
#include "intelligence/offers/send_time.hpp"
#include "intelligence/salon/invitation.hpp"
#include "intelligence/salon/skills.hpp"

#include <algorithm>
#include <cmath>

namespace steward::intelligence::salon {

namespace {

struct at_risk {
  const prospect* who = nullptr;
  double loss = 0; ///< What a year without them costs, as far as is known.
};

std::vector<std::string> reasons_of(const at_risk& c, int64_t today) {
  std::vector<std::string> reasons;
  const auto& score = c.who->score;
  reasons.push_back("risk of leaving " + std::to_string(std::lround(score.churn_risk)) + " %");
  if (score.last_visit)
    reasons.push_back("last visit " + std::to_string(today - *score.last_visit) +
                      " days ago, usually every " +
                      std::to_string(std::lround(score.average_days_between)) + " days");
  for (const auto& factor : score.churn_factors) {
    auto words = factor;
    std::ranges::replace(words, '_', ' ');
    reasons.push_back(words);
  }
  return reasons;
}

} // namespace

value retention(const skill_input& in) {
  const salon s{in};
  const open_questions asked{in};
  plan p;
  const auto risk_from = number_of(in.with, "risk_from").value_or(60);
  const auto overdue_from = number_of(in.with, "overdue_from").value_or(1.5);
  const auto rest_days = count_of(in.with, "rest_days", 14, 1, 365);
  const auto most_messages = count_of(in.with, "messages_since_visit", 3, 1, 100);
  const auto proposals_most = count_of(in.with, "proposals_most", 5, 0, 100);
  const auto days = count_of(in.with, "days_ahead", 7, 1, 14);
  const auto today = s.day_of(in.now_us);

  const auto prospects = prospects_of(in, s);
  std::vector<at_risk> found;
  for (const auto& who : prospects) {
    const auto& score = who.score;
    if (score.visits < 2 || !score.last_visit ||
        !may_be_invited(who, asked, s, rest_days, static_cast<size_t>(most_messages)) ||
        offers::is_quiet(in.now_us, who.who.clock, {}))
      continue;
    const auto away = static_cast<double>(today - *score.last_visit);
    const auto overdue = away >= overdue_from * std::max(score.average_days_between, 7.0);
    if (score.churn_risk < risk_from && !overdue) continue;
    const auto year = std::max(score.last_12_months, score.average_per_visit);
    found.push_back({&who, year * std::max(score.churn_risk, 1.0) / 100});
  }
  std::ranges::stable_sort(found,
                           [](const at_risk& a, const at_risk& b) { return a.loss > b.loss; });
  int64_t tried = 0;
  for (const auto& c : found) {
    if (static_cast<int64_t>(p.proposals()) >= proposals_most || tried >= 4 * proposals_most) break;
    ++tried;
    auto chosen = suggested_slot(*c.who, s, in.now_us + 3 * hour_us, in.now_us + days * day_us);
    if (!chosen) continue;
    chosen->discount_percent = discount_for(c.who->score, in);
    p.propose(invite({"retention", "retention", "retention", c.loss > 0 ? "medium" : "low",
                      "Invite back", reasons_of(c, today)},
                     *chosen, *c.who, s, in));
  }
  return p.take();
}

} // namespace steward::intelligence::salon
