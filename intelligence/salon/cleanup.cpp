#include "intelligence/instants.hpp"
#include "intelligence/salon/gap_records.hpp"
#include "intelligence/salon/skills.hpp"

namespace steward::intelligence::salon {

value cleanup(const skill_input& in) {
  const salon s{in};
  plan p;
  const auto now = instant_text(in.now_us);
  const auto most = static_cast<size_t>(count_of(in.with, "writes_most", 900, 0, 1000));

  for (const auto& r : observed(in, "outreach")) {
    const auto expires = instant_of(*r.data, "expires_at");
    if (!expires || *expires > in.now_us || !is_open_status(text_of(*r.data, "status"))) continue;
    if (p.writes() >= most) break;
    p.merge("outreach", r.id, value::object({{"status", "expired"}, {"updated_at", now}}),
            r.version);
    p.close(text_of(*r.data, "decision_id"), "expired", "there was no answer in time");
  }
  for (const auto& r : observed(in, "waitlist")) {
    const auto status = text_of(*r.data, "status");
    const auto latest = s.moment(*r.data, "latest", 1);
    if (!latest || *latest > in.now_us || status == "booked" || status == "expired") continue;
    if (p.writes() >= most) break;
    p.merge("waitlist", r.id, value::object({{"status", "expired"}}), r.version);
  }
  for (const auto& r : observed(in, "gaps")) {
    const auto end = instant_of(*r.data, "end_time");
    if (!end || *end > in.now_us || text_of(*r.data, "status") != "open") continue;
    if (p.writes() >= most) break;
    expire_gap(p, r, in.now_us);
  }
  const auto today = s.day_of(in.now_us);
  for (const auto& r : observed(in, "staff_days")) {
    const auto date = parse_instant(text_of(*r.data, "date"));
    if (!date || day_number(*date) >= today - 2) continue;
    if (p.writes() >= most) break;
    p.remove("staff_days", r.id, r.version);
  }
  return p.take();
}

} // namespace steward::intelligence::salon
