#include "demo/ledger.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace steward::demo {

namespace {

using intelligence::instant_text;
using workflow::value;

struct dated_message {
  std::string id;
  int64_t sent_us;
};

/// More than `most` of them, in order of time, within any stretch of that length.
bool too_many(const std::vector<dated_message>& sent, size_t at, size_t most, int64_t length_us) {
  return at >= most && sent[at].sent_us - sent[at - most].sent_us < length_us;
}

std::string named(const value& document) { return text_in(document, "id"); }

/// confirmed is booked, only more so.
std::string plain_status(const std::string& status) {
  return status == "confirmed" ? "booked" : status;
}

} // namespace

void ledger::end(const std::string& id, std::string_view status, int64_t now_us) {
  const auto found = appointments.find(id);
  if (found == appointments.end())
    surprises.push_back("appointment " + id + " became " + std::string{status} +
                        ", but nobody knows of it");
  else {
    found->second.status = status;
    found->second.ended_us = now_us;
  }
}

const known_appointment* ledger::find(const std::string& id) const {
  const auto found = appointments.find(id);
  return found == appointments.end() ? nullptr : &found->second;
}

ledger first_page(const salon& s, const std::vector<past_appointment>& history) {
  ledger l;
  for (const auto& a : history) {
    const auto& what = s.services[a.where.service];
    l.book({a.id,
            s.customers[a.customer].id,
            s.staff[a.where.staff].id,
            what.id,
            a.where.start_us,
            a.where.end_us,
            a.booked_us,
            static_cast<double>(what.price),
            a.status,
            true,
            0,
            {}});
  }
  for (const auto& c : s.customers) {
    if (c.opted_out) l.opted_out[c.id] = INT64_MIN;
    if (!c.whatsapp) l.without_whatsapp.insert(c.id);
  }
  return l;
}

bool is_reply_or_notice(const value& outreach) {
  const auto notice = outreach.get("notice");
  if (!member_in(outreach, "reply_to").is_null() || notice.is_string() ||
      (notice.is_bool() && notice.as_bool()))
    return true;
  const auto type = text_in(outreach, "outreach_type");
  return type == "reply" || type == "notice";
}

bool expects_answer(const value& outreach) {
  constexpr std::array<std::string_view, 6> kinds = {"gap_fill",           "no_show_prevention",
                                                     "waitlist_promotion", "discount_offer",
                                                     "retention",          "rebooking"};
  return member_in(outreach, "reply_to").is_null() &&
         std::find(kinds.begin(), kinds.end(), text_in(outreach, "outreach_type")) != kinds.end();
}

void find_overlaps(const server_account& a, std::vector<std::string>& differences) {
  struct stretch {
    std::string staff;
    int64_t begin, end;
    std::string id;
  };
  std::vector<stretch> all;
  for (const auto& one : a.appointments) {
    const auto status = text_in(one, "status");
    const auto begin = instant_in(one.get("start_time")), end = instant_in(one.get("end_time"));
    if (!begin || !end || *end <= *begin)
      differences.push_back("appointment " + named(one) + " has no begin and end that fit");
    else if (status != "cancelled" && status != "no_show")
      all.push_back({text_in(one, "staff_id"), *begin, *end, named(one)});
  }
  std::sort(all.begin(), all.end(), [](const stretch& x, const stretch& y) {
    return std::tie(x.staff, x.begin, x.id) < std::tie(y.staff, y.begin, y.id);
  });
  const stretch* longest = nullptr; // that ends last among those before
  for (const auto& one : all) {
    if (longest && longest->staff == one.staff && one.begin < longest->end)
      differences.push_back("appointments " + longest->id + " and " + one.id + " of " + one.staff +
                            " overlap at " + instant_text(one.begin));
    if (!longest || longest->staff != one.staff || one.end > longest->end) longest = &one;
  }
}

void find_broken_limits(const ledger& l, const server_account& a, const salon& s,
                        const message_rules& rules, std::vector<std::string>& differences) {
  std::map<std::string, std::vector<dated_message>> counted;
  for (const auto& one : a.outreach) {
    const auto sent = instant_in(member_in(one, "delivery.sent_at"));
    if (!sent) continue; // never left
    const auto customer = text_in(one, "customer_id");
    const auto what = "message " + named(one) + " to " + customer + " at " + instant_text(*sent);
    if (const auto out = l.opted_out.find(customer);
        out != l.opted_out.end() && *sent > out->second)
      differences.push_back(what + ": the customer has opted out");
    if (text_in(one, "channel") == "whatsapp" && l.without_whatsapp.contains(customer))
      differences.push_back(what + ": the customer does not want WhatsApp messages");
    if (is_reply_or_notice(one)) continue;
    const auto minute = s.local_minute(*sent);
    if (minute >= rules.quiet_from_minute || minute < rules.quiet_to_minute)
      differences.push_back(what + ": in quiet hours");
    counted[customer].push_back({named(one), *sent});
  }
  for (auto& [customer, sent] : counted) {
    std::sort(sent.begin(), sent.end(), [](const dated_message& x, const dated_message& y) {
      return std::tie(x.sent_us, x.id) < std::tie(y.sent_us, y.id);
    });
    for (size_t i = 0; i < sent.size(); ++i) {
      if (too_many(sent, i, rules.hourly, hour_us))
        differences.push_back("message " + sent[i].id + " to " + customer + " at " +
                              instant_text(sent[i].sent_us) + ": more than " +
                              std::to_string(rules.hourly) + " within an hour");
      if (too_many(sent, i, rules.daily, day_us))
        differences.push_back("message " + sent[i].id + " to " + customer + " at " +
                              instant_text(sent[i].sent_us) + ": more than " +
                              std::to_string(rules.daily) + " within a day");
    }
  }
}

void compare_appointments(const ledger& l, const server_account& a,
                          std::vector<std::string>& differences) {
  std::set<std::string> told;
  for (const auto& one : a.appointments) {
    const auto id = named(one);
    if (!told.insert(id).second) differences.push_back("appointment " + id + " is told twice");
    const auto* known = l.find(id);
    if (!known) {
      differences.push_back("appointment " + id + " of " + text_in(one, "customer_id") +
                            " is on the server, but nobody has made it");
      continue;
    }
    const auto differs = [&](std::string_view member, const std::string& ours,
                             const std::string& theirs) {
      if (ours != theirs)
        differences.push_back("appointment " + id + ": " + std::string{member} + " is " + ours +
                              ", the server says " + (theirs.empty() ? "nothing" : theirs));
    };
    differs("customer_id", known->customer_id, text_in(one, "customer_id"));
    differs("staff_id", known->staff_id, text_in(one, "staff_id"));
    differs("service_id", known->service_id, text_in(one, "service_id"));
    differs("status", known->status, plain_status(text_in(one, "status")));
    if (instant_in(one.get("start_time")) != known->start_us)
      differs("start_time", instant_text(known->start_us), text_in(one, "start_time"));
    if (instant_in(one.get("end_time")) != known->end_us)
      differs("end_time", instant_text(known->end_us), text_in(one, "end_time"));
    if (std::abs(number_in(one, "price") - known->price) > 1e-6)
      differs("price", std::to_string(known->price), std::to_string(number_in(one, "price")));
  }
  for (const auto& [id, known] : l.appointments)
    if (!told.contains(id))
      differences.push_back("appointment " + id + " of " + known.customer_id +
                            " was made, but the server does not know it");
}

void compare_messages(const ledger& l, const server_account& a,
                      std::vector<std::string>& differences) {
  std::map<std::string, const value*> told;
  for (const auto& one : a.outreach) told[named(one)] = &one;
  for (const auto& [id, customer] : l.heard) {
    const auto found = told.find(id);
    if (found == told.end())
      differences.push_back("message " + id + " has reached " + customer +
                            ", but the server does not know it");
    else if (text_in(*found->second, "customer_id") != customer)
      differences.push_back("message " + id + " has reached " + customer +
                            ", the server says it went to " +
                            text_in(*found->second, "customer_id"));
  }
  for (const auto& [id, one] : told) {
    const auto status = text_in(*one, "status");
    if (!l.heard.contains(id) && instant_in(member_in(*one, "delivery.sent_at")) &&
        status != "expired" && status != "failed")
      differences.push_back("message " + id + " was sent to " + text_in(*one, "customer_id") +
                            ", but has not arrived");
  }
  for (const auto& [id, words] : l.replied) {
    const auto found = told.find(id);
    if (found == told.end()) continue; // said above
    const auto theirs = text_in(*found->second, "response.text");
    if (theirs != words)
      differences.push_back("message " + id + " was answered \"" + words +
                            "\", the server has heard \"" + theirs + "\"");
  }
}

std::vector<std::string> find_differences(const ledger& l, const server_account& a, const salon& s,
                                          const message_rules& rules) {
  auto differences = l.surprises;
  find_overlaps(a, differences);
  find_broken_limits(l, a, s, rules, differences);
  compare_appointments(l, a, differences);
  compare_messages(l, a, differences);
  compare_revenue(l, a, differences);
  compare_gaps(l, a, differences);
  compare_counters(l, a, s, differences);
  return differences;
}

} // namespace steward::demo
