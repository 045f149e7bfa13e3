#include "intelligence/gaps/gap.hpp"
#include "intelligence/instants.hpp"

namespace steward::intelligence::gaps {

workflow::value to_document(const gap& g) {
  using workflow::value;
  auto services = value::empty_array();
  for (const auto& id : g.services_fittable) services.push_back(id);
  return value::object({
      {"staff_id", g.staff_id},
      {"staff_name", g.staff_name},
      {"date", date_text(g.date)},
      {"start_time", instant_text(g.time.begin_us)},
      {"end_time", instant_text(g.time.end_us)},
      {"duration_minutes", g.time.length_us() / 60'000'000},
      {"priority", to_string(g.level)},
      {"potential_revenue", g.potential_revenue},
      {"services_fittable", services},
  });
}

} // namespace steward::intelligence::gaps
