#include "intelligence/salon/gap_records.hpp"

#include "intelligence/instants.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <set>

namespace steward::intelligence::salon {

namespace {

using place = std::pair<std::string, int64_t>; // staff and a time

/// "2024-01-15T14:00:00Z" -> "20240115T1400".
std::string compact(int64_t us) {
  const auto text = instant_text(us);
  std::string out;
  for (const auto c : text.substr(0, std::min<size_t>(text.size(), 16)))
    if (c != '-' && c != ':') out += c;
  return out;
}

value event_data(std::string_view id, const value& gap) {
  auto data = value::object({{"gap_id", id}});
  for (const auto* member : {"staff_id", "staff_name", "date", "start_time", "end_time",
                             "duration_minutes", "priority", "potential_revenue"})
    if (const auto* found = gap.find(member)) data.set(member, *found);
  return data;
}

/// The record that this free time has, or the id of one that it gets.
void find_record(known_gap& gap, const std::string& base,
                 const std::map<std::string, record>& records) {
  for (int n = 1;; ++n) {
    gap.id = n == 1 ? base : base + "_" + std::to_string(n);
    const auto found = records.find(gap.id);
    if (found == records.end()) return;
    if (text_of(*found->second.data, "status") != "open") continue;
    gap.version = found->second.version;
    gap.data = found->second.data;
    return;
  }
}

/// The members in which the record differs from what was found.
void compare(known_gap& gap) {
  const auto document = gaps::to_document(gap.found);
  for (const auto& m : document.members()) {
    const auto* there = gap.data ? gap.data->find(m.key.as_string()) : nullptr;
    if (!there || !(*there == m.item)) gap.changes.set(m.key.as_string(), m.item);
  }
}

void close(plan& p, const record& gap, std::string_view status, value more, int64_t now_us) {
  more.set("status", status);
  more.set("updated_at", instant_text(now_us));
  p.merge("gaps", gap.id, std::move(more), gap.version);
}

} // namespace

int64_t known_gap::attempts() const {
  return data ? count_of(*data, "fill_attempts", 0, 0, 1'000'000) : 0;
}

std::optional<int64_t> known_gap::last_attempt_us() const {
  return data ? instant_of(*data, "last_attempt_at") : std::nullopt;
}

std::vector<known_gap> find_known_gaps(const skill_input& in, const salon& s, int64_t days) {
  std::map<std::string, record> records;
  for (auto& r : observed(in, "gaps")) records.emplace(r.id, r);
  gaps::gap_policy policy;
  policy.shortest_us = count_of(in.settings, "shortest_gap_minutes", 15, 1, 24 * 60) * minute_us;
  // The clock runs into a gap: what is left of it begins at the next slot.
  const auto next = (in.now_us + s.slot_us() - 1) / s.slot_us() * s.slot_us();
  std::vector<known_gap> known;
  std::set<place> seen;
  const auto today = s.day_of(in.now_us);
  for (auto day = today - 1; day < today + days; ++day) { // a shift may last past midnight
    const auto calendar = s.calendar(day);
    std::map<place, int64_t> begins; // of whole gaps, by their end
    for (const auto& g : gaps::find_gaps(calendar, std::numeric_limits<int64_t>::min(), policy))
      begins[{g.staff_id, g.time.end_us}] = g.time.begin_us;
    for (auto& g : gaps::find_gaps(calendar, next, policy)) {
      const auto whole = begins.find({g.staff_id, g.time.end_us});
      if (g.services_fittable.empty() || whole == begins.end()) continue;
      const auto base = "gap_" + g.staff_id.substr(0, 100) + "_" + compact(whole->second);
      if (!seen.insert({g.staff_id, whole->second}).second) continue;
      known_gap gap;
      gap.found = std::move(g);
      find_record(gap, base, records);
      compare(gap);
      known.push_back(std::move(gap));
    }
  }
  std::ranges::stable_sort(
      known, [](const known_gap& a, const known_gap& b) { return a.found.score > b.found.score; });
  return known;
}

void write_gap(plan& p, const known_gap& gap, int64_t now_us) {
  if (gap.changes.size() == 0) return;
  auto changes = gap.changes;
  const auto now = instant_text(now_us);
  changes.set("updated_at", now);
  if (gap.version != 0) return p.merge("gaps", gap.id, changes, gap.version);
  changes.set("id", gap.id);
  changes.set("status", "open");
  changes.set("created_at", now);
  if (!changes.find("fill_attempts")) changes.set("fill_attempts", 0);
  for (const auto* member : {"last_attempt_at", "filled_by"})
    if (!changes.find(member)) changes.set(member, nullptr);
  p.put("gaps", gap.id, changes, 0);
  p.tell("GAP_DETECTED", "gaps/" + gap.id, event_data(gap.id, changes));
}

void expire_gap(plan& p, const record& gap, int64_t now_us) {
  close(p, gap, "expired", value::empty_object(), now_us);
  p.tell("GAP_EXPIRED", "gaps/" + gap.id, event_data(gap.id, *gap.data));
}

void close_gaps(plan& p, const skill_input& in, const salon& s, const std::vector<known_gap>& found,
                const open_questions& asked, size_t writes_most) {
  std::set<std::string> there;
  for (const auto& g : found) there.insert(g.id);
  for (const auto& r : observed(in, "gaps")) {
    if (p.writes() >= writes_most) return;
    if (text_of(*r.data, "status") != "open" || there.contains(r.id)) continue;
    const auto start = instant_of(*r.data, "start_time");
    const auto end = instant_of(*r.data, "end_time");
    if (!start || !end) {
      close(p, r, "ignored", value::empty_object(), in.now_us);
      continue;
    }
    const auto staff_id = text_of(*r.data, "staff_id");
    const appointment* by = nullptr;
    double revenue = 0;
    for (const auto& a : s.appointments()) {
      if (!a.stands() || a.staff_id != staff_id ||
          gaps::intersection(a.time, {*start, *end}).empty())
        continue;
      revenue += a.price;
      if (!by || a.time.begin_us < by->time.begin_us) by = &a;
    }
    if (by) {
      close(p, r, "filled",
            value::object({{"filled_by", by->customer_id},
                           {"appointment_id", by->id},
                           {"filled_at", instant_text(in.now_us)},
                           {"filled_revenue", money(revenue)}}),
            in.now_us);
      auto data = event_data(r.id, *r.data);
      data.set("filled_by", by->customer_id);
      data.set("appointment_id", by->id);
      p.tell("GAP_FILLED", "gaps/" + r.id, data);
    } else if (*start <= in.now_us + s.slot_us() || *end <= in.now_us) {
      expire_gap(p, r, in.now_us);
    } else {
      close(p, r, "ignored", value::empty_object(), in.now_us);
    }
    asked.expire_about(p, r.id, by ? "the slot was booked by somebody" : "the slot is gone",
                       in.now_us);
  }
}

} // namespace steward::intelligence::salon
