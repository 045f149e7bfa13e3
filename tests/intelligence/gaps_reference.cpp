#define CAF_SUITE gaps_reference

#include "caf/test/dsl.hpp"
#include "intelligence/gaps/gap.hpp"
#include "intelligence/instants.hpp"

#include <algorithm>
#include <random>

// Random days, found minute by minute by a reference that knows no intervals.

using namespace steward;
using namespace steward::intelligence;
using namespace steward::intelligence::gaps;

namespace {

struct world {
  std::mt19937_64 random;

  int64_t below(int64_t n) { return static_cast<int64_t>(random() % static_cast<uint64_t>(n)); }
  bool chance(int percent) { return below(100) < percent; }

  std::string staff_id() { return "s" + std::to_string(below(4)); }
  std::string service_id() { return "v" + std::to_string(below(7)); }
  local_hours hours() {
    const auto begin = static_cast<int>(below(1600));
    return {begin, begin + static_cast<int>(below(600)) - 30};
  }
  interval time(int64_t midnight) {
    const auto begin = midnight + (below(3000) - 500) * minute_us;
    return {begin, begin + (below(150) - 10) * minute_us};
  }

  day_calendar calendar() {
    static const std::vector<std::string> zones{
        "UTC",          "Europe/Berlin",       "America/New_York",
        "Asia/Kolkata", "Australia/Lord_Howe", "America/Sao_Paulo",
        "Pacific/Apia"};
    // Days around which clocks change in some of them (Samoa left out 30 December 2011).
    static const std::vector<std::chrono::sys_days> days{
        std::chrono::sys_days{std::chrono::year{2024} / 3 / 31},
        std::chrono::sys_days{std::chrono::year{2024} / 10 / 27},
        std::chrono::sys_days{std::chrono::year{2024} / 3 / 10},
        std::chrono::sys_days{std::chrono::year{2024} / 11 / 3},
        std::chrono::sys_days{std::chrono::year{2017} / 10 / 15},
        std::chrono::sys_days{std::chrono::year{2011} / 12 / 30}};
    day_calendar c;
    auto found = workflow::schedule::time_zone::find(
        zones[static_cast<size_t>(below(static_cast<int64_t>(zones.size())))]);
    if (found) c.zone = *found;
    const auto day = days[static_cast<size_t>(below(static_cast<int64_t>(days.size())))] +
                     std::chrono::days{below(3) - 1};
    c.date = day;
    const auto midnight = day.time_since_epoch().count() * day_us;
    for (int i = 0; i < 3; ++i) {
      staff_member member{.id = "s" + std::to_string(i),
                          .name = {},
                          .skills = {},
                          .working_hours = {},
                          .breaks = {}};
      for (auto& w : member.working_hours)
        for (auto n = below(3); n > 0; --n) w.push_back(hours());
      for (auto& b : member.breaks)
        for (auto n = below(3); n > 0; --n) {
          auto h = hours();
          h.end_minute = h.begin_minute + static_cast<int>(below(60));
          b.push_back(h);
        }
      if (chance(50))
        for (auto n = below(5); n > 0; --n) member.skills.push_back(service_id());
      c.staff.push_back(std::move(member));
    }
    for (int i = 0; i < 5; ++i)
      c.services.push_back({"v" + std::to_string(i), below(120) * minute_us,
                            (below(30) - 5) * minute_us, (below(30) - 5) * minute_us, below(1000)});
    for (auto n = below(12); n > 0; --n)
      c.appointments.push_back({staff_id(), service_id(), time(midnight)});
    for (auto n = below(3); n > 0; --n)
      c.absences.push_back({chance(20) ? "" : staff_id(), time(midnight)});
    return c;
  }
};

/// Every minute from the day before until two days after, free or not.
constexpr int64_t minutes_shown = 5 * 1440;

void mark(std::vector<bool>& minutes, int64_t origin, const interval& time, bool as) {
  for (int64_t m = 0; m < minutes_shown; ++m) {
    const auto begin = origin + m * minute_us;
    if (begin >= time.begin_us && begin < time.end_us) minutes[static_cast<size_t>(m)] = as;
  }
}

/// From the first minute at which the clock shows the begin or later, until the first at which it
/// shows the end or later.
void mark(std::vector<bool>& minutes, int64_t origin, const day_calendar& c, local_hours hours,
          bool as) {
  const auto midnight = std::chrono::sys_days{c.date}.time_since_epoch().count() * day_us;
  bool begun = false;
  for (int64_t m = 0; m < minutes_shown; ++m) {
    const auto local = c.zone.to_local(origin + m * minute_us) - midnight;
    if (local >= std::min(hours.begin_minute, 2880) * minute_us) begun = true;
    if (local >= std::min(hours.end_minute, 2880) * minute_us) return;
    if (begun) minutes[static_cast<size_t>(m)] = as;
  }
}

std::vector<interval> reference(const day_calendar& c, const staff_member& who, int64_t now,
                                int64_t shortest) {
  const auto origin = (std::chrono::sys_days{c.date}.time_since_epoch().count() - 2) * day_us;
  std::vector<bool> work(minutes_shown), rest(minutes_shown);
  const auto weekday = std::chrono::weekday{std::chrono::sys_days{c.date}}.c_encoding();
  for (const auto& h : who.working_hours[weekday]) mark(work, origin, c, h, true);
  for (const auto& h : who.breaks[weekday]) mark(rest, origin, c, h, true);
  for (const auto& a : c.absences)
    if (a.staff_id.empty() || a.staff_id == who.id) mark(rest, origin, a.time, true);
  for (const auto& a : c.appointments) {
    if (a.staff_id != who.id || a.time.empty()) continue;
    auto time = a.time;
    for (const auto& s : c.services)
      if (s.id == a.service_id) {
        time.begin_us -= std::max<int64_t>(s.buffer_before_us, 0);
        time.end_us += std::max<int64_t>(s.buffer_after_us, 0);
      }
    mark(rest, origin, time, true);
  }
  std::vector<interval> gaps;
  for (int64_t m = 0; m < minutes_shown; ++m) {
    const auto begin = origin + m * minute_us;
    if (!work[static_cast<size_t>(m)] || rest[static_cast<size_t>(m)] || begin < now) continue;
    if (!gaps.empty() && gaps.back().end_us == begin)
      gaps.back().end_us += minute_us;
    else
      gaps.push_back({begin, begin + minute_us});
  }
  std::erase_if(gaps, [&](const interval& g) { return g.length_us() < shortest; });
  return gaps;
}

/// The best sum of prices by trying every service first; lengths in minutes.
amount best_of(const std::vector<const service*>& services, int64_t length,
               std::vector<amount>& known) {
  auto& best = known[static_cast<size_t>(length)];
  if (best >= 0) return best;
  best = 0;
  for (const auto* s : services)
    if (s->length_us() <= length * minute_us)
      best =
          std::max(best, s->price + best_of(services, length - s->length_us() / minute_us, known));
  return best;
}

} // namespace

CAF_TEST(gaps are what is left minute by minute) {
  world w{std::mt19937_64{20240115}};
  gap_policy policy;
  size_t gaps_seen = 0;
  for (int round = 0; round < 600; ++round) {
    auto c = w.calendar();
    const auto now = std::chrono::sys_days{c.date}.time_since_epoch().count() * day_us +
                     (w.below(4000) - 2500) * minute_us;
    policy.shortest_us = w.below(40) * minute_us;
    const auto found = find_gaps(c, now, policy);
    gaps_seen += found.size();
    size_t next = 0;
    for (const auto& who : c.staff) {
      std::vector<const service*> can;
      for (const auto& s : c.services)
        if (s.duration_us > 0 &&
            (who.skills.empty() ||
             std::find(who.skills.begin(), who.skills.end(), s.id) != who.skills.end()))
          can.push_back(&s);
      std::vector<amount> known(4000, -1);
      for (const auto& expected : reference(c, who, now, std::max(policy.shortest_us, minute_us))) {
        CAF_REQUIRE_LESS(next, found.size());
        const auto& g = found[next++];
        CAF_REQUIRE_EQUAL(g.staff_id, who.id);
        CAF_REQUIRE_EQUAL(g.time.begin_us, expected.begin_us);
        CAF_REQUIRE_EQUAL(g.time.end_us, expected.end_us);
        const auto fitting = std::count_if(can.begin(), can.end(), [&](const service* s) {
          return s->length_us() <= expected.length_us();
        });
        CAF_CHECK_EQUAL(static_cast<size_t>(fitting), g.services_fittable.size());
        const auto best = best_of(can, expected.length_us() / minute_us, known);
        CAF_CHECK_EQUAL(best, g.potential_revenue);
        amount sum = 0;
        int64_t length = 0;
        for (const auto& id : g.best_packing)
          for (const auto* s : can)
            if (s->id == id) sum += s->price, length += s->length_us();
        CAF_CHECK_EQUAL(sum, best);
        CAF_CHECK_LESS_OR_EQUAL(length, expected.length_us());
        CAF_CHECK(g.score >= 0 && g.score <= 1);
      }
    }
    CAF_REQUIRE_EQUAL(next, found.size());

    // The order of the input changes nothing.
    std::shuffle(c.appointments.begin(), c.appointments.end(), w.random);
    std::shuffle(c.absences.begin(), c.absences.end(), w.random);
    std::shuffle(c.services.begin(), c.services.end(), w.random);
    const auto again = find_gaps(c, now, policy);
    CAF_REQUIRE_EQUAL(again.size(), found.size());
    for (size_t i = 0; i < again.size(); ++i) {
      CAF_CHECK(again[i].time == found[i].time);
      CAF_CHECK(again[i].services_fittable == found[i].services_fittable);
      CAF_CHECK_EQUAL(again[i].potential_revenue, found[i].potential_revenue);
    }
  }
  CAF_CHECK_LESS(1000u, gaps_seen);
}
