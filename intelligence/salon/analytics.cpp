#include "intelligence/instants.hpp"
#include "intelligence/salon/contact.hpp"
#include "intelligence/salon/day_stats.hpp"
#include "intelligence/salon/open_questions.hpp"
#include "intelligence/salon/scores.hpp"
#include "intelligence/salon/skills.hpp"

#include <algorithm>
#include <cmath>
#include <unordered_map>

namespace steward::intelligence::salon {

namespace {

constexpr double cents = 100; // scores are worked out in hundredths, so that none is lost
constexpr size_t customers_most = 20'000; // of a query: with so many, some may not be seen

/// What the scores are made of: visits, messages and missed appointments of each customer.
std::vector<customers::customer> histories(const skill_input& in, const salon& s,
                                           const open_questions& asked) {
  std::unordered_map<std::string, size_t> index;
  std::vector<customers::customer> all;
  for (const auto& r : observed(in, "customers")) {
    if (r.id.size() > 120 || !index.emplace(r.id, all.size()).second) continue;
    customers::customer c;
    c.id = r.id;
    c.whatsapp_opt_in = contact_of(r, s).offers_by == "whatsapp";
    c.messages = asked.messages(r.id);
    all.push_back(std::move(c));
  }
  for (const auto& a : s.appointments()) {
    const auto found = index.find(a.customer_id);
    if (found == index.end()) continue;
    auto& c = all[found->second];
    if (a.status == "no_show") c.missed_us.push_back(a.time.begin_us);
    if (a.status != "completed") continue;
    const auto paid = number_of(*a.data, "amount").value_or(a.price);
    customers::visit v{
        a.time.begin_us, std::llround(std::clamp(paid, 0.0, 1e12) * cents), a.staff_id, {}};
    if (!a.service_id.empty()) v.service_ids.push_back(a.service_id);
    c.visits.push_back(std::move(v));
  }
  return all;
}

value document_of(const customers::customer_score& score, const customers::viewpoint& view) {
  auto document = customers::to_document(score, view);
  document.set("ltv",
               value::object({{"total", money(score.total / cents)},
                              {"last_12_months", money(score.last_12_months / cents)},
                              {"projected_annual", money(score.projected_annual / cents)},
                              {"average_per_visit", money(score.average_per_visit / cents)}}));
  return document;
}

/// How much a written score is out of date: 3 there is none or there were visits since, 2 what one
/// would do about the customer is another, 1 it was looked at long ago, 0 it will do.
int staleness(const value* known, const value& fresh) {
  if (!known) return 3;
  const auto differs = [&](std::string_view path) {
    const auto *a = at_path(*known, path), *b = at_path(fresh, path);
    return !a || !b || !(*a == *b);
  };
  for (const auto* path :
       {"visit_frequency.total_visits", "visit_frequency.last_visit", "ltv.total"})
    if (differs(path)) return 3;
  const auto risk = [](const value& v) { return number_of(v, "churn_risk.score").value_or(0); };
  if (differs("segment") || differs("engagement.whatsapp_opt_in") ||
      differs("engagement.last_response") || std::abs(risk(*known) - risk(fresh)) >= 5)
    return 2;
  const auto day = [](const value& v) {
    return parse_instant(text_of(v, "churn_risk.last_assessment")).value_or(0);
  };
  return day(fresh) - day(*known) >= week_us ? 1 : 0;
}

struct due_score {
  value document;
  const record* known = nullptr;
  int stale = 0;
};

void write_scores(plan& p, const skill_input& in, const salon& s, size_t most) {
  const open_questions asked{in};
  const customers::viewpoint view{in.now_us, s.clock()};
  const auto all = histories(in, s, asked);
  const auto population = customers::learn_population(all, view);
  const auto written = observed(in, "scores");
  std::unordered_map<std::string, const record*> known;
  for (const auto& r : written) known.emplace(r.id, &r);
  std::vector<due_score> due;
  for (const auto& c : all) {
    due_score d;
    d.document = document_of(customers::score_customer(c, population, view), view);
    const auto found = known.find("score_" + c.id);
    if (found != known.end()) d.known = found->second;
    d.stale = staleness(d.known ? d.known->data : nullptr, d.document);
    if (d.stale > 0) due.push_back(std::move(d));
  }
  std::ranges::stable_sort(
      due, [](const due_score& a, const due_score& b) { return a.stale > b.stale; });
  const auto now = instant_text(in.now_us);
  for (auto& d : due) {
    if (p.writes() >= most) return;
    const auto id = "score_" + text_of(d.document, "customer_id");
    auto created = d.known ? text_of(*d.known->data, "created_at") : std::string{};
    d.document.set("id", id);
    d.document.set("created_at", created.empty() ? now : created);
    d.document.set("updated_at", now);
    p.put("customer_scores", id, d.document, d.known ? d.known->version : 0);
  }
  // Who was deleted leaves no score behind.
  if (observed(in, "customers").size() >= customers_most || !has_observed(in, "customers")) return;
  std::unordered_map<std::string, bool> there;
  for (const auto& c : all) there["score_" + c.id] = true;
  for (const auto& r : written)
    if (!there.contains(r.id) && p.writes() < most) p.remove("customer_scores", r.id, r.version);
}

} // namespace

value analytics(const skill_input& in) {
  const salon s{in};
  plan p;
  const auto today = s.day_of(in.now_us);
  for (const auto day : {today - 1, today}) write_day_stats(p, in, s, day);
  write_scores(p, in, s, static_cast<size_t>(count_of(in.with, "writes_most", 500, 2, 1000)));
  return p.take();
}

} // namespace steward::intelligence::salon
