#pragma once

#include "intelligence/noshow/binning.hpp"
#include "intelligence/noshow/forest.hpp"

#include <cstdint>
#include <functional>
#include <span>

namespace steward::intelligence::noshow {

/// Gradient-boosted decision trees for a yes-or-no outcome: logistic loss, second-order steps
/// (Friedman 2001; Chen and Guestrin, "XGBoost", 2016), histograms and leaf-wise growth with
/// categories ordered by their gradients (Ke et al., "LightGBM", 2017).
struct boosting_options {
  size_t trees = 300; ///< At most.
  double learning_rate = 0.05;
  size_t leaves = 16;        ///< Of each tree, at most.
  double fewest_rows = 40;   ///< In a leaf, after sampling.
  double leaf_shrinkage = 5; ///< Added to a leaf's sum of second derivatives (lambda).
  /// The same, more, for splits by category, for each word of the column. Sorting categories by
  /// what they are to predict flatters such splits, the more so the more words there are; with
  /// little shrinkage a column of 80 words makes forecasts worse.
  double category_shrinkage = 12;
  double least_gain = 1e-3;   ///< A split brings at least this.
  double row_share = 0.7;     ///< Of the rows that each tree sees.
  double feature_share = 0.6; ///< Of the features that each tree sees.
  size_t patience = 40;       ///< Trees without better outcome on the watched rows: stop.
  uint64_t seed = 1;
};

/// Trains on `rows` of the table. If there are rows to watch, the trees after the best loss on them
/// are dropped. `happened` has one entry for each row of the table. The same arguments give the
/// same forest on every machine with IEEE arithmetic.
forest boost(const binned_table& table, const std::vector<feature_reader>& readers,
             std::span<const uint8_t> happened, std::span<const uint32_t> rows,
             std::span<const uint32_t> watched, const boosting_options& options);

} // namespace steward::intelligence::noshow
