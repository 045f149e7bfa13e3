// Customers who ring up, and what becomes of their appointments.
#include "app/demo/salon_life.hpp"

namespace steward::app {

using demo::day_us;
using demo::minute_us;
using intelligence::instant_text;
using workflow::value;

void salon_life::call_for(const demo::wanted_visit& v, const std::string& key) {
  const auto& c = s_->customers[v.customer];
  // Whoever has an appointment near that day already needs no other.
  const auto near = static_cast<int64_t>(c.rhythm_days / 3 * static_cast<double>(day_us));
  if (next_of(c.id, std::min(now_us_, v.wanted_us - near), v.wanted_us + near)) return;
  ++counts_.calls;
  constexpr size_t patience = 6; // proposals that the customer listens to
  size_t n = 0;
  for (const auto& where : calendar_.offers(v, now_us_ + 20 * minute_us, patience))
    if (try_to_book(v, where, key + "-" + std::to_string(n++))) {
      ++counts_.booked;
      return;
    }
  ++counts_.lost;
  if (s_->luck.happens(0.6, "waits", v.customer, v.number)) wait_for_place(v);
}

bool salon_life::try_to_book(const demo::wanted_visit& v, const demo::slot& where,
                             const std::string& key) {
  const auto& what = s_->services[where.service];
  const auto& c = s_->customers[v.customer];
  const auto answer = api_->act("book",
                                value::object({{"customer_id", c.id},
                                               {"staff_id", s_->staff[where.staff].id},
                                               {"service_id", what.id},
                                               {"start_time", instant_text(where.start_us)},
                                               {"source", "client"}}),
                                "book-" + std::to_string(s_->options.seed) + "-" + key);
  if (answer.status == 409) {
    ++counts_.taken_before;
    return false;
  }
  const auto id = demo::text_in(answer.body, "appointment.id");
  if (!answer.ok() || id.empty()) {
    ledger_.surprises.push_back("booking " + key + " was answered " +
                                std::to_string(answer.status) + ": " + answer.text.substr(0, 300));
    return false;
  }
  demo::known_appointment a;
  a.id = id;
  a.customer_id = c.id;
  a.staff_id = s_->staff[where.staff].id;
  a.service_id = what.id;
  a.start_us = where.start_us;
  a.end_us = where.end_us;
  a.booked_us = v.call_us;
  a.price = static_cast<double>(what.price);
  note(std::move(a));
  return true;
}

void salon_life::wait_for_place(const demo::wanted_visit& v) {
  ++counts_.waitlisted;
  api_->must("PUT",
             "/records/waitlist/wait_" + s_->customers[v.customer].id + "_" +
                 std::to_string(v.number),
             demo::waitlist_document(*s_, v, now_us_));
}

bool salon_life::change(const char* action, const std::string& id, std::string_view status) {
  const auto answer =
      api_->act(action, value::object({{"appointment_id", id}}), std::string{action} + "-" + id);
  if (answer.ok()) {
    ledger_.end(id, status, now_us_);
    return true;
  }
  ledger_.surprises.push_back(std::string{action} + " of appointment " + id + " was answered " +
                              std::to_string(answer.status) + ": " + answer.text.substr(0, 300));
  return false;
}

void salon_life::cancel(const std::string& id) {
  const auto* a = ledger_.find(id);
  if (!a->is_open()) return;
  const auto where = slot_of(*a);
  if (change("cancel", id, "cancelled")) calendar_.release(where);
}

void salon_life::begin_visit(const std::string& id) {
  const auto* a = ledger_.find(id);
  if (!a->is_open()) return;
  const auto f =
      demo::fate_of(*s_, s_->customer_of(a->customer_id).value(), a->booked_us, a->start_us);
  if (demo::comes(f, reminded_.contains(id), confirmed_.contains(id))) return;
  const auto where = slot_of(*a);
  if (change("no_show", id, "no_show")) calendar_.release(where);
}

void salon_life::end_visit(const std::string& id) {
  if (ledger_.find(id)->is_open()) change("complete", id, "completed");
}

} // namespace steward::app
