#include "intelligence/salon/open_questions.hpp"

#include "intelligence/instants.hpp"

namespace steward::intelligence::salon {

namespace {

/// What it is about: the gap in the details, and what triggered it.
std::set<std::string> subjects_of(const value& document, std::string_view trigger,
                                  std::string_view gap) {
  std::set<std::string> subjects{text_of(document, trigger), text_of(document, gap)};
  subjects.erase("");
  return subjects;
}

bool over(const value& document, int64_t now_us) {
  const auto expires = instant_of(document, "expires_at");
  return expires && *expires <= now_us;
}

} // namespace

bool is_open_status(std::string_view status) {
  return status == "pending" || status == "sent" || status == "delivered" || status == "read";
}

open_questions::open_questions(const skill_input& in) {
  for (const auto& r : observed(in, "decisions")) read_decision(r, in.now_us);
  for (const auto& r : observed(in, "outreach")) read_outreach(r, in.now_us);
}

void open_questions::read_decision(const record& r, int64_t now_us) {
  const auto& d = *r.data;
  const auto customer = text_of(d, "context.customer_id");
  const auto subjects = subjects_of(d, "context.trigger_id", "action_details.gap_id");
  for (const auto& subject : subjects) asked_[subject].insert(customer);
  const auto approval = text_of(d, "approval.status");
  if (text_of(d, "outcome.status") != "pending" || approval == "rejected" || approval == "expired")
    return;
  open_decisions_.insert(r.id);
  if (over(d, now_us)) return; // if it was carried out, its message says whether it is open
  if (!customer.empty()) waiting_.insert(customer);
  for (const auto& subject : subjects) open_[subject].push_back({"", r.id});
}

void open_questions::read_outreach(const record& r, int64_t now_us) {
  const auto& o = *r.data;
  if (!text_of(o, "reply_to").empty()) return;
  const auto customer = text_of(o, "customer_id");
  const auto subjects = subjects_of(o, "trigger_id", "offer_details.gap_id");
  for (const auto& subject : subjects) asked_[subject].insert(customer);
  const auto status = text_of(o, "status");

  auto sent = instant_of(o, "delivery.sent_at");
  if (!sent) sent = instant_of(o, "created_at");
  if (sent && status != "failed" && !customer.empty()) {
    customers::message m{*sent, {}};
    if (flag_of(o, "response.received") == true || status == "responded")
      m.answered_us = instant_of(o, "response.responded_at");
    messages_[customer].push_back(m);
    // Whether a message of the last hours is answered is not known yet.
    if (m.answered_us || m.sent_us + 6 * hour_us <= now_us) settled_.push_back(m);
  }

  if (!is_open_status(status) || over(o, now_us)) return;
  if (!customer.empty()) waiting_.insert(customer);
  const auto decision = text_of(o, "decision_id");
  for (const auto& subject : subjects) {
    auto& questions = open_[subject];
    const auto same = std::ranges::find_if(questions, [&](const question& q) {
      return !decision.empty() && q.decision_id == decision;
    });
    if (same == questions.end())
      questions.push_back({r.id, decision});
    else
      same->outreach_id = r.id;
  }
}

const std::vector<customers::message>&
open_questions::messages(const std::string& customer_id) const {
  static const std::vector<customers::message> none;
  const auto found = messages_.find(customer_id);
  return found == messages_.end() ? none : found->second;
}

size_t open_questions::open_about(const std::string& subject) const {
  const auto found = open_.find(subject);
  return found == open_.end() ? 0 : found->second.size();
}

bool open_questions::was_asked(const std::string& subject, const std::string& customer_id) const {
  const auto found = asked_.find(subject);
  return found != asked_.end() && found->second.contains(customer_id);
}

void open_questions::expire_about(plan& p, const std::string& subject, std::string_view result,
                                  int64_t now_us) const {
  const auto found = open_.find(subject);
  if (found == open_.end()) return;
  for (const auto& q : found->second) {
    p.close(q.decision_id, "expired", result);
    if (!q.outreach_id.empty())
      p.merge("outreach", q.outreach_id,
              value::object({{"status", "expired"}, {"updated_at", instant_text(now_us)}}));
  }
}

} // namespace steward::intelligence::salon
