#pragma once

#include <cstddef>
#include <functional>
#include <vector>

namespace steward::intelligence::statistics {

struct minimum {
  std::vector<double> at;
  double value = 0;
  bool settled = false; ///< The simplex has shrunk to a point within the evaluations allowed.
  size_t evaluations = 0;
};

struct minimize_options {
  double first_step = 0.5;   ///< Of each coordinate, to build the first simplex.
  double tolerance = 1e-10;  ///< Relative difference of the simplex's values, and of its corners.
  size_t evaluations = 4000; ///< At most about so many, over all restarts.
  size_t restarts = 3;       ///< From the best point so far, with a fresh simplex, while it helps.
};

/// The lowest value of `f` near `start`, by the simplex method of Nelder and Mead (1965) with
/// coefficients that suit the number of dimensions (Gao and Han 2012). NaN counts as infinitely
/// high, so `f` may refuse points. Deterministic.
minimum minimize(const std::function<double(const std::vector<double>&)>& f,
                 std::vector<double> start, const minimize_options& options = {});

} // namespace steward::intelligence::statistics
