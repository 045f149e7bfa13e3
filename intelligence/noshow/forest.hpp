#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace steward::intelligence::noshow {

/// A set of categories by code, 0 to 255.
struct category_set {
  std::array<uint64_t, 4> bits{};

  void insert(unsigned code) { bits[code / 64 % 4] |= uint64_t{1} << (code % 64); }
  bool contains(unsigned code) const {
    return code < 256 && (bits[code / 64] >> (code % 64) & 1) != 0;
  }
  friend bool operator==(const category_set&, const category_set&) = default;
};

/// One question of a tree, or a leaf's answer. Children come after their parent, so a walk ends.
struct tree_node {
  static constexpr int leaf = -1;

  int feature = leaf;
  bool categorical = false;
  bool missing_left = false; ///< Where a row goes of which the feature is not known.
  double threshold = 0;      ///< Of a number: at most this goes left.
  category_set left_codes;   ///< Of a category: these go left.
  uint32_t left = 0;
  uint32_t right = 0;
  double value = 0; ///< Of a leaf: what is added to the log-odds.
  friend bool operator==(const tree_node&, const tree_node&) = default;
};
using tree = std::vector<tree_node>; ///< The root is the first; never empty.

/// Trees whose answers are summed up: log-odds of what was trained for.
struct forest {
  double base = 0; ///< The log-odds before any tree.
  std::vector<tree> trees;

  /// `row` has a number for each feature: a category's code, NaN for what is not known.
  double log_odds(std::span<const double> row) const;
  friend bool operator==(const forest&, const forest&) = default;
};

} // namespace steward::intelligence::noshow
