#pragma once

#include "intelligence/accuracy/csv.hpp"
#include "intelligence/noshow/feature_table.hpp"
#include "workflow/value.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace steward::intelligence::accuracy {

/// Appointments with features that were known before they began, in order of time, and whether each
/// was missed.
struct noshow_set {
  noshow::feature_table table;
  std::vector<uint8_t> missed;

  /// Medical appointments (medical-noshow.csv): each is looked at when its day begins, or when it
  /// is booked if that is later. A patient's history are the outcomes of days before that.
  static outcome<noshow_set, std::string> medical(const csv_table& table);
  /// The same, but of several appointments of a patient on one day the outcomes of those booked
  /// earlier count as known to those booked later. Without times of day in the data that is a guess
  /// at what a clinic knows by then, and no forecast of the evening before: such appointments are
  /// mostly missed together. To compare with models whose history is simply all rows before.
  static outcome<noshow_set, std::string> medical_within_day(const csv_table& table);
  /// The salon's table of ready-made features (salon-noshow-features.csv), without book_tod, which
  /// gives the label away. Its order stands for time: it has no dates.
  static outcome<noshow_set, std::string> salon(const csv_table& table);
};

/// Trains on `train` and scores on `test`. Metrics: auc, brier, log_loss, calibration_error,
/// missed_rate, and how long a prediction takes (prediction_us).
workflow::value measure_noshow(const noshow_set& train, const noshow_set& test, uint64_t seed);
/// The same within one set: the first 70 % train, the rest is scored.
workflow::value measure_noshow(const noshow_set& set, uint64_t seed);

} // namespace steward::intelligence::accuracy
