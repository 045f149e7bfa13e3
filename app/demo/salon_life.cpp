#include "app/demo/salon_life.hpp"

namespace steward::app {

using demo::hour_us;
using demo::minute_us;

namespace {

constexpr int64_t patience_with_guests_us = 15 * minute_us; // then it is a no-show

} // namespace

salon_life::salon_life(const demo::salon& s, const std::vector<demo::past_appointment>& history,
                       salon_api& api, int64_t end_us)
    : s_(&s), api_(&api), now_us_(s.options.start_us), end_us_(end_us),
      ledger_(demo::first_page(s, history)), calendar_(s) {
  for (const auto& [id, one] : ledger_.appointments) {
    appointments_of_[one.customer_id].push_back(id);
    if (!one.is_open()) continue;
    calendar_.take(slot_of(one));
    expect_visit(one);
  }
  for (const auto& v : demo::visits_called_between(s, s.options.start_us, end_us)) {
    auto key = s.customers[v.customer].id + "-" + std::to_string(v.number);
    plan(v.call_us, happening::calls, key);
    wanted_[std::move(key)] = v;
  }
}

void salon_life::plan(int64_t at_us, happening what, std::string about) {
  agenda_.insert({at_us, what, std::move(about)});
}

demo::slot salon_life::slot_of(const demo::known_appointment& a) const {
  return {s_->staff_of(a.staff_id).value(), s_->service_of(a.service_id).value(), a.start_us,
          a.end_us};
}

void salon_life::note(demo::known_appointment a) {
  appointments_of_[a.customer_id].push_back(a.id);
  calendar_.take(slot_of(a));
  expect_visit(a);
  ledger_.book(std::move(a));
}

void salon_life::expect_visit(const demo::known_appointment& a) {
  const auto who = s_->customer_of(a.customer_id).value();
  const auto f = demo::fate_of(*s_, who, a.booked_us, a.start_us);
  if (f.cancels && f.cancels_us >= s_->options.start_us)
    plan(f.cancels_us, happening::cancels, a.id);
  plan(a.start_us + patience_with_guests_us, happening::begins, a.id);
  plan(std::max(a.end_us, a.start_us + patience_with_guests_us), happening::ends, a.id);
}

const demo::known_appointment* salon_life::next_of(const std::string& customer, int64_t from_us,
                                                   int64_t to_us) const {
  const demo::known_appointment* next = nullptr;
  const auto found = appointments_of_.find(customer);
  if (found == appointments_of_.end()) return nullptr;
  for (const auto& id : found->second)
    if (const auto* one = ledger_.find(id);
        one->is_open() && one->start_us >= from_us && one->start_us < to_us)
      if (!next || one->start_us < next->start_us) next = one;
  return next;
}

void salon_life::live_until(int64_t now_us) {
  now_us_ = now_us;
  read_messages();
  while (!agenda_.empty() && agenda_.begin()->at_us <= now_us) {
    const auto one = *agenda_.begin();
    agenda_.erase(agenda_.begin());
    carry_out(one);
  }
}

void salon_life::finish() {
  read_messages();
  // Whoever said yes a moment ago has been booked or not by now.
  for (const auto& one : std::vector<agenda_key>{agenda_.begin(), agenda_.end()})
    if (one.what == happening::accepted || one.what == happening::declined) carry_out(one);
}

void salon_life::carry_out(const agenda_key& one) {
  switch (one.what) {
  case happening::accepted:
    return see_whether_booked(one.about);
  case happening::declined:
    return see_whether_cancelled(one.about);
  case happening::cancels:
    return cancel(one.about);
  case happening::begins:
    return begin_visit(one.about);
  case happening::ends:
    return end_visit(one.about);
  case happening::answers:
    return answer(one.about);
  case happening::calls:
    return call_for(wanted_.at(one.about), one.about);
  }
}

} // namespace steward::app
