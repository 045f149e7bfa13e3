#pragma once

#include "intelligence/noshow/boosting.hpp"

#include <optional>
#include <vector>

namespace steward::intelligence::noshow {

/// First and second derivative of the loss for one row.
struct gradient {
  double first = 0;
  double second = 0;
};

/// Grows one tree of `boost`: best leaf first, by histograms of gradients.
class tree_grower {
public:
  tree_grower(const binned_table& table, const std::vector<feature_reader>& readers,
              const boosting_options& options)
      : table_(table), readers_(readers), options_(options) {}

  /// `rows` are those that the tree sees (reordered by this), `features` those that it may ask for.
  tree grow(std::vector<uint32_t>& rows, const std::vector<gradient>& gradients,
            const std::vector<size_t>& features);

private:
  struct cell {
    double first = 0;
    double second = 0;
    double rows = 0;
  };
  using histogram = std::vector<cell>; // 256 for each feature
  struct split {
    double gain = 0;
    size_t feature = 0;
    bool missing_left = false;
    unsigned last_left_bin = 0; // of a number
    category_set left_codes;    // of a category
  };
  /// Rows [begin, end) of the tree's, not split yet.
  struct open_leaf {
    uint32_t node = 0;
    size_t begin = 0;
    size_t end = 0;
    cell sum;
    histogram cells;
    std::optional<split> best;
  };

  histogram histogram_of(size_t begin, size_t end) const;
  std::optional<split> best_split(const open_leaf& leaf) const;
  void try_number(const open_leaf& leaf, size_t feature, std::optional<split>& best) const;
  void try_category(const open_leaf& leaf, size_t feature, std::optional<split>& best) const;
  double gain(const cell& left, const cell& right, const cell& sum, double shrinkage) const;
  void divide(tree& t, std::vector<open_leaf>& open, size_t which);
  double leaf_value(const cell& sum) const;

  const binned_table& table_;
  const std::vector<feature_reader>& readers_;
  const boosting_options& options_;
  std::vector<uint32_t>* rows_ = nullptr;
  const std::vector<gradient>* gradients_ = nullptr;
  const std::vector<size_t>* features_ = nullptr;
};

} // namespace steward::intelligence::noshow
