#include "intelligence/instants.hpp"
#include "intelligence/salon/answer_words.hpp"
#include "intelligence/salon/booking.hpp"
#include "intelligence/salon/gap_slots.hpp"
#include "intelligence/salon/open_questions.hpp"
#include "intelligence/salon/skills.hpp"
#include "intelligence/salon/wording.hpp"

#include <algorithm>

namespace steward::intelligence::salon {

namespace {

/// One answer to one message, and what follows.
class answering {
public:
  explicit answering(const skill_input& in) : in_(in), s_(in), outreach_(asked_by(in)) {
    outreach_id_ = text_of(outreach_, "id");
    decision_id_ = text_of(outreach_, "decision_id");
    to_.id = text_of(outreach_, "customer_id");
    to_.name = text_of(outreach_, "customer_name");
    to_.phone = text_of(outreach_, "customer_phone");
    to_.language = text_of(outreach_, "language");
    if (to_.language.empty()) to_.language = s_.language();
    if (const auto* details = outreach_.find("offer_details")) offered_ = slot_of(*details, s_);
    for (const auto& a : s_.appointments())
      if (a.id == text_of(outreach_, "trigger_id")) own_ = &a;
    for (const auto& a : s_.appointments())
      if (a.id == appointment_id()) booked_ = &a;
  }

  value decide() {
    const auto said = understand(text_of(in_.trigger, "text"));
    const auto reminder = text_of(outreach_, "outreach_type") == "no_show_prevention";
    switch (said) {
    case meaning::stop:
      stop();
      break;
    case meaning::another_time:
      another_time();
      break;
    case meaning::yes:
      reminder ? will_come() : accept();
      break;
    case meaning::no:
      reminder ? will_not_come() : decline();
      break;
    case meaning::unclear: // after an answer that was understood ("thanks!") nothing is asked again
      if (text_of(outreach_, "response.action").empty()) reply("unclear");
      break;
    }
    plan_.answer(value::object({{"meaning", to_string(said)}, {"action", action_}}));
    return plan_.take();
  }

private:
  /// The message that was answered; of an answer to a reply ("we did not understand"), the one that
  /// the reply was about.
  static value asked_by(const skill_input& in) {
    auto outreach = in.trigger.get("outreach");
    const auto about = text_of(outreach, "reply_to");
    if (about.empty()) return outreach;
    for (const auto& r : observed(in, "original"))
      if (r.id == about) {
        outreach = *r.data;
        outreach.set("id", r.id);
      }
    return outreach;
  }

  std::string appointment_id() const { return "apt_" + outreach_id_; }

  /// What is known for the words of a reply. Nothing empty: a template that needs it would fail.
  value fields() const {
    auto about = offered_;
    if (!about && own_) {
      about.emplace();
      about->who = s_.staff(own_->staff_id);
      about->what = s_.service(own_->service_id);
      about->start_us = own_->time.begin_us;
    }
    if (about && about->who && about->what) return template_fields(*about, to_, s_);
    auto fields = value::object({{"first_name", addressed(to_)}, {"salon", s_.title()}});
    if (about) {
      fields.set("day", day_words(about->start_us, s_, to_.language));
      fields.set("time", time_words(about->start_us, s_, to_.language));
    }
    return fields;
  }

  void reply(std::string_view message_template, value more = value::empty_object()) {
    auto shown = fields();
    for (const auto& m : more.members()) shown.set(m.key.as_string(), m.item);
    say(to_, message_template, text_of(outreach_, "outreach_type"), outreach_id_, shown);
  }

  void say(const contact& to, std::string_view message_template, std::string_view type,
           std::string_view outreach_id, const value& shown) {
    auto message = value::object({{"customer_id", to.id},
                                  {"outreach_type", type},
                                  {"template", message_template},
                                  {"language", to.language},
                                  {"fields", shown},
                                  {"reply_to", outreach_id},
                                  {"customer_name", to.name},
                                  {"customer_phone", to.phone}});
    if (const auto channel = text_of(outreach_, "channel"); !channel.empty())
      message.set("channel", channel);
    plan_.say(std::move(message));
  }

  /// What the customer said, kept with the message.
  void note(std::string_view action, std::string_view booking_id = {}) {
    action_ = action;
    auto response = value::object({{"action", action}});
    if (!booking_id.empty()) response.set("booking_id", booking_id);
    plan_.merge("outreach", outreach_id_, value::object({{"response", response}}));
  }

  /// "today 2:30 PM, tomorrow 10:00 AM": free times for what was offered; empty if there are none.
  std::string free_times() const {
    std::string service_id, staff_id;
    if (offered_) {
      service_id = offered_->what->length.id;
      staff_id = offered_->who->hours.id;
    } else if (own_) {
      service_id = own_->service_id;
      staff_id = own_->staff_id;
    }
    const auto from = in_.now_us + hour_us, until = in_.now_us + 7 * day_us;
    auto slots = free_slots(s_, service_id, staff_id, from, until, 4);
    if (slots.empty()) slots = free_slots(s_, service_id, {}, from, until, 4);
    std::string text;
    for (const auto& free : slots) {
      if (offered_ && free.start_us == offered_->start_us) continue;
      if (!text.empty()) text += ", ";
      text += moment_words(free.start_us, s_, to_.language);
    }
    return text;
  }

  void accept() {
    if (booked_) { // said twice; what was cancelled is not booked again by the same message
      action_ = "accepted";
      return reply(booked_->stands() ? "booked" : "gone");
    }
    if (outreach_id_.empty() || !offered_ || offered_->start_us <= in_.now_us ||
        !s_.why_not(*offered_->who, *offered_->what, offered_->start_us).empty()) {
      plan_.close(decision_id_, "expired", "the customer said yes, but the slot was gone");
      note("accepted_too_late");
      reopen_entry();
      return reply("gone");
    }
    const auto id = appointment_id();
    auto source = text_of(outreach_, "outreach_type");
    if (source == "discount_offer") source = "gap_fill";
    if (source == "waitlist_promotion") source = "waitlist";
    book(plan_, in_, s_, *offered_, id,
         new_appointment(id, *offered_, to_.id, {source, outreach_id_, decision_id_}, in_.now_us));
    plan_.close(decision_id_, "success", "booked", offered_->price(), id);
    note("accepted", id);
    if (text_of(outreach_, "trigger_type") == "waitlist")
      plan_.merge("waitlist", text_of(outreach_, "trigger_id"),
                  value::object({{"status", "booked"}, {"appointment_id", id}}));
    fill_gap(id);
    tell_others();
    reply("booked");
  }

  /// The gap is what was filled of it: what is left is another gap, which is found anew.
  void fill_gap(const std::string& appointment) {
    for (const auto& r : observed(in_, "gaps")) {
      if (r.id != offered_->gap_id || text_of(*r.data, "status") != "open") continue;
      const auto now = instant_text(in_.now_us);
      auto filled = value::object(
          {{"status", "filled"},
           {"filled_by", to_.id},
           {"filled_at", now},
           {"appointment_id", appointment},
           {"filled_revenue", money(offered_->price())},
           {"potential_revenue", money(offered_->price())},
           {"start_time", instant_text(offered_->start_us)},
           {"end_time", instant_text(offered_->end_us())},
           {"duration_minutes", (offered_->end_us() - offered_->start_us) / minute_us},
           {"updated_at", now}});
      plan_.merge("gaps", r.id, filled);
      plan_.tell("GAP_FILLED", "gaps/" + r.id,
                 value::object({{"gap_id", r.id},
                                {"staff_id", offered_->who->hours.id},
                                {"start_time", instant_text(offered_->start_us)},
                                {"end_time", instant_text(offered_->end_us())},
                                {"filled_by", to_.id},
                                {"appointment_id", appointment},
                                {"revenue", money(offered_->price())}}));
    }
  }

  /// Those who were offered time that is taken now are told, as far as they may still answer.
  void tell_others() {
    const auto taken =
        s_.occupied({offered_->start_us, offered_->end_us()}, offered_->what->length.id);
    for (const auto& r : observed(in_, "siblings")) {
      const auto& o = *r.data;
      const auto* details = o.find("offer_details");
      if (r.id == outreach_id_ || !is_open_status(text_of(o, "status")) || !details) continue;
      const auto theirs = slot_of(*details, s_);
      if (!theirs || theirs->who != offered_->who) continue;
      const auto wanted =
          s_.occupied({theirs->start_us, theirs->end_us()}, theirs->what->length.id);
      if (gaps::intersection(taken, wanted).empty()) continue;
      plan_.merge("outreach", r.id,
                  value::object({{"status", "expired"}, {"updated_at", instant_text(in_.now_us)}}));
      plan_.close(text_of(o, "decision_id"), "expired", "somebody else was faster");
      if (text_of(o, "status") == "pending") continue; // never reached them
      contact to;
      to.id = text_of(o, "customer_id");
      to.name = text_of(o, "customer_name");
      to.phone = text_of(o, "customer_phone");
      to.language = text_of(o, "language");
      if (to.language.empty()) to.language = s_.language();
      const auto shown = template_fields(*theirs, to, s_);
      say(to, "gone", text_of(o, "outreach_type"), r.id, shown);
    }
  }

  void decline() {
    if (has_booked()) { // first yes, then no: the last word counts, as long as it is in time
      if (!booked_->is_open() || booked_->time.begin_us <= in_.now_us) return reply("declined");
      cancel_appointment(*booked_, "the customer changed their mind");
      note("cancelled");
      return reply("declined");
    }
    plan_.close(decision_id_, "rejected", "the customer declined");
    note("declined");
    reopen_entry();
    reply("declined");
  }

  bool has_booked() const { return booked_ && booked_->stands(); }

  /// The decision that brought it about has failed then.
  void cancel_appointment(const appointment& a, std::string_view reason) {
    plan_.merge("appointments", a.id,
                value::object({{"status", "cancelled"},
                               {"cancelled_at", instant_text(in_.now_us)},
                               {"cancel_reason", reason}}),
                a.version);
    plan_.close(text_of(*a.data, "decision_id"), "failed", "the appointment was cancelled", 0,
                a.id);
  }

  /// Who waits goes on waiting, for other slots.
  void reopen_entry() {
    if (text_of(outreach_, "trigger_type") == "waitlist")
      plan_.merge("waitlist", text_of(outreach_, "trigger_id"),
                  value::object({{"status", "waiting"}}));
  }

  void another_time() {
    if (!has_booked()) { // else it stands until another is booked
      plan_.close(decision_id_, "rejected", "the customer asked for another time");
      note("another_time");
      reopen_entry();
    }
    const auto times = free_times();
    if (times.empty()) return reply("no_times");
    reply("another_time", value::object({{"times", times}}));
  }

  void will_come() {
    if (!own_ || !own_->is_open() || own_->time.begin_us < in_.now_us - hour_us) {
      plan_.close(decision_id_, "expired", "there was no appointment to confirm any more");
      note("confirmed_too_late");
      return reply("gone");
    }
    if (own_->status == "booked")
      plan_.merge(
          "appointments", own_->id,
          value::object({{"status", "confirmed"}, {"confirmed_at", instant_text(in_.now_us)}}),
          own_->version);
    plan_.close(decision_id_, "success", "confirmed", {}, own_->id);
    note("confirmed", own_->id);
    reply("confirmed");
  }

  /// Told in time: the slot can be given to somebody else.
  void will_not_come() {
    if (own_ && own_->is_open() && own_->time.begin_us > in_.now_us) {
      cancel_appointment(*own_, "the customer said so when reminded");
      plan_.close(decision_id_, "success", "cancelled in time", 0, own_->id);
    } else {
      plan_.close(decision_id_, "rejected", "the customer declined");
    }
    note("declined");
    reply("declined");
  }

  void stop() {
    plan_.merge("customers", to_.id,
                value::object({{"consent", value::object({{"opted_out", true}})}}));
    if (!has_booked()) {
      plan_.close(decision_id_, "rejected", "the customer wants no more messages");
      reopen_entry();
    }
    note("opted_out");
    for (const auto& r : observed(in_, "theirs")) {
      if (r.id == outreach_id_ || !is_open_status(text_of(*r.data, "status"))) continue;
      plan_.merge("outreach", r.id,
                  value::object({{"status", "expired"}, {"updated_at", instant_text(in_.now_us)}}));
      plan_.close(text_of(*r.data, "decision_id"), "rejected",
                  "the customer wants no more messages");
    }
    reply("stopped");
  }

  const skill_input& in_;
  salon s_;
  value outreach_;
  std::string outreach_id_, decision_id_, action_;
  contact to_;
  std::optional<slot> offered_;
  const appointment* own_ = nullptr;    ///< What it was about, for reminders.
  const appointment* booked_ = nullptr; ///< What an earlier yes to the same message has booked.
  plan plan_;
};

} // namespace

value answer(const skill_input& in) { return answering{in}.decide(); }

} // namespace steward::intelligence::salon
