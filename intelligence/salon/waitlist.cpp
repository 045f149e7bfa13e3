#include "intelligence/instants.hpp"
#include "intelligence/offers/send_time.hpp"
#include "intelligence/salon/gap_slots.hpp"
#include "intelligence/salon/open_questions.hpp"
#include "intelligence/salon/skills.hpp"
#include "intelligence/salon/wording.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

namespace steward::intelligence::salon {

namespace {

struct waiting_entry {
  record what;
  std::string customer_id, service_id, staff_id;
  int64_t earliest_us = 0, latest_us = 0, since_us = 0;
};

class matching {
public:
  matching(const skill_input& in, const salon& s) : in_(in), s_(s) {
    for (const auto& r : observed(in, "gaps"))
      if (text_of(*r.data, "status") == "open") open_gaps_.push_back(r);
    for (const auto& r : observed(in, "outreach"))
      offered_.insert({text_of(*r.data, "trigger_id"), text_of(*r.data, "offer_details.staff_id"),
                       text_of(*r.data, "offer_details.start_time")});
    for (const auto& r : observed(in, "decisions"))
      offered_.insert({text_of(*r.data, "context.trigger_id"), text_of(*r.data, "context.staff_id"),
                       text_of(*r.data, "context.time_slot")});
  }

  /// The free time that leaves least around the service, of equal ones the earliest; times that the
  /// entry was offered before, or that another entry is offered now, don't count.
  std::optional<slot> best(const waiting_entry& e) {
    const auto* what = s_.service(e.service_id);
    if (!what) return std::nullopt;
    const gaps::interval window{std::max(e.earliest_us, in_.now_us + hour_us), e.latest_us};
    std::optional<slot> best;
    int64_t least = 0;
    const auto last_day = std::min(s_.day_of(window.end_us),
                                   s_.day_of(in_.now_us) + count_of(in_.with, "days", 14, 1, 60));
    for (auto day = s_.day_of(window.begin_us); day <= last_day; ++day)
      for (auto g : gaps_of(day)) {
        if (!e.staff_id.empty() && g.staff_id != e.staff_id) continue;
        if (std::ranges::find(g.services_fittable, e.service_id) == g.services_fittable.end())
          continue;
        // Buffers may lie outside of the customer's window.
        g.time = gaps::intersection(
            g.time, {window.begin_us - what->length.buffer_before_us,
                     gaps::saturating_add(window.end_us, what->length.buffer_after_us)});
        const auto left = g.time.length_us() - what->length.length_us();
        const auto found = slot_in(g, e.service_id, {}, s_);
        if (!found || is_taken(*found) || (best && left >= least) ||
            offered_.contains({e.what.id, g.staff_id, instant_text(found->start_us)}))
          continue;
        best = found;
        least = left;
      }
    if (best) best->gap_id = gap_around(*best);
    return best;
  }

  void take(const slot& chosen) {
    taken_.push_back(
        {chosen.who, s_.occupied({chosen.start_us, chosen.end_us()}, chosen.what->length.id)});
  }

private:
  const std::vector<gaps::gap>& gaps_of(int64_t day) {
    const auto found = gaps_.find(day);
    if (found != gaps_.end()) return found->second;
    return gaps_[day] = gaps::find_gaps(s_.calendar(day), in_.now_us + hour_us);
  }
  bool is_taken(const slot& wanted) const {
    const auto time = s_.occupied({wanted.start_us, wanted.end_us()}, wanted.what->length.id);
    return std::ranges::any_of(taken_, [&](const auto& t) {
      return t.first == wanted.who && !gaps::intersection(t.second, time).empty();
    });
  }
  std::string gap_around(const slot& wanted) const {
    for (const auto& r : open_gaps_) {
      const auto start = instant_of(*r.data, "start_time");
      const auto end = instant_of(*r.data, "end_time");
      if (start && end && text_of(*r.data, "staff_id") == wanted.who->hours.id &&
          *start <= wanted.start_us && wanted.end_us() <= *end)
        return r.id;
    }
    return {};
  }

  const skill_input& in_;
  const salon& s_;
  std::vector<record> open_gaps_;
  std::set<std::tuple<std::string, std::string, std::string>> offered_;
  std::map<int64_t, std::vector<gaps::gap>> gaps_;
  std::vector<std::pair<const salon_staff*, gaps::interval>> taken_;
};

/// Who waits, first come first; entries that lack what it takes are passed over.
std::vector<waiting_entry> entries_of(const skill_input& in, const salon& s) {
  std::vector<waiting_entry> entries;
  for (const auto& r : observed(in, "waitlist")) {
    waiting_entry e{r, text_of(*r.data, "customer_id"), text_of(*r.data, "service_id"),
                    text_of(*r.data, "staff_id")};
    const auto earliest = s.moment(*r.data, "earliest", 0);
    const auto latest = s.moment(*r.data, "latest", 1);
    const auto status = text_of(*r.data, "status");
    if (!earliest || !latest || e.customer_id.empty() || (status != "waiting" && !status.empty()))
      continue;
    e.earliest_us = *earliest;
    e.latest_us = *latest;
    e.since_us = instant_of(*r.data, "created_at").value_or(INT64_MAX);
    entries.push_back(std::move(e));
  }
  std::ranges::stable_sort(entries, {}, &waiting_entry::since_us);
  return entries;
}

value promotion(const waiting_entry& e, const slot& chosen, const contact& to, const salon& s,
                const skill_input& in) {
  const auto expires = valid_until(chosen, in);
  const auto name = to.name.empty() ? to.id : to.name;
  auto details = value::object({{"waitlist_id", e.what.id},
                                {"gap_id", chosen.gap_id},
                                {"customer_id", to.id},
                                {"customer_name", to.name},
                                {"staff_name", chosen.who->hours.name},
                                {"service_name", chosen.what->name},
                                {"time_slot", moment_words(chosen.start_us, s, s.language())},
                                {"potential_revenue", money(chosen.price())}});
  if (chosen.gap_id.empty()) details.erase("gap_id");
  std::vector<std::string> reasons{"is the first on the waiting list for it"};
  if (!e.staff_id.empty()) reasons.push_back("wanted " + chosen.who->hours.name);
  return value::object(
      {{"decision_type", "waitlist_promotion"},
       {"summary", "Offer " + name + ", who waits for it, " + chosen.what->name + " with " +
                       chosen.who->hours.name + " " + moment_words(chosen.start_us, s, "en")},
       {"reasons", array_of(reasons)},
       {"priority", "high"},
       {"key", "waitlist:" + e.what.id},
       {"customer_id", to.id},
       {"trigger_id", e.what.id},
       {"trigger_type", "waitlist"},
       {"staff_id", chosen.who->hours.id},
       {"service_id", chosen.what->length.id},
       {"time_slot", instant_text(chosen.start_us)},
       {"action_taken", "outreach_initiated"},
       {"details", details},
       {"revenue", money(chosen.price())},
       {"expires_at", instant_text(expires)},
       {"act",
        outreach_act(to, "waitlist_promotion", "waitlist", "waitlist_offer", to.notices_by,
                     template_fields(chosen, to, s), offer_details(chosen, expires), expires)}});
}

} // namespace

value waitlist(const skill_input& in) {
  const salon s{in};
  const open_questions asked{in};
  plan p;
  const auto now = instant_text(in.now_us);
  const auto proposals_most = count_of(in.with, "proposals_most", 10, 0, 100);
  const auto patience = count_of(in.with, "offered_minutes", 10, 1, 24 * 60) * minute_us;
  // Offers that came to nothing: the entry waits on.
  for (const auto& r : observed(in, "waitlist"))
    if (text_of(*r.data, "status") == "offered" && asked.open_about(r.id) == 0 &&
        instant_of(*r.data, "offered_at").value_or(0) + patience <= in.now_us)
      p.merge("waitlist", r.id, value::object({{"status", "waiting"}}), r.version);

  std::unordered_map<std::string, record> customers;
  for (auto& r : observed(in, "customers")) customers.emplace(r.id, r);
  matching matches{in, s};
  std::set<std::string> written_to;
  for (const auto& e : entries_of(in, s)) {
    if (static_cast<int64_t>(p.proposals()) >= proposals_most) break;
    const auto customer = customers.find(e.customer_id);
    if (customer == customers.end() || e.latest_us <= in.now_us || asked.waits(e.customer_id) ||
        written_to.contains(e.customer_id))
      continue;
    const auto to = contact_of(customer->second, s);
    if (to.notices_by.empty() || offers::is_quiet(in.now_us, to.clock, {})) continue;
    const auto chosen = matches.best(e);
    if (!chosen || valid_until(*chosen, in) <= in.now_us) continue;
    matches.take(*chosen);
    written_to.insert(e.customer_id);
    p.propose(promotion(e, *chosen, to, s, in));
    p.merge("waitlist", e.what.id, value::object({{"status", "offered"}, {"offered_at", now}}),
            e.what.version);
  }
  return p.take();
}

} // namespace steward::intelligence::salon
