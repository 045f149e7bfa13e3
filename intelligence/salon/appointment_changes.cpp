#include "intelligence/instants.hpp"
#include "intelligence/salon/open_questions.hpp"
#include "intelligence/salon/skills.hpp"

#include <algorithm>
#include <array>

namespace steward::intelligence::salon {

namespace {

/// What may be done with an appointment, and what that does to the decisions around it.
struct change {
  std::string_view to;      ///< The status that it leads to.
  std::string_view at;      ///< The member that tells when.
  std::string_view verb;    ///< For people: "can't be cancelled".
  bool also_confirmed_only; ///< Nothing but booked leads there (confirm).
  /// What becomes of questions about the appointment, such as a reminder.
  std::string_view question_status, question_result;
};

constexpr change cancelling{"cancelled", "cancelled_at", "cancelled",
                            false,       "expired",      "the appointment was cancelled"};
constexpr change confirming{"confirmed", "confirmed_at", "confirmed",
                            true,        "success",      "the appointment was confirmed"};
constexpr change completing{"completed", "completed_at", "completed",
                            false,       "success",      "the customer came"};
constexpr change missing_it{"no_show", "no_show_at", "marked as a no-show",
                            false,     "failed",     "the customer did not come"};

/// Decisions that ask about the appointment and wait; and messages of them.
void close_questions(plan& p, const skill_input& in, const std::string& id, const change& how) {
  for (const auto& d : observed(in, "decisions"))
    if (text_of(*d.data, "context.trigger_id") == id &&
        text_of(*d.data, "outcome.status") == "pending")
      p.close(d.id, how.question_status, how.question_result);
  for (const auto& o : observed(in, "outreach"))
    if (text_of(*o.data, "trigger_id") == id && is_open_status(text_of(*o.data, "status")))
      p.merge("outreach", o.id,
              value::object({{"status", "expired"}, {"updated_at", instant_text(in.now_us)}}));
}

/// The decision that brought the appointment about, when its outcome is another one now.
void close_origin(plan& p, const value& appointment, std::string_view id, const change& how,
                  double amount) {
  const auto decision = text_of(appointment, "decision_id");
  if (how.to == "completed") p.close(decision, "success", "the customer came", amount, id);
  if (how.to == "cancelled") p.close(decision, "failed", "the appointment was cancelled", 0, id);
  if (how.to == "no_show") p.close(decision, "failed", "the customer did not come", 0, id);
}

value changed(const skill_input& in, const change& how) {
  const auto body = in.trigger.get("body");
  const auto id = text_of(body, "appointment_id");
  const auto all = observed(in, "appointment");
  const auto found = std::ranges::find_if(all, [&](const record& r) { return r.id == id; });
  if (found == all.end())
    return refused(404, "there is no appointment '" + id + "'", "appointment_id");
  auto document = *found->data;
  document.set("id", id);
  const auto status = text_of(document, "status");
  plan p;
  if (status == how.to) { // asked again
    p.answer(value::object({{"appointment", document}}));
    return p.take();
  }
  if (status != "booked" && (status != "confirmed" || how.also_confirmed_only))
    return refused(409, "the appointment is " + status + " and can't be " + std::string{how.verb});
  auto changes = value::object({{"status", how.to}, {how.at.data(), instant_text(in.now_us)}});
  auto amount = number_of(document, "price").value_or(0);
  if (how.to == "completed") {
    if (const auto paid = number_of(body, "amount"); paid && *paid >= 0) amount = *paid;
    changes.set("amount", money(amount));
  }
  if (how.to == "cancelled")
    if (const auto reason = text_of(body, "reason"); !reason.empty())
      changes.set("cancel_reason", reason);
  p.merge("appointments", id, changes, found->version);
  close_origin(p, document, id, how, amount);
  close_questions(p, in, id, how);
  for (const auto& m : changes.members()) document.set(m.key.as_string(), m.item);
  p.answer(value::object({{"appointment", document}}));
  return p.take();
}

} // namespace

value cancel(const skill_input& in) { return changed(in, cancelling); }
value confirm(const skill_input& in) { return changed(in, confirming); }
value complete(const skill_input& in) { return changed(in, completing); }
value no_show(const skill_input& in) { return changed(in, missing_it); }

} // namespace steward::intelligence::salon
