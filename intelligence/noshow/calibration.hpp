#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace steward::intelligence::noshow {

/// Makes a probability of a score (log-odds): between the given scores on a straight line, beyond
/// them as at the last one. Never falls as the score grows, so it changes no ranking but by ties.
/// Without points: the logistic function of `slope` * score + `offset`.
struct calibration {
  struct point {
    double score = 0;
    double probability = 0;
    friend bool operator==(const point&, const point&) = default;
  };
  double slope = 1;
  double offset = 0;
  std::vector<point> points; ///< Scores ascending.

  double probability(double score) const;
  friend bool operator==(const calibration&, const calibration&) = default;
};

/// Platt's method (1999): slope and offset by maximum likelihood, with his shrunken targets, by
/// Newton's steps. A slope is never negative. For as little as a few dozen cases.
calibration calibrate_platt(std::span<const double> scores, std::span<const uint8_t> happened);

/// Isotonic regression by pooling adjacent violators (Ayer et al. 1955, Zadrozny and Elkan 2002),
/// over groups of at least `group` cases of neighbouring scores, so that no probability rests on a
/// few cases. For thousands of cases.
calibration calibrate_isotonic(std::span<const double> scores, std::span<const uint8_t> happened,
                               size_t group = 50);

} // namespace steward::intelligence::noshow
