#include "intelligence/salon/gap_slots.hpp"

#include "intelligence/instants.hpp"

#include <algorithm>
#include <cmath>

namespace steward::intelligence::salon {

namespace {

/// The earliest start in the stretch: on the grid if that fits, else at its begin.
std::optional<int64_t> start_in(const gaps::interval& free, const gaps::service& what,
                                int64_t grid_us) {
  if (what.length_us() <= 0 || what.length_us() > free.length_us()) return std::nullopt;
  const auto first = free.begin_us + std::max<int64_t>(what.buffer_before_us, 0);
  const auto last = free.end_us - std::max<int64_t>(what.buffer_after_us, 0) - what.duration_us;
  const auto rounded = first + (grid_us - (first % grid_us + grid_us) % grid_us) % grid_us;
  return rounded <= last ? rounded : first;
}

} // namespace

std::vector<gaps::gap> parts_of_day(const gaps::gap& g, const salon& s) {
  std::vector<int64_t> cuts{g.time.begin_us};
  for (auto day = s.day_of(g.time.begin_us); day <= s.day_of(g.time.end_us); ++day)
    for (const auto hour : {12, 17}) {
      const auto cut = s.clock().to_utc(day * day_us + hour * hour_us);
      if (cut > cuts.back() && cut < g.time.end_us) cuts.push_back(cut);
    }
  cuts.push_back(g.time.end_us);
  std::vector<gaps::gap> parts;
  for (size_t i = 0; cuts.size() > 2 && i + 1 < cuts.size(); ++i) {
    auto part = g;
    part.time = {cuts[i], cuts[i + 1]};
    std::erase_if(part.services_fittable, [&](const std::string& id) {
      const auto* what = s.service(id);
      return !what || what->length.length_us() > part.time.length_us();
    });
    if (!part.services_fittable.empty()) parts.push_back(std::move(part));
  }
  if (parts.empty()) return {g};
  // What fits into the whole only must not be lost.
  const auto fits_a_part = [&](const std::string& id) {
    return std::ranges::any_of(parts, [&](const gaps::gap& part) {
      return std::ranges::find(part.services_fittable, id) != part.services_fittable.end();
    });
  };
  if (!std::ranges::all_of(g.services_fittable, fits_a_part)) parts.push_back(g);
  return parts;
}

std::optional<slot> slot_in(const gaps::gap& g, std::string_view service_id,
                            const customers::customer_score& score, const salon& s) {
  const salon_service* chosen = s.service(service_id);
  if (!chosen) {
    double nearest = 0;
    for (const auto& id : g.services_fittable) { // shortest first
      const auto* what = s.service(id);
      if (!what) continue;
      const auto away =
          score.average_per_visit > 0 ? std::abs(what->price - score.average_per_visit) : 0.0;
      if (chosen && away >= nearest) continue;
      chosen = what;
      nearest = away;
    }
  }
  const auto* who = s.staff(g.staff_id);
  if (!chosen || !who) return std::nullopt;
  const auto start = start_in(g.time, chosen->length, s.slot_us());
  if (!start) return std::nullopt;
  slot found;
  found.who = who;
  found.what = chosen;
  found.start_us = *start;
  return found;
}

std::vector<slot> free_slots(const salon& s, std::string_view service_id, std::string_view staff_id,
                             int64_t from_us, int64_t until_us, size_t most) {
  std::vector<slot> slots;
  if (!s.service(service_id)) return slots;
  const auto last = s.day_of(until_us);
  for (auto day = s.day_of(from_us); day <= last && slots.size() < most; ++day) {
    std::vector<slot> of_day;
    for (auto& g : gaps::find_gaps(s.calendar(day), from_us)) {
      if (!staff_id.empty() && g.staff_id != staff_id) continue;
      if (std::ranges::find(g.services_fittable, service_id) == g.services_fittable.end()) continue;
      for (const auto& part : parts_of_day(g, s))
        if (const auto found = slot_in(part, service_id, {}, s);
            found && found->end_us() <= until_us &&
            std::ranges::find(part.services_fittable, service_id) != part.services_fittable.end())
          of_day.push_back(*found);
    }
    std::ranges::stable_sort(of_day, {}, &slot::start_us);
    for (auto& found : of_day)
      if (slots.size() < most) slots.push_back(found);
  }
  return slots;
}

} // namespace steward::intelligence::salon
