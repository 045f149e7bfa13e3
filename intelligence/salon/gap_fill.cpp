#include "intelligence/instants.hpp"
#include "intelligence/offers/offer.hpp"
#include "intelligence/salon/gap_records.hpp"
#include "intelligence/salon/gap_slots.hpp"
#include "intelligence/salon/scores.hpp"
#include "intelligence/salon/skills.hpp"
#include "intelligence/salon/wording.hpp"

#include <algorithm>
#include <cmath>
#include <set>

namespace steward::intelligence::salon {

namespace {

struct limits {
  int64_t days, offers_per_gap, proposals_most, gaps_tried_most, writes_most, retry_us, soon_us;
};

limits limits_of(const skill_input& in) {
  const auto count = [&](std::string_view name, int64_t fallback, int64_t most) {
    return count_of(in.with, name, fallback, 0, most);
  };
  return {count("days", 2, 14),
          count("offers_per_gap", 3, 50),
          count("proposals_most", 10, 100),
          count("gaps_tried_most", 10, 100),
          count("writes_most", 500, 1000),
          count("retry_minutes", 30, 24 * 60) * minute_us,
          count("send_within_minutes", 10, 24 * 60) * minute_us};
}

offers::offer_policy policy_of(const skill_input& in) {
  offers::offer_policy policy;
  if (const auto cost = number_of(in.settings, "message_cost"))
    policy.message_cost = std::clamp(*cost, 0.0, 1e9);
  policy.most_hourly = static_cast<size_t>(count_of(in.with, "per_customer_hourly", 1, 1, 100));
  policy.most_daily = static_cast<size_t>(count_of(in.with, "per_customer_daily", 3, 1, 100));
  return policy;
}

/// The customers as the ranking takes them; in the order of the prospects.
std::vector<offers::candidate> candidates_of(const std::vector<prospect>& prospects,
                                             const open_questions& asked) {
  std::vector<offers::candidate> candidates;
  for (const auto& p : prospects) {
    offers::candidate c;
    c.score = p.score;
    c.messages = asked.messages(p.who.id);
    c.booked = p.booked;
    c.zone = p.who.clock;
    candidates.push_back(std::move(c));
  }
  return candidates;
}

/// An offer with the slot that it is for.
struct slot_offer {
  offers::offer worth;
  slot what;
  const prospect* to = nullptr;
};

class offering {
public:
  offering(const skill_input& in, const salon& s, const open_questions& asked)
      : in_(in), s_(s), asked_(asked), limits_(limits_of(in)), policy_(policy_of(in)),
        prospects_(prospects_of(in, s)) {
    std::erase_if(prospects_, [&](const prospect& p) { return asked.waits(p.who.id); });
    candidates_ = candidates_of(prospects_, asked);
    const customers::viewpoint view{in.now_us, s.clock()};
    // A few dozen messages say little about 24 hours.
    hours_ = offers::learn_hours(asked.settled_messages(), view, offers::flat_hours(0.3), 50);
  }

  /// Proposes the gap to the best of those who were not asked about it; how many. What was tried is
  /// noted in the gap's changes.
  void offer(plan& p, known_gap& gap) {
    const auto open = static_cast<int64_t>(asked_.open_about(gap.id));
    auto wanted = std::min(limits_.offers_per_gap - open,
                           limits_.proposals_most - static_cast<int64_t>(p.proposals()));
    if (wanted <= 0) return;
    auto ranked = rank(gap);
    int64_t made = 0;
    bool waits = false;
    for (const auto& o : ranked) {
      if (made == wanted) break;
      if (o.worth.send_at_us > in_.now_us + limits_.soon_us) {
        waits = true; // a better hour is near
        continue;
      }
      p.propose(proposal_for(o, gap));
      taken_.insert(o.to->who.id);
      ++made;
    }
    if (waits && made == 0) return; // tried again when it is time
    gap.changes.set("last_attempt_at", instant_text(in_.now_us));
    if (made > 0) gap.changes.set("fill_attempts", gap.attempts() + made);
  }

  bool may_try(const known_gap& gap) const {
    const auto last = gap.last_attempt_us();
    return !last || *last + limits_.retry_us <= in_.now_us;
  }

  const limits& bounds() const { return limits_; }

private:
  std::vector<slot_offer> rank(const known_gap& gap) {
    std::vector<offers::candidate> free;
    std::vector<const prospect*> who;
    for (size_t i = 0; i < prospects_.size(); ++i) {
      const auto& id = prospects_[i].who.id;
      if (taken_.contains(id) || asked_.was_asked(gap.id, id)) continue;
      free.push_back(candidates_[i]);
      who.push_back(&prospects_[i]);
    }
    std::map<std::string, const prospect*> by_id;
    for (const auto* p : who) by_id.emplace(p->who.id, p);
    const customers::viewpoint view{in_.now_us, s_.clock()};
    std::map<std::string, slot_offer> best; // by customer
    for (const auto& part : parts_of_day(gap.found, s_)) {
      const auto ranking = offers::rank_offers(part, s_.priced(), free, hours_, view, policy_);
      for (const auto& o : ranking.offers) {
        const auto* to = by_id[o.customer_id];
        auto where = slot_in(part, o.service_id, to->score, s_);
        if (!where) continue;
        where->gap_id = gap.id;
        where->discount_percent = discount_for(to->score, in_);
        auto& known = best[o.customer_id];
        if (!known.to || known.worth.expected_value < o.expected_value) known = {o, *where, to};
      }
    }
    std::vector<slot_offer> ranked;
    for (auto& [id, o] : best) ranked.push_back(std::move(o));
    std::ranges::stable_sort(ranked, [](const slot_offer& a, const slot_offer& b) {
      return a.worth.expected_value > b.worth.expected_value;
    });
    return ranked;
  }

  value proposal_for(const slot_offer& o, const known_gap& gap) const {
    const auto& to = o.to->who;
    const bool cheaper = o.what.discount_percent > 0;
    const auto* type = cheaper ? "discount_offer" : "gap_fill";
    const auto expires = valid_until(o.what, in_);
    const auto name = to.name.empty() ? to.id : to.name;
    auto details = value::object({{"gap_id", gap.id},
                                  {"gap_duration_minutes", gap.found.time.length_us() / minute_us},
                                  {"potential_revenue", money(o.what.price())},
                                  {"customer_id", to.id},
                                  {"customer_name", to.name},
                                  {"customer_segment", customers::to_string(o.to->score.group)},
                                  {"staff_name", o.what.who->hours.name},
                                  {"service_name", o.what.what->name},
                                  {"time_slot", moment_words(o.what.start_us, s_, s_.language())},
                                  {"expected_value", money(o.worth.expected_value)}});
    if (cheaper) details.set("discount_percent", money(o.what.discount_percent));
    auto summary = "Offer " + name + " the free time of " + o.what.who->hours.name + " " +
                   moment_words(o.what.start_us, s_, "en") + ": " + o.what.what->name;
    if (cheaper) summary += ", " + std::to_string(std::lround(o.what.discount_percent)) + " % off";
    return value::object(
        {{"decision_type", type},
         {"summary", summary},
         {"reasons", array_of(o.worth.reasons)},
         {"priority", urgency(gap)},
         {"key", "gap_fill:" + gap.id + ":" + to.id},
         {"customer_id", to.id},
         {"trigger_id", gap.id},
         {"trigger_type", "schedule_gap"},
         {"staff_id", o.what.who->hours.id},
         {"service_id", o.what.what->length.id},
         {"time_slot", instant_text(o.what.start_us)},
         {"action_taken", "outreach_initiated"},
         {"details", details},
         {"revenue", money(o.what.price())},
         {"expires_at", instant_text(expires)},
         {"act",
          outreach_act(to, type, "gap", cheaper ? "discount_offer" : "gap_offer", to.offers_by,
                       template_fields(o.what, to, s_), offer_details(o.what, expires), expires)}});
  }

  static std::string_view urgency(const known_gap& gap) {
    return gap.found.level == gaps::priority::critical ? "urgent" : to_string(gap.found.level);
  }

  const skill_input& in_;
  const salon& s_;
  const open_questions& asked_;
  limits limits_;
  offers::offer_policy policy_;
  std::vector<prospect> prospects_;
  std::vector<offers::candidate> candidates_;
  offers::hour_profile hours_{};
  std::set<std::string> taken_; ///< Who is asked in this plan already.
};

} // namespace

value gap_fill(const skill_input& in) {
  const salon s{in};
  const open_questions asked{in};
  plan p;
  offering offers{in, s, asked};
  const auto& most = offers.bounds();
  auto known = find_known_gaps(in, s, most.days);
  int64_t tried = 0;
  for (auto& gap : known) {
    if (static_cast<int64_t>(p.writes()) >= most.writes_most) break;
    if (tried < most.gaps_tried_most && static_cast<int64_t>(p.proposals()) < most.proposals_most &&
        offers.may_try(gap)) {
      ++tried;
      offers.offer(p, gap);
    }
    write_gap(p, gap, in.now_us);
  }
  close_gaps(p, in, s, known, asked, static_cast<size_t>(most.writes_most));
  return p.take();
}

} // namespace steward::intelligence::salon
