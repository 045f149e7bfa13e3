#include "intelligence/accuracy/noshow_set.hpp"

#include "intelligence/instants.hpp"
#include "intelligence/noshow/booking_history.hpp"
#include "intelligence/noshow/model.hpp"
#include "intelligence/statistics/metrics.hpp"

#include <algorithm>
#include <chrono>
#include <numeric>

namespace steward::intelligence::accuracy {

namespace {

using namespace noshow;

constexpr double train_share = 0.7;

outcome<std::vector<size_t>, std::string> columns_of(const csv_table& table,
                                                     const std::vector<std::string>& names) {
  std::vector<size_t> found;
  for (const auto& name : names) {
    const auto column = table.column(name);
    if (!column) return failed{"there is no column " + name};
    found.push_back(*column);
  }
  return found;
}

/// When the outcome of a medical appointment counts as known.
enum class outcomes_known : uint8_t { next_day, in_order };

outcome<noshow_set, std::string> medical_with(const csv_table& table, outcomes_known known) {
  const auto columns =
      columns_of(table, {"PatientId", "AppointmentID", "Gender", "ScheduledDay", "AppointmentDay",
                         "Age", "Neighbourhood", "Scholarship", "Hipertension", "Diabetes",
                         "Alcoholism", "Handcap", "SMS_received", "No-show"});
  if (!columns) return failed{columns.error()};
  const auto& c = *columns;
  struct entry {
    booking appointment;
    size_t row = 0;
    int64_t seen_us = 0;
  };
  std::vector<entry> entries;
  for (size_t row = 0; row < table.rows(); ++row) {
    const auto scheduled = parse_instant(table.at(row, c[3]));
    const auto day = parse_instant(table.at(row, c[4]));
    const auto& label = table.at(row, c[13]);
    if (!scheduled || !day || (label != "Yes" && label != "No")) continue;
    // Only the day is known; one that is booked on its day is looked at when it is booked.
    entries.push_back(
        {{table.at(row, c[0]), *scheduled, *day, label == "Yes"}, row, std::max(*day, *scheduled)});
  }
  if (entries.empty()) return failed{std::string{"no row has dates and an outcome"}};
  std::stable_sort(entries.begin(), entries.end(), [](const entry& a, const entry& b) {
    return day_number(a.seen_us) != day_number(b.seen_us)
               ? a.seen_us < b.seen_us
               : a.appointment.booked_us < b.appointment.booked_us;
  });
  const auto in_order = known == outcomes_known::in_order;
  std::vector<booking> bookings;
  for (auto& e : entries) {
    // A millisecond apart, so that each is over when the next one is looked at.
    if (in_order) {
      e.appointment.starts_us += static_cast<int64_t>(bookings.size()) * 1000;
      e.seen_us = e.appointment.starts_us;
    }
    bookings.push_back(e.appointment);
  }
  const booking_history history{bookings, in_order ? 1 : day_us};

  noshow_set set;
  const booking_columns history_columns{set.table};
  const auto gender = set.table.add_category("gender");
  const auto place = set.table.add_category("neighbourhood");
  std::vector<size_t> plain;
  for (const auto i : {5, 7, 8, 9, 10, 11, 12})
    plain.push_back(set.table.add_number(table.columns()[c[static_cast<size_t>(i)]]));
  for (const auto& e : entries) {
    set.table.add_row();
    history_columns.fill(set.table, e.appointment, history.at(e.appointment, e.seen_us), {});
    set.table.set(gender, table.at(e.row, c[2]));
    set.table.set(place, table.at(e.row, c[6]));
    size_t next = 0;
    for (const auto i : {5, 7, 8, 9, 10, 11, 12})
      set.table.set(plain[next++],
                    number_of(table.at(e.row, c[static_cast<size_t>(i)])).value_or(missing));
    set.missed.push_back(e.appointment.missed ? 1 : 0);
  }
  return set;
}

/// Microseconds that one prediction takes, the mean over the table's first rows.
double prediction_time(const risk_model& model, const feature_table& table) {
  std::vector<std::vector<risk_model::cell>> rows(std::min<size_t>(table.rows(), 1000));
  for (size_t row = 0; row < rows.size(); ++row)
    for (const auto& c : table.columns()) {
      const auto x = c.cells[row];
      const auto is_word = c.kind == feature_kind::category && x >= 0;
      rows[row].push_back({x, is_word ? std::string_view{c.words[static_cast<size_t>(x)]} : ""});
    }
  if (rows.empty()) return 0;
  const auto begin = std::chrono::steady_clock::now();
  double sum = 0;
  for (const auto& row : rows) sum += model.risk(row);
  const auto took = std::chrono::steady_clock::now() - begin;
  return sum < 0 ? 0
                 : std::chrono::duration<double, std::micro>(took).count() /
                       static_cast<double>(rows.size());
}

} // namespace

outcome<noshow_set, std::string> noshow_set::medical(const csv_table& table) {
  return medical_with(table, outcomes_known::next_day);
}

outcome<noshow_set, std::string> noshow_set::medical_within_day(const csv_table& table) {
  return medical_with(table, outcomes_known::in_order);
}

outcome<noshow_set, std::string> noshow_set::salon(const csv_table& table) {
  const auto label = table.column("noshow");
  if (!label) return failed{std::string{"there is no column noshow"}};
  noshow_set set;
  struct source {
    size_t from;
    size_t to;
    bool word;
  };
  std::vector<source> sources;
  for (size_t i = 0; i < table.columns().size(); ++i) {
    const auto& name = table.columns()[i];
    if (name == "id" || name == "noshow" || name == "book_tod") continue;
    // A column is of words if the header of the set says so, not by what rows happen to hold.
    const auto word = name.ends_with("_dow") || name.ends_with("_tod") ||
                      name.ends_with("_category") || name.ends_with("_staff");
    sources.push_back({i, word ? set.table.add_category(name) : set.table.add_number(name), word});
  }
  for (size_t row = 0; row < table.rows(); ++row) {
    const auto missed = number_of(table.at(row, *label));
    if (!missed) continue;
    set.table.add_row();
    for (const auto& s : sources) {
      if (s.word)
        set.table.set(s.to, std::string_view{table.at(row, s.from)});
      else
        set.table.set(s.to, number_of(table.at(row, s.from)).value_or(missing));
    }
    set.missed.push_back(*missed != 0 ? 1 : 0);
  }
  if (set.missed.empty()) return failed{std::string{"no row has an outcome"}};
  return set;
}

workflow::value measure_noshow(const noshow_set& train, const noshow_set& test, uint64_t seed) {
  const auto model = risk_model::train(train.table, train.missed, {.seed = seed});
  const auto risks = model.risks(test.table);
  const auto missed = std::accumulate(test.missed.begin(), test.missed.end(), 0.0);
  return workflow::value::object({
      {"train_rows", static_cast<int64_t>(train.missed.size())},
      {"test_rows", static_cast<int64_t>(test.missed.size())},
      {"missed_rate", missed / static_cast<double>(test.missed.size())},
      {"auc", statistics::area_under_curve(risks, test.missed)},
      {"brier", statistics::brier_score(risks, test.missed)},
      {"log_loss", statistics::log_loss(risks, test.missed)},
      {"calibration_error", statistics::calibration_error(risks, test.missed)},
      {"trees", static_cast<int64_t>(model.trees())},
      {"prediction_us", prediction_time(model, test.table)},
  });
}

workflow::value measure_noshow(const noshow_set& set, uint64_t seed) {
  const auto n = set.missed.size();
  const auto cut = static_cast<std::ptrdiff_t>(static_cast<double>(n) * train_share);
  const noshow_set train{set.table.slice(0, static_cast<size_t>(cut)),
                         {set.missed.begin(), set.missed.begin() + cut}};
  const noshow_set test{set.table.slice(static_cast<size_t>(cut), n),
                        {set.missed.begin() + cut, set.missed.end()}};
  return measure_noshow(train, test, seed);
}

} // namespace steward::intelligence::accuracy
