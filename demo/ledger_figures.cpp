// The figures of the server's account: revenue, gaps, counters.
#include "demo/ledger.hpp"

#include <cmath>
#include <functional>

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

/// An action is a decision that was carried out.
bool is_action(const value& decision) {
  const auto approval = text_in(decision, "approval.status");
  return approval == "approved" || approval == "not_required" || approval.empty();
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
  std::map<std::string, std::map<std::string, double>> by_day;
  for (const auto& gap : a.gaps) {
    auto& day = by_day[text_in(gap, "date")];
    const auto status = text_in(gap, "status");
    ++day[status];
    ++day["total"];
    if (status != "filled") continue;
    const auto by = text_in(gap, "filled_by");
    filled_by.insert(by);
    const auto* booked = l.find(by);
    if (!booked || booked->imported)
      differences.push_back("gap " + named(gap) + " is filled by " + (by.empty() ? "nothing" : by) +
                            ", which is no appointment that was made");
  }
  std::map<std::string, const value*> messages;
  for (const auto& one : a.outreach) messages[named(one)] = &one;
  for (const auto& [id, booked] : l.appointments) {
    if (!booked.by_agent() || !booked.stands() || filled_by.contains(id)) continue;
    const auto found = messages.find(booked.outreach_id);
    if (found != messages.end() && text_in(*found->second, "outreach_type") == "gap_fill")
      differences.push_back("appointment " + id +
                            " came of an offer of a gap, but no gap is "
                            "filled by it");
  }
  for (const auto& told : a.gap_days) {
    const auto date = text_in(told, "date");
    for (const auto* member : {"total", "open", "filled", "expired", "ignored"})
      compare_count(differences, "gaps of " + date + ", " + member, by_day[date][member],
                    number_in(told, member));
  }
}

void compare_counters(const server_account& a, const salon& s,
                      std::vector<std::string>& differences) {
  const auto date_of = [&](const value& decision) {
    const auto made = instant_in(decision.get("created_at"));
    return made ? intelligence::date_text(s.local_day(*made)) : std::string{};
  };
  for (const auto& agent : a.agents) {
    const auto name = text_in(agent, "agent_name");
    const auto date = text_in(agent, "counters.date");
    if (date.empty()) continue; // has never acted
    double actions = 0, revenue = 0, by_type = 0;
    for (const auto& one : a.decisions)
      if (text_in(one, "agent_name") == name && date_of(one) == date && is_action(one)) {
        ++actions;
        revenue += number_in(one, "revenue_impact.actual");
      }
    const auto types = member_in(agent, "counters.by_type");
    if (types.is_object())
      for (const auto& m : types.members()) by_type += number_in(m.item, "count");
    const auto of = name + " on " + date;
    const auto taken = number_in(agent, "counters.actions_taken");
    compare_count(differences, "actions of " + of, actions, taken);
    compare_count(differences, "actions by type of " + of, by_type, taken);
    compare_count(differences, "revenue of " + of, revenue,
                  number_in(agent, "counters.revenue_generated"));
  }
  for (const auto& told : a.decision_days) {
    const auto date = text_in(told, "date");
    double total = 0, revenue = 0;
    for (const auto& one : a.decisions)
      if (date_of(one) == date) {
        ++total;
        revenue += number_in(one, "revenue_impact.actual");
      }
    compare_count(differences, "decisions of " + date, total, number_in(told, "total"));
    compare_count(differences, "revenue of the decisions of " + date, revenue,
                  number_in(told, "revenue.actual"));
  }
}

} // namespace steward::demo
