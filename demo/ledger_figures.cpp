// The figures of the server's account: revenue, gaps, counters.
#include "demo/ledger.hpp"

#include <cmath>

namespace steward::demo {

namespace {

using workflow::value;

std::string money(double amount) {
  const auto cents = std::llround(amount * 100);
  auto text = std::to_string(cents / 100);
  if (const auto rest = std::abs(cents % 100))
    text += (rest < 10 ? ".0" : ".") + std::to_string(rest);
  return text;
}

bool same_amount(double a, double b) { return std::abs(a - b) < 0.005; }

std::string named(const value& document) { return text_in(document, "id"); }

void compare_count(std::vector<std::string>& differences, const std::string& what, double ours,
                   double theirs) {
  if (!same_amount(ours, theirs))
    differences.push_back(what + ": counted " + money(ours) + ", the server says " + money(theirs));
}

/// What a decision has to say of the appointment that came of it.
void compare_decision(const known_appointment& booked, const value& decision,
                      std::vector<std::string>& differences) {
  const auto what = "decision " + named(decision) + " with appointment " + booked.id;
  const auto expected = booked.stands() ? booked.price : 0;
  const auto told = number_in(decision, "revenue_impact.actual");
  if (!same_amount(expected, told))
    differences.push_back(what + ": revenue is " + money(expected) + ", the server says " +
                          money(told));
  const auto* status = booked.stands() ? "success" : "failed";
  if (const auto theirs = text_in(decision, "outcome.status"); theirs != status)
    differences.push_back(what + ": the outcome is " + status + ", the server says " + theirs);
}

bool is_reminder(const value& decision) {
  return text_in(decision, "decision_type") == "no_show_prevention";
}

void compare_reminder(const ledger& l, const value& decision, const std::string& appointment,
                      std::vector<std::string>& differences) {
  const auto what = "decision " + named(decision) + " reminds of appointment " + appointment;
  if (!l.find(appointment)) differences.push_back(what + ", which nobody has made");
  if (const auto actual = number_in(decision, "revenue_impact.actual"); !same_amount(actual, 0))
    differences.push_back(what + " and has a revenue of " + money(actual));
}

/// When the decision was carried out; none if it was not.
std::optional<int64_t> acted_at(const value& decision) {
  if (const auto us = decision.get("acted_us"); us.is_int()) return us.as_int();
  if (decision.find("act")) return std::nullopt; // such a document would tell
  const auto approval = text_in(decision, "approval.status");
  if (approval != "approved" && approval != "not_required") return std::nullopt;
  return instant_in(decision.get("created_at"));
}

std::string date_of(const salon& s, int64_t us) { return intelligence::date_text(s.local_day(us)); }

using amounts_by_day = std::map<std::string, double>;

/// What each agent's offers brought in on each day, as the people in the salon know it: the price
/// on the day of the booking, and less on the day on which it came to nothing.
std::map<std::string, amounts_by_day> earned_by_agent(const ledger& l, const server_account& a,
                                                      const salon& s) {
  std::map<std::string, amounts_by_day> earned;
  for (const auto& one : a.decisions) {
    if (is_reminder(one)) continue;
    const auto* booked = l.find(text_in(one, "outcome.booking_created_id"));
    if (!booked || !booked->by_agent()) continue;
    auto& days = earned[text_in(one, "agent_name")];
    days[date_of(s, booked->booked_us)] += booked->price;
    if (!booked->stands()) days[date_of(s, booked->ended_us)] -= booked->price;
  }
  return earned;
}

double amount_of(const amounts_by_day& days, const std::string& date) {
  const auto found = days.find(date);
  return found == days.end() ? 0 : found->second;
}

void compare_agent(const value& agent, const server_account& a, const salon& s,
                   std::map<std::string, amounts_by_day>& earned,
                   std::vector<std::string>& differences) {
  const auto name = text_in(agent, "agent_name");
  const auto date = text_in(agent, "counters.date");
  if (date.empty()) return; // has never done anything
  double actions = 0, by_type = 0;
  for (const auto& one : a.decisions)
    if (const auto at = acted_at(one);
        at && text_in(one, "agent_name") == name && date_of(s, *at) == date)
      ++actions;
  const auto types = member_in(agent, "counters.by_type");
  if (types.is_object())
    for (const auto& m : types.members()) by_type += number_in(m.item, "count");
  const auto of = name + " on " + date;
  const auto taken = number_in(agent, "counters.actions_taken");
  compare_count(differences, "actions of " + of, actions, taken);
  compare_count(differences, "actions by type of " + of, by_type, taken);
  compare_count(differences, "revenue of " + of, amount_of(earned[name], date),
                number_in(agent, "counters.revenue_generated"));
}

} // namespace

void compare_revenue(const ledger& l, const server_account& a,
                     std::vector<std::string>& differences) {
  std::map<std::string, size_t> decisions_of;
  double sum = 0;
  for (const auto& one : a.decisions) {
    const auto actual = number_in(one, "revenue_impact.actual");
    sum += actual;
    const auto id = text_in(one, "outcome.booking_created_id");
    if (id.empty()) {
      if (!same_amount(actual, 0))
        differences.push_back("decision " + named(one) + " has a revenue of " + money(actual) +
                              " and no appointment");
      continue;
    }
    if (is_reminder(one)) {
      compare_reminder(l, one, id, differences);
      continue;
    }
    ++decisions_of[id];
    if (const auto* booked = l.find(id); booked && booked->by_agent())
      compare_decision(*booked, one, differences);
    else
      differences.push_back(
          "decision " + named(one) + " claims appointment " + id +
          (booked ? ", which the customer made alone" : ", which nobody has made"));
  }
  for (const auto& [id, booked] : l.appointments) {
    if (!booked.by_agent()) continue;
    if (const auto count = decisions_of[id]; count != 1)
      differences.push_back("appointment " + id + " came of message " + booked.outreach_id +
                            " and has " + std::to_string(count) + " decisions instead of one");
  }
  if (a.revenue_impact.is_object())
    compare_count(differences, "revenue of all decisions", sum,
                  number_in(a.revenue_impact, "total"));
}

void compare_gaps(const ledger& l, const server_account& a, std::vector<std::string>& differences) {
  std::set<std::string> filled_by;
  std::map<std::string, std::string> statuses;
  std::map<std::string, std::map<std::string, double>> by_day;
  for (const auto& gap : a.gaps) {
    auto& day = by_day[text_in(gap, "date")];
    const auto status = text_in(gap, "status");
    statuses[named(gap)] = status;
    ++day[status];
    ++day["total"];
    if (status != "filled") continue;
    const auto brought = number_in(gap, "filled_revenue");
    day["filled_revenue"] += brought > 0 ? brought : number_in(gap, "potential_revenue");
    auto by = text_in(gap, "appointment_id");
    if (by.empty()) by = text_in(gap, "filled_by");
    filled_by.insert(by);
    const auto* booked = l.find(by);
    if (!booked || booked->imported)
      differences.push_back("gap " + named(gap) + " is filled by " + (by.empty() ? "nothing" : by) +
                            ", which is no appointment that was made");
  }
  std::map<std::string, std::string> offered_gap; // by message
  for (const auto& one : a.outreach)
    if (text_in(one, "outreach_type") == "gap_fill")
      offered_gap[named(one)] = text_in(one, "trigger_id");
  for (const auto& [id, booked] : l.appointments) {
    const auto offered = offered_gap.find(booked.outreach_id);
    if (!booked.by_agent() || filled_by.contains(id) || offered == offered_gap.end()) continue;
    // A gap may have become another one between the offer and the answer, but not stayed open.
    const auto found = statuses.find(offered->second);
    if (found == statuses.end() || found->second == "open")
      differences.push_back("appointment " + id + " came of the offer of gap " + offered->second +
                            ", which is not filled by it");
  }
  for (const auto& told : a.gap_days) {
    const auto date = text_in(told, "date");
    for (const auto* member : {"total", "open", "filled", "expired", "ignored", "filled_revenue"})
      if (told.find(member))
        compare_count(differences, "gaps of " + date + ", " + member, by_day[date][member],
                      number_in(told, member));
  }
}

void compare_counters(const ledger& l, const server_account& a, const salon& s,
                      std::vector<std::string>& differences) {
  auto earned = earned_by_agent(l, a, s);
  for (const auto& agent : a.agents) compare_agent(agent, a, s, earned, differences);
  for (const auto& told : a.decision_days) {
    const auto date = text_in(told, "date");
    double total = 0, revenue = 0;
    for (const auto& one : a.decisions)
      if (const auto made = instant_in(one.get("created_at")); made && date_of(s, *made) == date) {
        ++total;
        revenue += number_in(one, "revenue_impact.actual");
      }
    compare_count(differences, "decisions of " + date, total, number_in(told, "total"));
    compare_count(differences, "revenue of the decisions of " + date, revenue,
                  number_in(told, "revenue.actual"));
  }
  const auto days = a.revenue_impact.get("by_day");
  if (!days.is_array()) return;
  for (const auto& told : days.items()) {
    const auto date = text_in(told, "date");
    double revenue = 0;
    for (const auto& [agent, by_day] : earned) revenue += amount_of(by_day, date);
    compare_count(differences, "revenue on " + date, revenue, number_in(told, "actual"));
  }
}

} // namespace steward::demo
