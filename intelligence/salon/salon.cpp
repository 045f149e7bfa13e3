#include "intelligence/salon/salon.hpp"

#include "intelligence/instants.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <unordered_set>

namespace steward::intelligence::salon {

namespace {

constexpr std::array weekdays{"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

/// "09:30" as minutes since midnight, up to "48:00"; none for anything else.
std::optional<int> minute_of_day(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == 0 || colon > 2 || text.size() != colon + 3) return std::nullopt;
  int hours = 0, minutes = 0;
  for (const auto c : text.substr(0, colon)) {
    if (c < '0' || c > '9') return std::nullopt;
    hours = hours * 10 + (c - '0');
  }
  for (const auto c : text.substr(colon + 1)) {
    if (c < '0' || c > '9') return std::nullopt;
    minutes = minutes * 10 + (c - '0');
  }
  if (minutes > 59 || hours > 48) return std::nullopt;
  return hours * 60 + minutes;
}

/// {mon: [["09:00", "18:00"]], ...}; an end that is not after the begin is on the next day.
std::array<std::vector<gaps::local_hours>, 7> week_of(const value* hours) {
  std::array<std::vector<gaps::local_hours>, 7> week;
  if (!hours) return week;
  for (size_t day = 0; day < week.size(); ++day) {
    const auto* stretches = hours->find(weekdays[day]);
    if (!stretches || !stretches->is_array()) continue;
    for (const auto& stretch : stretches->items()) {
      if (!stretch.is_array() || stretch.size() != 2) continue;
      const auto &from = stretch.items()[0], &to = stretch.items()[1];
      if (!from.is_string() || !to.is_string()) continue;
      const auto begin = minute_of_day(from.as_string());
      const auto end = minute_of_day(to.as_string());
      if (!begin || !end || *begin == *end) continue;
      week[day].push_back({*begin, *end > *begin ? *end : *end + 24 * 60});
    }
  }
  return week;
}

int64_t minutes(const value& v, std::string_view member) {
  return count_of(v, member, 0, 0, 24 * 60) * minute_us;
}

bool overlap(const gaps::interval& a, const gaps::interval& b) {
  return !gaps::intersection(a, b).empty();
}

} // namespace

salon::salon(const skill_input& in)
    : title_(text_of(in.settings, "title")), language_(text_of(in.settings, "language")),
      currency_(text_of(in.settings, "currency")), now_us_(in.now_us),
      slot_us_(count_of(in.settings, "slot_minutes", 15, 1, 240) * minute_us) {
  if (auto found = zone::find(text_of(in.settings, "zone"))) clock_ = *found;
  if (language_.empty()) language_ = "en";
  if (title_.find_first_not_of(' ') == std::string::npos) title_ = "the salon";
  closures_ = absences_of(in.settings, "closures");
  for (const auto& r : observed(in, "services")) read_service(r);
  for (const auto& r : observed(in, "staff")) read_staff(r);
  std::unordered_set<std::string> seen;
  for (const auto* query : {"appointments", "staff_appointments"})
    for (const auto& r : observed(in, query))
      if (seen.insert(r.id).second) read_appointment(r);

  calendar_.zone = clock_;
  for (const auto& s : services_) calendar_.services.push_back(s.length);
  for (const auto& member : staff_) {
    calendar_.staff.push_back(member.hours);
    for (const auto& off : member.time_off) calendar_.absences.push_back({member.hours.id, off});
  }
  for (const auto& closed : closures_) calendar_.absences.push_back({"", closed});
  for (const auto& a : appointments_)
    if (a.stands()) calendar_.appointments.push_back({a.staff_id, a.service_id, a.time});
}

void salon::read_service(const record& r) {
  const auto& v = *r.data;
  if (flag_of(v, "active") == false) return;
  salon_service s;
  s.length.id = r.id;
  s.length.duration_us = minutes(v, "duration_minutes");
  s.length.buffer_before_us = minutes(v, "buffer_before_minutes");
  s.length.buffer_after_us = minutes(v, "buffer_after_minutes");
  s.price = std::clamp(number_of(v, "price").value_or(0), 0.0, 1e12);
  s.length.price = std::llround(s.price);
  s.name = text_of(v, "name");
  if (s.name.find_first_not_of(' ') == std::string::npos) s.name = r.id;
  if (s.length.duration_us <= 0 || !service_index_.emplace(r.id, services_.size()).second) return;
  services_.push_back(std::move(s));
}

void salon::read_staff(const record& r) {
  const auto& v = *r.data;
  if (flag_of(v, "active") == false) return;
  salon_staff member;
  member.hours.id = r.id;
  member.hours.name = text_of(v, "name");
  if (member.hours.name.empty()) member.hours.name = r.id;
  member.hours.skills = texts_of(v, "skills");
  member.hours.working_hours = week_of(v.find("working_hours"));
  member.hours.breaks = week_of(v.find("breaks"));
  member.time_off = absences_of(v, "time_off");
  if (!staff_index_.emplace(r.id, staff_.size()).second) return;
  staff_.push_back(std::move(member));
}

void salon::read_appointment(const record& r) {
  const auto& v = *r.data;
  appointment a;
  a.id = r.id;
  a.version = r.version;
  a.data = r.data;
  a.customer_id = text_of(v, "customer_id");
  a.staff_id = text_of(v, "staff_id");
  a.service_id = text_of(v, "service_id");
  a.status = text_of(v, "status");
  a.price = std::clamp(number_of(v, "price").value_or(0), 0.0, 1e12);
  const auto start = instant_of(v, "start_time");
  if (!start) return;
  const auto end = instant_of(v, "end_time");
  a.time = {*start, end.value_or(0)};
  if (a.time.empty()) { // better too long than booked twice
    const auto* what = service(a.service_id);
    a.time.end_us = *start + (what ? what->length.duration_us : hour_us);
  }
  appointments_.push_back(std::move(a));
}

std::vector<gaps::interval> salon::absences_of(const value& v, std::string_view path) const {
  std::vector<gaps::interval> result;
  const auto* list = at_path(v, path);
  if (!list || !list->is_array()) return result;
  for (const auto& item : list->items()) {
    const auto begin = moment(item, "start", 0);
    const auto end = moment(item, "end", 1);
    if (begin && end && *begin < *end) result.push_back({*begin, *end});
  }
  return result;
}

std::optional<int64_t> salon::moment(const value& v, std::string_view path, int64_t days) const {
  if (const auto us = instant_of(v, path)) return us;
  const auto text = text_of(v, path);
  const auto date = text.size() == 10 ? parse_instant(text) : std::nullopt;
  return date ? std::optional{clock_.to_utc(*date + days * day_us)} : std::nullopt;
}

const salon_service* salon::service(std::string_view id) const {
  const auto found = service_index_.find(std::string{id});
  return found == service_index_.end() ? nullptr : &services_[found->second];
}

const salon_staff* salon::staff(std::string_view id) const {
  const auto found = staff_index_.find(std::string{id});
  return found == staff_index_.end() ? nullptr : &staff_[found->second];
}

int64_t salon::day_of(int64_t us) const { return day_number(clock_.to_local(us)); }

gaps::day_calendar salon::calendar(int64_t day) const {
  auto calendar = calendar_;
  calendar.date = std::chrono::year_month_day{std::chrono::sys_days{std::chrono::days{day}}};
  return calendar;
}

bool salon::can_do(const salon_staff& member, std::string_view service_id) const {
  const auto& skills = member.hours.skills;
  return skills.empty() || std::ranges::find(skills, service_id) != skills.end();
}

gaps::interval salon::occupied(const gaps::interval& time, std::string_view service_id) const {
  const auto* what = service(service_id);
  if (!what) return time;
  return {gaps::saturating_add(time.begin_us, -what->length.buffer_before_us),
          gaps::saturating_add(time.end_us, what->length.buffer_after_us)};
}

std::string salon::why_not(const salon_staff& member, const salon_service& service,
                           int64_t start_us, std::string_view besides) const {
  const gaps::interval time{start_us, gaps::saturating_add(start_us, service.length.duration_us)};
  const auto& name = member.hours.name;
  if (!can_do(member, service.length.id)) return name + " does not do " + service.name;
  const auto today = day_of(start_us);
  std::vector<gaps::interval> work;
  for (const auto day : {today - 1, today}) { // a shift may have begun the day before
    const auto date = std::chrono::year_month_day{std::chrono::sys_days{std::chrono::days{day}}};
    for (const auto& stretch : gaps::working_time(member.hours, date, clock_))
      work.push_back(stretch);
  }
  gaps::merge(work);
  const auto within = [&](const gaps::interval& w) {
    return w.begin_us <= time.begin_us && time.end_us <= w.end_us;
  };
  if (std::ranges::none_of(work, within)) return name + " does not work then";
  const auto clashes = [&](const gaps::interval& off) { return overlap(off, time); };
  if (std::ranges::any_of(member.time_off, clashes)) return name + " is away then";
  if (std::ranges::any_of(closures_, clashes)) return title_ + " is closed then";
  const auto wanted = occupied(time, service.length.id);
  for (const auto& a : appointments_)
    if (a.stands() && a.staff_id == member.hours.id && a.id != besides &&
        overlap(occupied(a.time, a.service_id), wanted))
      return name + " has another appointment then";
  return {};
}

} // namespace steward::intelligence::salon
