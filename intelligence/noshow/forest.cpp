#include "intelligence/noshow/forest.hpp"

#include <cmath>

namespace steward::intelligence::noshow {

namespace {

bool goes_left(const tree_node& node, double x) {
  if (std::isnan(x)) return node.missing_left;
  if (!node.categorical) return x <= node.threshold;
  return x >= 0 && x < 256 && node.left_codes.contains(static_cast<unsigned>(x));
}

} // namespace

double forest::log_odds(std::span<const double> row) const {
  auto sum = base;
  for (const auto& t : trees) {
    const auto* node = t.data();
    while (node->feature != tree_node::leaf)
      node =
          &t[goes_left(*node, row[static_cast<size_t>(node->feature)]) ? node->left : node->right];
    sum += node->value;
  }
  return sum;
}

} // namespace steward::intelligence::noshow
