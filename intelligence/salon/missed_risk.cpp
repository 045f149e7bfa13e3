#include "intelligence/salon/missed_risk.hpp"

#include "intelligence/instants.hpp"

#include <algorithm>

namespace steward::intelligence::salon {

namespace {

constexpr int64_t known_after_us = hour_us;
constexpr size_t model_bytes_most = 800'000; // a record has 1 MiB

std::optional<noshow::booking> booking_of(const value& v) {
  const auto start = instant_of(v, "start_time");
  const auto customer = text_of(v, "customer_id");
  if (!start || customer.empty()) return std::nullopt;
  return noshow::booking{customer, instant_of(v, "booked_at").value_or(*start), *start,
                         text_of(v, "status") == "no_show"};
}

/// Those whose outcome is known, oldest first.
std::vector<noshow::booking> past_of(const skill_input& in) {
  std::vector<noshow::booking> past;
  for (const auto& r : observed(in, "history")) {
    const auto status = text_of(*r.data, "status");
    if (status != "completed" && status != "no_show") continue;
    if (auto b = booking_of(*r.data); b && b->starts_us + known_after_us <= in.now_us)
      past.push_back(std::move(*b));
  }
  std::ranges::stable_sort(past, {}, &noshow::booking::starts_us);
  return past;
}

std::vector<noshow::booking> past_and_coming(const skill_input& in, const salon& s) {
  auto all = past_of(in);
  for (const auto& a : s.appointments())
    if (a.is_open() && a.time.begin_us > in.now_us)
      if (auto b = booking_of(*a.data)) all.push_back(std::move(*b));
  return all;
}

} // namespace

missed_risk::missed_risk(const skill_input& in, const salon& s)
    : in_(in), s_(s), history_(past_and_coming(in, s), known_after_us) {
  const auto past = past_of(in);
  const auto rows_most = static_cast<size_t>(count_of(in.with, "rows_most", 2000, 0, 20'000));
  const auto train_hours = count_of(in.with, "train_hours", 24, 1, 24 * 365);
  if (past.size() >= noshow::training_options{}.fewest_rows)
    for (const auto& r : observed(in, "forecasts")) {
      if (r.id != "no_show") continue;
      const auto trained = instant_of(*r.data, "trained_at");
      if (!trained || *trained + train_hours * hour_us <= in.now_us || *trained > in.now_us)
        continue;
      auto read = noshow::risk_model::from_json(text_of(*r.data, "model"));
      if (!read) continue;
      model_ = std::move(*read);
      return;
    }
  train(past, rows_most);
}

void missed_risk::train(const std::vector<noshow::booking>& past, size_t rows_most) {
  noshow::feature_table table;
  const noshow::booking_columns columns{table};
  std::vector<uint8_t> missed;
  const auto first = past.size() > rows_most ? past.size() - rows_most : 0;
  for (auto i = first; i < past.size(); ++i) {
    // As it was when the forecast would have been made: a day before.
    const auto& b = past[i];
    const auto then = std::max(b.starts_us - day_us, std::min(b.booked_us, b.starts_us));
    table.add_row();
    columns.fill(table, b, history_.at(b, then), s_.clock());
    missed.push_back(b.missed ? 1 : 0);
  }
  rows_ = missed.size();
  model_ = noshow::risk_model::train(table, missed);
  is_new_ = model_.trees() > 0;
}

std::vector<missed_risk::forecast>
missed_risk::of(const std::vector<const appointment*>& coming) const {
  noshow::feature_table table;
  const noshow::booking_columns columns{table};
  std::vector<forecast> forecasts;
  for (const auto* a : coming) {
    const noshow::booking b{a->customer_id,
                            instant_of(*a->data, "booked_at").value_or(a->time.begin_us),
                            a->time.begin_us, false};
    forecasts.push_back({0, history_.at(b, in_.now_us)});
    table.add_row();
    columns.fill(table, b, forecasts.back().seen, s_.clock());
  }
  const auto risks = model_.risks(table);
  for (size_t i = 0; i < forecasts.size(); ++i) forecasts[i].risk = risks[i];
  return forecasts;
}

void missed_risk::keep(plan& p) const {
  if (!is_new_) return;
  auto text = model_.to_json();
  if (text.size() > model_bytes_most) return;
  p.put("forecasts", "no_show",
        value::object({{"kind", "no_show"},
                       {"trained_at", instant_text(in_.now_us)},
                       {"rows", static_cast<int64_t>(rows_)},
                       {"model", text}}));
}

} // namespace steward::intelligence::salon
