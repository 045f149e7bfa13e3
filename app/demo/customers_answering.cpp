// Customers who read their messages and answer.
#include "app/demo/salon_life.hpp"

#include <cmath>

namespace steward::app {

using demo::day_us;
using demo::hour_us;
using demo::instant_in;
using demo::member_in;
using demo::minute_us;
using demo::text_in;
using workflow::value;

namespace {

/// The first of these members that has a text.
std::string first_text(const value& document, std::initializer_list<const char*> paths) {
  for (const auto* path : paths)
    if (auto text = text_in(document, path); !text.empty()) return text;
  return {};
}

constexpr int64_t booked_within_us = 30 * minute_us;

} // namespace

void salon_life::read_messages() {
  for (const auto& one : api_->list("/autonomous/outreach?status=sent")) read_message(one);
}

void salon_life::read_message(const value& outreach) {
  const auto id = text_in(outreach, "id");
  if (ledger_.heard.contains(id)) return;
  const auto customer = text_in(outreach, "customer_id");
  const auto who = s_->customer_of(customer);
  if (!who) {
    ledger_.surprises.push_back("message " + id + " went to " + customer + ", whom nobody knows");
    return;
  }
  ledger_.heard[id] = customer;
  // So that it is not told again. One that has ended meanwhile stays as it is.
  api_->ask("PATCH", "/autonomous/outreach/" + id, value::object({{"status", "delivered"}}));
  if (!demo::expects_answer(outreach)) {
    ++counts_.told;
    return;
  }
  ++counts_.messages;
  open_answer open;
  open.message = understood(outreach, open.appointment);
  open.message.nth = messages_of_[customer]++;
  if (!open.appointment.empty() &&
      s_->luck.happens(0.85, "reads", *who, static_cast<uint64_t>(s_->local_day(now_us_))))
    reminded_.insert(open.appointment);
  open.what = demo::reply_to(*s_, open.message);
  if (open.what.what == demo::answer::none) return;
  plan(open.what.at_us, happening::answers, id);
  answers_[id] = std::move(open);
}

demo::heard_message salon_life::understood(const value& outreach, std::string& appointment) {
  demo::heard_message m;
  const auto customer = text_in(outreach, "customer_id");
  m.customer = s_->customer_of(customer).value();
  m.type = text_in(outreach, "outreach_type");
  m.heard_us = now_us_;
  m.discount_percent = demo::number_in(outreach, "offer_details.discount_percent");
  if (m.type == "no_show_prevention") {
    const auto* asked = ledger_.find(first_text(
        outreach, {"offer_details.appointment_id", "trigger_id", "fields.appointment_id"}));
    if (!asked || asked->customer_id != customer)
      asked = next_of(customer, now_us_, now_us_ + 4 * day_us);
    if (!asked) return m;
    appointment = asked->id;
    m.start_us = asked->start_us;
    m.booked_us = asked->booked_us;
    return m;
  }
  // What is offered is in the message or, if it says little, in the decision behind it.
  auto offer = outreach;
  if (first_text(outreach, {"offer_details.start_time", "offer_details.time_slot"}).empty())
    if (const auto decision = text_in(outreach, "decision_id"); !decision.empty())
      offer =
          value::object({{"offer_details",
                          api_->must("GET", "/autonomous/decisions/" + decision).get("context")}});
  m.start_us =
      instant_in(value{first_text(offer, {"offer_details.start_time", "offer_details.time_slot"})})
          .value_or(0);
  m.staff = s_->staff_of(text_in(offer, "offer_details.staff_id")).value_or(SIZE_MAX);
  m.service = s_->service_of(text_in(offer, "offer_details.service_id")).value_or(SIZE_MAX);
  const auto& c = s_->customers[m.customer];
  m.has_appointment =
      next_of(customer, now_us_,
              now_us_ + static_cast<int64_t>(c.rhythm_days / 2 * static_cast<double>(day_us)));
  for (const auto& id : appointments_of_[customer])
    if (const auto* one = ledger_.find(id); one->status == "completed")
      m.last_visit_us = std::max(m.last_visit_us, one->start_us);
  return m;
}

void salon_life::answer(const std::string& outreach) {
  auto& open = answers_.at(outreach);
  const auto path = "/autonomous/outreach/" + outreach;
  const auto told =
      api_->ask("PATCH", path,
                value::object({{"status", "responded"},
                               {"response", value::object({{"text", open.what.text}})}}),
                "answer-" + outreach);
  if (!told.ok()) {
    // A call that was sent twice may be told that it was answered already: by these very words.
    if (text_in(api_->must("GET", path), "response.text") != open.what.text) {
      ++counts_.too_late;
      if (told.status != 409)
        ledger_.surprises.push_back("the answer to message " + outreach + " was answered " +
                                    std::to_string(told.status) + ": " + told.text.substr(0, 300));
      return;
    }
  }
  ledger_.replied[outreach] = open.what.text;
  open.answered_us = now_us_;
  const auto& customer = s_->customers[open.message.customer].id;
  switch (open.what.what) {
  case demo::answer::none:
    break;
  case demo::answer::stop:
    ++counts_.stops;
    ledger_.opted_out.try_emplace(customer, now_us_);
    break;
  case demo::answer::another_time:
    ++counts_.another_time;
    break;
  case demo::answer::no:
    ++counts_.no;
    if (!open.appointment.empty()) plan(now_us_ + 1, happening::declined, outreach);
    break;
  case demo::answer::yes:
    ++counts_.yes;
    if (open.appointment.empty())
      plan(now_us_ + 1, happening::accepted, outreach);
    else
      confirmed_.insert(open.appointment);
    break;
  }
}

std::optional<value> salon_life::booking_of(const std::string& outreach) {
  auto id = "apt_" + outreach;
  if (const auto told =
          text_in(api_->must("GET", "/autonomous/outreach/" + outreach), "response.booking_id");
      !told.empty())
    id = told;
  const auto answer = api_->ask("GET", "/records/appointments/" + id);
  if (!answer.ok()) return std::nullopt;
  auto data = answer.body.get("data");
  data.set("id", id);
  return data;
}

void salon_life::see_whether_booked(const std::string& outreach) {
  if (const auto booked = booking_of(outreach)) return learn_booking(outreach, *booked);
  if (now_us_ < answers_.at(outreach).answered_us + booked_within_us)
    plan(now_us_ + 1, happening::accepted, outreach);
}

void salon_life::learn_booking(const std::string& outreach, const value& appointment) {
  const auto& open = answers_.at(outreach);
  const auto& customer = s_->customers[open.message.customer].id;
  demo::known_appointment a;
  a.id = text_in(appointment, "id");
  if (ledger_.find(a.id)) return; // the message was about what the customer has already
  a.customer_id = text_in(appointment, "customer_id");
  a.staff_id = text_in(appointment, "staff_id");
  a.service_id = text_in(appointment, "service_id");
  a.start_us = instant_in(appointment.get("start_time")).value_or(0);
  a.end_us = instant_in(appointment.get("end_time")).value_or(0);
  a.booked_us = open.answered_us;
  a.outreach_id = outreach;
  const auto service = s_->service_of(a.service_id);
  const auto staff = s_->staff_of(a.staff_id);
  const auto& offered = open.message;
  const auto is_offered = [](auto wanted, auto none, auto got) {
    return wanted == none || wanted == got;
  };
  if (!service || !staff || a.customer_id != customer ||
      a.end_us != a.start_us + s_->services[*service].length_us() ||
      !is_offered(offered.start_us, int64_t{0}, a.start_us) ||
      !is_offered(offered.staff, SIZE_MAX, *staff) ||
      !is_offered(offered.service, SIZE_MAX, *service)) {
    ledger_.surprises.push_back("appointment " + a.id + " is not what message " + outreach +
                                " has offered to " + customer);
    return;
  }
  // The price is that of the list, less the discount that was promised.
  a.price = std::round(static_cast<double>(s_->services[*service].price) *
                       (100 - offered.discount_percent)) /
            100;
  note(std::move(a));
}

void salon_life::see_whether_cancelled(const std::string& outreach) {
  const auto& id = answers_.at(outreach).appointment;
  const auto* a = ledger_.find(id);
  if (!a->is_open()) return;
  const auto told = api_->must("GET", "/records/appointments/" + id);
  if (text_in(told, "data.status") != "cancelled") {
    if (now_us_ < answers_.at(outreach).answered_us + booked_within_us && now_us_ < end_us_)
      plan(now_us_ + 1, happening::declined, outreach);
    else
      cancel(id); // nobody has understood: the customer rings up
    return;
  }
  calendar_.release(slot_of(*a));
  ledger_.end(id, "cancelled", now_us_);
}

} // namespace steward::app
