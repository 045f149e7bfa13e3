#pragma once

#include "intelligence/noshow/binning.hpp"
#include "intelligence/noshow/boosting.hpp"
#include "intelligence/noshow/calibration.hpp"
#include "intelligence/noshow/forest.hpp"
#include "workflow/outcome.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace steward::intelligence::noshow {

/// How a model is trained.
struct training_options {
  uint64_t seed = 1;
  size_t fewest_rows = 200;    ///< With fewer there are no trees: see `risk_model`.
  size_t fewest_cases = 20;    ///< The same, of either outcome.
  double watched_share = 0.2;  ///< The last part of the rows, for when to stop and for calibration.
  size_t isotonic_from = 4000; ///< Watched rows from which calibration is isotonic, not Platt's.
  double prior_rate = 0.1;     ///< The share that misses, before anything is known,
  double prior_weight = 20;    ///< as if it had been seen in so many cases.
};

/// The risk that an appointment is missed: gradient-boosted trees, calibrated. With little history
/// it is the share that missed, shrunken towards the prior, and a customer's own shrunken towards
/// that (from the columns past and past_missed, if the table has them).
///
/// Never changes once trained or read, so threads may share it. Predicting takes microseconds.
class risk_model {
public:
  /// Trains on rows that are in order of time; `happened` has one entry for each. Deterministic:
  /// the same rows, options and seed give the same model.
  static risk_model train(const feature_table& table, std::span<const uint8_t> happened,
                          const training_options& options = {});

  /// One cell of a row: a number or, of a category, a word. Neither: not known.
  struct cell {
    double number = missing;
    std::string_view word;
  };

  /// The features in the order in which `risk` takes them.
  const std::vector<feature_reader>& features() const { return features_; }

  /// The probability of one row, a cell for each of `features()`; what is beyond the row is not
  /// known. In (0, 1).
  double risk(std::span<const cell> row) const;
  /// Of every row of a table; columns are found by name.
  std::vector<double> risks(const feature_table& table) const;

  size_t trees() const { return forest_.trees.size(); }

  /// As JSON with kind "no_show_model" and version 1. `from_json` gives an equal model; its error
  /// is a sentence. A text that is not what `to_json` wrote (changed by hand, cut off, hostile) is
  /// refused or gives a model that is safe to use.
  std::string to_json() const;
  static outcome<risk_model, std::string> from_json(std::string_view text);

  friend bool operator==(const risk_model&, const risk_model&) = default;

private:
  double risk_of_encoded(std::span<const double> row) const;

  std::vector<feature_reader> features_;
  forest forest_;
  calibration calibration_;
  double rate_ = 0.1;      // without trees: the share that missed, shrunken
  double rate_weight_ = 3; // cases that it counts for beside a customer's own
};

} // namespace steward::intelligence::noshow
