#include "intelligence/salon/day_stats.hpp"

#include "intelligence/instants.hpp"

#include <map>

namespace steward::intelligence::salon {

namespace {

value counts_of(const std::map<std::string, int64_t>& counts) {
  auto v = value::empty_object();
  for (const auto& [status, n] : counts) v.set(status, n);
  return v;
}

} // namespace

void write_day_stats(plan& p, const skill_input& in, const salon& s, int64_t day) {
  const auto date = date_text(day);
  std::map<std::string, int64_t> appointments{
      {"booked", 0}, {"confirmed", 0}, {"completed", 0}, {"cancelled", 0}, {"no_show", 0}};
  double revenue = 0;
  for (const auto& a : s.appointments()) {
    const auto known = appointments.find(a.status);
    if (s.day_of(a.time.begin_us) != day || known == appointments.end()) continue;
    ++known->second;
    if (a.status == "completed") revenue += number_of(*a.data, "amount").value_or(a.price);
  }
  int64_t new_customers = 0;
  for (const auto& r : observed(in, "customers"))
    if (const auto since = instant_of(*r.data, "created_at"); since && s.day_of(*since) == day)
      ++new_customers;
  std::map<std::string, int64_t> gaps{{"open", 0}, {"filled", 0}, {"expired", 0}, {"ignored", 0}};
  for (const auto& r : observed(in, "gaps"))
    if (text_of(*r.data, "date") == date)
      if (const auto known = gaps.find(text_of(*r.data, "status")); known != gaps.end())
        ++known->second;
  auto document = value::object({{"date", date},
                                 {"appointments", counts_of(appointments)},
                                 {"revenue", money(revenue)},
                                 {"new_customers", new_customers},
                                 {"gaps", counts_of(gaps)}});
  std::optional<int64_t> version = 0;
  for (const auto& r : observed(in, "stats")) {
    if (r.id != date) continue;
    auto known = *r.data;
    known.erase("updated_at");
    if (known == document) return;
    version = r.version;
  }
  document.set("updated_at", instant_text(in.now_us));
  p.put("daily_stats", date, document, version);
}

} // namespace steward::intelligence::salon
