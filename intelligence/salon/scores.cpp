#include "intelligence/salon/scores.hpp"

#include "intelligence/instants.hpp"

#include <algorithm>

namespace steward::intelligence::salon {

namespace {

std::optional<int64_t> day_in(const value& document, std::string_view path) {
  const auto midnight = parse_instant(text_of(document, path));
  return midnight ? std::optional{day_number(*midnight)} : std::nullopt;
}

customers::segment segment_named(std::string_view name) {
  using customers::segment;
  for (const auto s : {segment::vip, segment::high_value, segment::regular, segment::at_risk})
    if (to_string(s) == name) return s;
  return segment::new_customer;
}

} // namespace

customers::customer_score prior_score(std::string customer_id, const customers::viewpoint& view) {
  customers::customer unknown;
  unknown.id = std::move(customer_id);
  return customers::score_customer(unknown, {}, view);
}

customers::customer_score read_score(std::string customer_id, const value& v,
                                     const customers::viewpoint& view) {
  auto s = prior_score(std::move(customer_id), view);
  const auto number = [&](double& into, std::string_view path, double most) {
    if (const auto found = number_of(v, path)) into = std::clamp(*found, 0.0, most);
  };
  s.group = segment_named(text_of(v, "segment"));
  number(s.total, "ltv.total", 1e15);
  number(s.last_12_months, "ltv.last_12_months", 1e15);
  number(s.projected_annual, "ltv.projected_annual", 1e15);
  number(s.average_per_visit, "ltv.average_per_visit", 1e12);
  s.visits = count_of(v, "visit_frequency.total_visits", 0, 0, 1'000'000);
  s.last_90_days = count_of(v, "visit_frequency.last_90_days", 0, 0, 1'000'000);
  number(s.average_days_between, "visit_frequency.average_days_between", 10'000);
  s.last_visit = day_in(v, "visit_frequency.last_visit");
  s.next_predicted = day_in(v, "visit_frequency.next_predicted");
  number(s.churn_risk, "churn_risk.score", 100);
  s.churn_factors = texts_of(v, "churn_risk.factors");
  s.preferred_staff = texts_of(v, "preferences.preferred_staff");
  s.preferred_services = texts_of(v, "preferences.preferred_services");
  s.preferred_time_slots = texts_of(v, "preferences.preferred_time_slots");
  number(s.response_rate, "engagement.response_rate", 1);
  return s;
}

std::unordered_map<std::string, const value*> score_documents(const skill_input& in) {
  std::unordered_map<std::string, const value*> documents;
  for (const auto& r : observed(in, "scores"))
    if (auto id = text_of(*r.data, "customer_id"); !id.empty())
      documents.emplace(std::move(id), r.data);
  return documents;
}

std::vector<prospect> prospects_of(const skill_input& in, const salon& s) {
  const auto documents = score_documents(in);
  const customers::viewpoint view{in.now_us, s.clock()};
  std::unordered_map<std::string, std::vector<gaps::interval>> booked;
  for (const auto& a : s.appointments())
    if (a.stands()) booked[a.customer_id].push_back(a.time);
  std::vector<prospect> prospects;
  for (const auto& r : observed(in, "customers")) {
    prospect p;
    p.who = contact_of(r, s);
    if (p.who.offers_by.empty()) continue;
    const auto known = documents.find(r.id);
    p.score =
        known == documents.end() ? prior_score(r.id, view) : read_score(r.id, *known->second, view);
    p.score.whatsapp_opt_in = true; // by whichever channel it is
    if (const auto own = booked.find(r.id); own != booked.end()) p.booked = own->second;
    prospects.push_back(std::move(p));
  }
  return prospects;
}

double discount_for(const customers::customer_score& score, const skill_input& in) {
  if (score.group != customers::segment::at_risk) return 0;
  return std::clamp(number_of(in.settings, "discounts.at_risk_percent").value_or(0), 0.0, 100.0);
}

} // namespace steward::intelligence::salon
