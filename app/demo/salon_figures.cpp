#include "app/demo/salon_figures.hpp"

#include <algorithm>
#include <cstdio>
#include <functional>

namespace steward::app {

using workflow::value;

namespace {

constexpr size_t differences_shown = 50;

std::string text_of(const char* format, double number) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), format, number);
  return text.data();
}

std::string whole(uint64_t n) { return std::to_string(n); }
std::string percent(double share) { return text_of("%.1f %%", 100 * share); }
std::string money(double amount) { return text_of("%.0f", amount); }

struct row {
  const char* title;
  std::function<std::string(const salon_figures&)> show;
};

const std::vector<row>& rows() {
  using f = const salon_figures&;
  static const std::vector<row> all = {
      {"appointments kept", [](f x) { return whole(x.completed); }},
      {"utilisation", [](f x) { return percent(x.utilisation); }},
      {"gaps found / filled",
       [](f x) { return whole(x.gaps_found) + " / " + whole(x.gaps_filled); }},
      {"no-shows", [](f x) { return whole(x.no_shows) + " (" + percent(x.no_show_rate) + ")"; }},
      {"cancelled", [](f x) { return whole(x.cancelled); }},
      {"revenue", [](f x) { return money(x.revenue); }},
      {"booked by agents",
       [](f x) { return whole(x.agent_bookings) + " for " + money(x.agent_revenue); }},
      {"messages, per customer",
       [](f x) {
         return whole(x.messages) + ", " + text_of("%.2f", x.messages_per_customer()) + " (most " +
                whole(x.most_messages) + ")";
       }},
      {"answers: yes / no / later / stop",
       [](f x) {
         return whole(x.life.yes) + " / " + whole(x.life.no) + " / " + whole(x.life.another_time) +
                " / " + whole(x.life.stops);
       }},
      {"owner: asked / approved / rejected",
       [](f x) { return whole(x.asked) + " / " + whole(x.approved) + " / " + whole(x.rejected); }},
      {"limits broken", [](f x) { return whole(x.limits_broken); }},
      {"server killed", [](f x) { return whole(x.kills); }},
      {"ledger equals outcomes", [](f x) {
         return x.differences.empty() ? std::string{"yes"}
                                      : whole(x.differences.size()) + " differences";
       }}};
  return all;
}

std::string padded(std::string text, size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text;
}

} // namespace

demo::server_account read_account(salon_api& api, int64_t from_day, int64_t to_day) {
  demo::server_account a;
  a.appointments = api.records("appointments");
  a.outreach = api.list("/autonomous/outreach");
  a.decisions = api.list("/autonomous/decisions");
  a.gaps = api.list("/autonomous/gaps");
  a.agents = api.list("/autonomous/agents");
  for (auto day = from_day; day < to_day; ++day) {
    const auto date = "?date=" + intelligence::date_text(day);
    a.decision_days.push_back(api.must("GET", "/autonomous/decisions/stats/daily" + date));
    a.gap_days.push_back(api.must("GET", "/autonomous/gaps/stats/daily" + date));
  }
  // A day more on either side: decisions are dated by whatever clock the server goes by.
  a.revenue_impact = api.must(
      "GET", "/autonomous/analytics/revenue-impact?from=" + intelligence::date_text(from_day - 1) +
                 "&to=" + intelligence::date_text(to_day));
  return a;
}

salon_figures figures_of(const demo::salon& s, const salon_life& life, const salon_owner& owner,
                         const demo::server_account& account, int64_t from_day, int64_t to_day) {
  salon_figures f;
  const auto from = s.instant(from_day, 0), to = s.instant(to_day, 0);
  int64_t used_us = 0;
  for (const auto& [id, one] : life.ledger().appointments) {
    if (one.by_agent() && one.stands()) {
      ++f.agent_bookings;
      f.agent_revenue += one.price;
    }
    if (one.start_us >= to && one.stands()) ++f.ahead;
    if (one.start_us < from || one.start_us >= to) continue;
    if (one.status == "completed") {
      ++f.completed;
      f.revenue += one.price;
      used_us += one.end_us - one.start_us;
    }
    if (one.status == "no_show") ++f.no_shows;
    if (one.status == "cancelled") ++f.cancelled;
  }
  if (const auto all = demo::working_us(s, from_day, to_day))
    f.utilisation = static_cast<double>(used_us) / static_cast<double>(all);
  if (const auto expected = f.completed + f.no_shows)
    f.no_show_rate = static_cast<double>(f.no_shows) / static_cast<double>(expected);
  f.gaps_found = account.gaps.size();
  for (const auto& gap : account.gaps)
    if (demo::text_in(gap, "status") == "filled") ++f.gaps_filled;
  std::map<std::string, uint64_t> written;
  for (const auto& one : account.outreach)
    if (!demo::is_reply_or_notice(one) && demo::member_in(one, "delivery.sent_at").is_string())
      f.most_messages = std::max(f.most_messages, ++written[demo::text_in(one, "customer_id")]);
  f.customers_written_to = written.size();
  for (const auto& [customer, count] : written) f.messages += count;
  f.asked = owner.asked();
  f.approved = owner.approved();
  f.rejected = owner.rejected();
  f.approval_too_late = owner.too_late();
  f.life = life.counts();
  const demo::message_rules rules;
  std::vector<std::string> broken;
  demo::find_broken_limits(life.ledger(), account, s, rules, broken);
  f.limits_broken = broken.size();
  f.differences = demo::find_differences(life.ledger(), account, s, rules);
  f.differences.insert(f.differences.end(), owner.surprises().begin(), owner.surprises().end());
  return f;
}

value to_value(const salon_figures& f) {
  auto differences = value::empty_array();
  for (const auto& one : f.differences) differences.push_back(one);
  const auto& l = f.life;
  return value::object(
      {{"agents", f.agents ? "on" : "off"},
       {"appointments", value::object({{"completed", f.completed},
                                       {"no_show", f.no_shows},
                                       {"cancelled", f.cancelled},
                                       {"ahead", f.ahead}})},
       {"utilisation", f.utilisation},
       {"gaps", value::object({{"found", f.gaps_found}, {"filled", f.gaps_filled}})},
       {"no_show_rate", f.no_show_rate},
       {"revenue", f.revenue},
       {"agents_booked",
        value::object({{"appointments", f.agent_bookings}, {"revenue", f.agent_revenue}})},
       {"messages", value::object({{"sent", f.messages},
                                   {"customers", f.customers_written_to},
                                   {"per_customer", f.messages_per_customer()},
                                   {"most_per_customer", f.most_messages},
                                   {"replies_and_notices", l.told}})},
       {"answers", value::object({{"yes", l.yes},
                                  {"no", l.no},
                                  {"another_time", l.another_time},
                                  {"stop", l.stops},
                                  {"too_late", l.too_late}})},
       {"approvals", value::object({{"asked", f.asked},
                                    {"approved", f.approved},
                                    {"rejected", f.rejected},
                                    {"too_late", f.approval_too_late}})},
       {"calls", value::object({{"all", l.calls},
                                {"booked", l.booked},
                                {"lost", l.lost},
                                {"waitlisted", l.waitlisted},
                                {"taken_before", l.taken_before}})},
       {"limits_broken", f.limits_broken},
       {"kills", f.kills},
       {"http", value::object({{"calls", f.http_calls}, {"retries", f.http_retries}})},
       {"ledger_equals_outcomes", f.differences.empty()},
       {"differences", differences}});
}

std::string to_table(const std::vector<salon_figures>& runs) {
  constexpr size_t title_width = 36, column_width = 26;
  auto line = padded("", title_width);
  for (const auto& one : runs)
    line += padded(one.agents ? "agents on" : "agents off", column_width);
  std::string out = line + "\n";
  for (const auto& r : rows()) {
    line = padded(r.title, title_width);
    for (const auto& one : runs) line += padded(r.show(one), column_width);
    out += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  for (const auto& one : runs) {
    if (one.differences.empty()) continue;
    out += std::string{"\nDifferences with agents "} + (one.agents ? "on" : "off") + ":\n";
    for (size_t i = 0; i < std::min(one.differences.size(), differences_shown); ++i)
      out += "  " + one.differences[i] + "\n";
    if (one.differences.size() > differences_shown)
      out += "  and " + std::to_string(one.differences.size() - differences_shown) + " more\n";
  }
  return out;
}

} // namespace steward::app
