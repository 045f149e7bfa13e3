#pragma once

#include "demo/documents.hpp"

#include <map>
#include <set>

namespace steward::demo {

/// An appointment as the people in the simulated salon know it.
struct known_appointment {
  std::string id, customer_id, staff_id, service_id;
  int64_t start_us = 0, end_us = 0, booked_us = 0;
  double price = 0;
  std::string status = "booked"; ///< booked, completed, cancelled, no_show
  bool imported = false;         ///< Of the time before the simulation.
  int64_t ended_us = 0;          ///< When it was completed, cancelled or missed.
  std::string outreach_id; ///< The message whose offer it was; empty: the customer's own idea.
  bool by_agent() const { return !outreach_id.empty(); }
  bool stands() const { return status == "booked" || status == "completed"; }
  bool is_open() const { return status == "booked"; }
};

/// What the simulated world saw with its own eyes, against which the server's story is held: every
/// appointment that somebody was told of and what became of it, every message that arrived, every
/// answer, everybody who said "stop".
struct ledger {
  std::map<std::string, known_appointment> appointments;
  std::map<std::string, std::string> heard;   ///< Outreach id to customer id.
  std::map<std::string, std::string> replied; ///< Outreach id to the words.
  std::map<std::string, int64_t> opted_out;   ///< Customer id to since when.
  std::set<std::string> without_whatsapp;     ///< Customer ids.
  std::vector<std::string> surprises;         ///< Refusals and answers that should not have been.

  void book(known_appointment one) { appointments[one.id] = std::move(one); }
  /// Of an appointment that is known; others are a surprise.
  void end(const std::string& id, std::string_view status, int64_t now_us);
  const known_appointment* find(const std::string& id) const;
};

/// A ledger of before the first day: the imported appointments, and who wants no messages.
ledger first_page(const salon& s, const std::vector<past_appointment>& history);

/// What the server says at the end; documents with their `id` in them.
struct server_account {
  std::vector<workflow::value> appointments, outreach, decisions, gaps, agents;
  std::vector<workflow::value> decision_days, gap_days; ///< Answers of .../stats/daily.
  workflow::value revenue_impact;                       ///< Over all the days.
};

/// What was agreed about messages.
struct message_rules {
  size_t hourly = 1, daily = 3; ///< To one customer in any 60 minutes, any 24 hours.
  int quiet_from_minute = 21 * 60, quiet_to_minute = 9 * 60;
};

/// An answer to the customer's own words, or news about what the customer has: counts against no
/// limit and may come at night.
bool is_reply_or_notice(const workflow::value& outreach);
/// An offer or a question: one of the known kinds of outreach, and no answer to the customer's
/// words.
bool expects_answer(const workflow::value& outreach);

// Each appends a sentence for everything that is not as it should be.

/// No two appointments of a staff member at once, cancelled and missed ones aside.
void find_overlaps(const server_account& a, std::vector<std::string>& differences);
/// Too many messages, messages at night, messages to those who don't want any.
void find_broken_limits(const ledger& l, const server_account& a, const salon& s,
                        const message_rules& rules, std::vector<std::string>& differences);
/// The same appointments on both sides, in every member that counts.
void compare_appointments(const ledger& l, const server_account& a,
                          std::vector<std::string>& differences);
/// Messages that arrived and answers that were given are on the server's list.
void compare_messages(const ledger& l, const server_account& a,
                      std::vector<std::string>& differences);
/// What decisions brought in: the price of the appointment that came of them while it stands. A
/// reminder names the appointment that it was about and brings nothing.
void compare_revenue(const ledger& l, const server_account& a,
                     std::vector<std::string>& differences);
/// Filled gaps are appointments that somebody has made, and the daily figures add up.
void compare_gaps(const ledger& l, const server_account& a, std::vector<std::string>& differences);
/// The agents' counters, and the sums of each day, against the decisions and what came of them
/// when.
void compare_counters(const ledger& l, const server_account& a, const salon& s,
                      std::vector<std::string>& differences);

/// All of the above, with the ledger's surprises first. Empty: the ledger equals the outcomes.
std::vector<std::string> find_differences(const ledger& l, const server_account& a, const salon& s,
                                          const message_rules& rules);

} // namespace steward::demo
