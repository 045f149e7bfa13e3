#include "intelligence/gaps/gap.hpp"
#include "intelligence/gaps/packing.hpp"
#include "intelligence/instants.hpp"

#include <algorithm>
#include <limits>
#include <string_view>
#include <unordered_map>

namespace steward::intelligence::gaps {

namespace {

using index_by_id = std::unordered_map<std::string_view, size_t>;

/// Of two with one id the first is found.
template <class Items>
index_by_id index_of(const Items& items) {
  index_by_id index;
  index.reserve(items.size());
  for (size_t i = 0; i < items.size(); ++i) index.emplace(items[i].id, i);
  return index;
}

/// The appointment's time with its service's buffers.
interval occupied(const appointment& booked, const service* what) {
  if (booked.time.empty() || !what) return booked.time;
  return {saturating_add(booked.time.begin_us, -std::max<int64_t>(what->buffer_before_us, 0)),
          saturating_add(booked.time.end_us, std::max<int64_t>(what->buffer_after_us, 0))};
}

/// When each member of the staff can't be booked, in no order.
std::vector<std::vector<interval>>
taken_times(const day_calendar& calendar, const index_by_id& services, const index_by_id& staff) {
  std::vector<std::vector<interval>> taken(calendar.staff.size());
  for (const auto& booked : calendar.appointments) {
    const auto who = staff.find(booked.staff_id);
    if (who == staff.end()) continue;
    const auto what = services.find(booked.service_id);
    taken[who->second].push_back(
        occupied(booked, what == services.end() ? nullptr : &calendar.services[what->second]));
  }
  for (const auto& absence : calendar.absences) {
    const auto who = staff.find(absence.staff_id);
    if (who != staff.end()) taken[who->second].push_back(absence.time);
  }
  return taken;
}

/// The services that a member can do at all, shortest first, each once.
std::vector<const service*> offered_by(const staff_member& member, const day_calendar& calendar,
                                       const index_by_id& services) {
  std::vector<const service*> offered;
  const auto add = [&](size_t i) {
    if (calendar.services[i].length_us() > 0) offered.push_back(&calendar.services[i]);
  };
  if (member.skills.empty()) {
    for (const auto& [id, i] : services) add(i);
  } else {
    for (const auto& skill : member.skills)
      if (const auto found = services.find(skill); found != services.end()) add(found->second);
  }
  std::sort(offered.begin(), offered.end(), [](const service* a, const service* b) {
    if (a->length_us() != b->length_us()) return a->length_us() < b->length_us();
    return a->id < b->id;
  });
  offered.erase(std::unique(offered.begin(), offered.end()), offered.end());
  return offered;
}

/// Free time as gaps: what fits, what it brings, how much it matters.
void append_gaps(std::vector<gap>& out, const staff_member& member,
                 std::chrono::year_month_day date, const std::vector<interval>& free_times,
                 const std::vector<const service*>& offered, int64_t now_us,
                 const gap_policy& policy) {
  int64_t longest = 0;
  for (const auto& free : free_times) longest = std::max(longest, free.length_us());
  const packing packs{offered, longest};
  auto full_revenue = policy.full_revenue;
  if (full_revenue <= 0)
    for (const auto* s : offered) full_revenue = std::max(full_revenue, s->price);
  for (const auto& free : free_times) {
    gap found{.staff_id = member.id,
              .staff_name = member.name,
              .date = date,
              .time = free,
              .services_fittable = {},
              .best_packing = {}};
    for (const auto* s : offered) {
      if (s->length_us() > free.length_us()) break;
      found.services_fittable.push_back(s->id);
    }
    found.potential_revenue = packs.best_value(free.length_us());
    for (const auto* s : packs.best_services(free.length_us())) found.best_packing.push_back(s->id);
    const auto ahead = saturating_add(free.begin_us, now_us == std::numeric_limits<int64_t>::min()
                                                         ? std::numeric_limits<int64_t>::max()
                                                         : -now_us);
    found.score = gap_score(policy, found.potential_revenue, full_revenue, ahead, free.length_us());
    found.level = priority_of(policy, found.score);
    if (found.services_fittable.empty()) found.level = priority::low;
    out.push_back(std::move(found));
  }
}

} // namespace

std::vector<gap> find_gaps(const day_calendar& calendar, int64_t now_us, const gap_policy& policy) {
  const auto services = index_of(calendar.services);
  const auto staff = index_of(calendar.staff);
  auto taken = taken_times(calendar, services, staff);
  std::vector<interval> closed;
  for (const auto& absence : calendar.absences)
    if (absence.staff_id.empty()) closed.push_back(absence.time);
  closed.push_back({std::numeric_limits<int64_t>::min(), now_us}); // the past is no gap
  merge(closed);

  std::vector<gap> gaps;
  const auto shortest = std::max(policy.shortest_us, minute_us);
  for (size_t i = 0; i < calendar.staff.size(); ++i) {
    const auto& member = calendar.staff[i];
    if (staff.find(member.id)->second != i) continue;
    merge(taken[i]);
    auto free = subtract(working_time(member, calendar.date, calendar.zone), closed);
    free = subtract(free, taken[i]);
    std::erase_if(free, [&](const interval& f) { return f.length_us() < shortest; });
    if (free.empty()) continue;
    append_gaps(gaps, member, calendar.date, free, offered_by(member, calendar, services), now_us,
                policy);
  }
  return gaps;
}

} // namespace steward::intelligence::gaps
