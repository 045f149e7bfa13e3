#pragma once

#include <cstdint>
#include <span>

namespace steward::intelligence::statistics {

/// How good probabilities of something that then happened (1) or not (0) are. Both spans have the
/// same size; what is beyond the shorter one is left out. NaN without cases.

/// The chance that a case in which it happened has the higher score: the area under the ROC curve.
/// Equal scores count half. 0.5 where all cases ended alike. O(n log n).
double area_under_curve(std::span<const double> scores, std::span<const uint8_t> happened);

/// Mean squared difference of probability and outcome (Brier 1950): 0 is perfect.
double brier_score(std::span<const double> probabilities, std::span<const uint8_t> happened);

/// Mean of -ln of the probability given to what happened; probabilities are kept 1e-12 from 0
/// and 1.
double log_loss(std::span<const double> probabilities, std::span<const uint8_t> happened);

/// Expected calibration error: cases in ten groups of equal size by probability, and the mean over
/// them of |mean probability - share that happened|.
double calibration_error(std::span<const double> probabilities, std::span<const uint8_t> happened);

} // namespace steward::intelligence::statistics
