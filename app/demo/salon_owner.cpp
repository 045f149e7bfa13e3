#include "app/demo/salon_owner.hpp"

#include "demo/documents.hpp"

namespace steward::app {

using demo::minute_us;
using demo::text_in;
using workflow::value;

void salon_owner::look(int64_t now_us) {
  if (kind_ == owner_kind::never) return;
  for (const auto& one : api_->list("/autonomous/approvals/pending")) {
    const auto id = text_in(one, "id");
    if (plans_.contains(id)) continue;
    plans_[id] = make_plan(one, now_us);
  }
  for (auto& [id, p] : plans_)
    if (!p.done && p.due_us <= now_us) answer(id, p);
}

salon_owner::plan salon_owner::make_plan(const value& approval, int64_t now_us) const {
  if (kind_ == owner_kind::always) return {now_us, true, false};
  // Ids are new in every run: the question itself decides.
  const auto question = text_in(approval, "action_type") + " " +
                        text_in(approval, "action_details.customer_id") + " " +
                        text_in(approval, "action_summary");
  const auto who = demo::number_of(question);
  const auto minutes = s_->luck.waiting(9, "owner answers after", who);
  auto due = now_us + static_cast<int64_t>(minutes * static_cast<double>(minute_us));
  const auto minute = s_->local_minute(due);
  if (minute < 7 * 60 || minute >= 23 * 60)
    due = s_->instant(s_->local_day(due) + (minute >= 23 * 60 ? 1 : 0), 7 * 60 + 10);
  return {due, !s_->luck.happens(0.12, "owner rejects", who), false};
}

void salon_owner::answer(const std::string& id, plan& p) {
  p.done = true;
  const auto path = "/autonomous/approvals/" + id;
  const auto* word = p.approves ? "approve" : "reject";
  const auto told =
      api_->ask("POST", path + "/action",
                value::object({{"action", word}, {"responded_by", "owner"}}), "owner-" + id);
  const auto* status = p.approves ? "approved" : "rejected";
  // Answered already: by this owner, when the call had to be sent twice, or by time.
  if (told.ok() || (told.status == 409 && text_in(api_->must("GET", path), "status") == status))
    ++(p.approves ? approved_ : rejected_);
  else if (told.status == 409)
    ++too_late_;
  else
    surprises_.push_back(std::string{word} + " of approval " + id + " was answered " +
                         std::to_string(told.status) + ": " + told.text.substr(0, 300));
}

} // namespace steward::app
