#include "intelligence/noshow/tree_grower.hpp"

#include <algorithm>

namespace steward::intelligence::noshow {

namespace {

constexpr size_t bins = 256;

template <class Cell>
Cell plus(const Cell& a, const Cell& b) {
  return {a.first + b.first, a.second + b.second, a.rows + b.rows};
}

template <class Cell>
Cell minus(const Cell& a, const Cell& b) {
  return {a.first - b.first, a.second - b.second, a.rows - b.rows};
}

} // namespace

tree tree_grower::grow(std::vector<uint32_t>& rows, const std::vector<gradient>& gradients,
                       const std::vector<size_t>& features) {
  rows_ = &rows;
  gradients_ = &gradients;
  features_ = &features;
  open_leaf root{0, 0, rows.size(), {}, histogram_of(0, rows.size()), {}};
  for (auto row : rows)
    root.sum = plus(root.sum, cell{gradients[row].first, gradients[row].second, 1});
  root.best = best_split(root);
  tree t(1);
  t[0].value = leaf_value(root.sum);
  std::vector<open_leaf> open;
  open.push_back(std::move(root));
  while (open.size() < options_.leaves) {
    const auto gain_of = [](const open_leaf& l) { return l.best ? l.best->gain : -1.0; };
    const auto next =
        std::max_element(open.begin(), open.end(), [&](const open_leaf& a, const open_leaf& b) {
          return gain_of(a) < gain_of(b);
        });
    if (!next->best) break;
    divide(t, open, static_cast<size_t>(next - open.begin()));
  }
  return t;
}

tree_grower::histogram tree_grower::histogram_of(size_t begin, size_t end) const {
  histogram h(table_.features * bins);
  for (auto i = begin; i < end; ++i) {
    const auto row = (*rows_)[i];
    const auto& g = (*gradients_)[row];
    const auto* bin_of = &table_.bins[row * table_.features];
    for (auto feature : *features_) {
      auto& c = h[feature * bins + bin_of[feature]];
      c.first += g.first;
      c.second += g.second;
      c.rows += 1;
    }
  }
  return h;
}

double tree_grower::leaf_value(const cell& sum) const {
  return -options_.learning_rate * sum.first / (sum.second + options_.leaf_shrinkage);
}

double tree_grower::gain(const cell& left, const cell& right, const cell& sum,
                         double shrinkage) const {
  if (left.rows < options_.fewest_rows || right.rows < options_.fewest_rows) return -1;
  const auto score = [&](const cell& c, double by) { return c.first * c.first / (c.second + by); };
  return score(left, shrinkage) + score(right, shrinkage) - score(sum, options_.leaf_shrinkage);
}

std::optional<tree_grower::split> tree_grower::best_split(const open_leaf& leaf) const {
  std::optional<split> best;
  if (leaf.sum.rows < 2 * options_.fewest_rows) return best;
  for (auto feature : *features_) {
    if (readers_[feature].kind == feature_kind::category)
      try_category(leaf, feature, best);
    else
      try_number(leaf, feature, best);
  }
  return best;
}

void tree_grower::try_number(const open_leaf& leaf, size_t feature,
                             std::optional<split>& best) const {
  const auto* h = &leaf.cells[feature * bins];
  const auto last = static_cast<unsigned>(readers_[feature].edges.size()) + 1;
  cell known; // up to this bin, without those of which the feature is not known
  for (unsigned b = 1; b <= last; ++b) {
    known = plus(known, h[b]);
    if (b < last && h[b].rows == 0) continue; // the same split as the one before
    for (auto missing_left : {false, true}) {
      if (missing_left && h[0].rows == 0) continue;
      if (b == last && (missing_left || h[0].rows == 0)) continue; // known against not known
      const auto left = missing_left ? plus(known, h[0]) : known;
      const auto g = gain(left, minus(leaf.sum, left), leaf.sum, options_.leaf_shrinkage);
      if (g > std::max(best ? best->gain : 0, options_.least_gain))
        best = split{g, feature, missing_left, b, {}};
    }
  }
}

void tree_grower::try_category(const open_leaf& leaf, size_t feature,
                               std::optional<split>& best) const {
  const auto* h = &leaf.cells[feature * bins];
  const auto shrinkage =
      options_.category_shrinkage * static_cast<double>(readers_[feature].words.size());
  const auto rank = [&](unsigned b) { return h[b].first / (h[b].second + shrinkage); };
  // What is not known is a category like the others, with code 0 here.
  std::vector<unsigned> order;
  for (unsigned b = 0; b <= readers_[feature].words.size(); ++b)
    if (h[b].rows > 0) order.push_back(b);
  std::stable_sort(order.begin(), order.end(),
                   [&](unsigned a, unsigned b) { return rank(a) < rank(b); });
  cell left;
  for (size_t i = 0; i + 1 < order.size(); ++i) {
    left = plus(left, h[order[i]]);
    const auto g = gain(left, minus(leaf.sum, left), leaf.sum, options_.leaf_shrinkage + shrinkage);
    if (g <= std::max(best ? best->gain : 0, options_.least_gain)) continue;
    best = split{g, feature, false, 0, {}};
    for (size_t k = 0; k <= i; ++k) {
      if (order[k] == 0)
        best->missing_left = true;
      else
        best->left_codes.insert(order[k] - 1);
    }
  }
}

void tree_grower::divide(tree& t, std::vector<open_leaf>& open, size_t which) {
  auto parent = std::move(open[which]);
  const auto& s = *parent.best;
  const auto& reader = readers_[s.feature];
  const auto categorical = reader.kind == feature_kind::category;
  const auto goes_left = [&](uint32_t row) {
    const unsigned b = table_.at(row, s.feature);
    if (b == 0) return s.missing_left;
    return categorical ? s.left_codes.contains(b - 1) : b <= s.last_left_bin;
  };
  const auto first = rows_->begin() + static_cast<std::ptrdiff_t>(parent.begin);
  const auto last = rows_->begin() + static_cast<std::ptrdiff_t>(parent.end);
  const auto middle =
      static_cast<size_t>(std::stable_partition(first, last, goes_left) - rows_->begin());

  const auto left_node = static_cast<uint32_t>(t.size());
  auto& node = t[parent.node];
  node = {.feature = static_cast<int>(s.feature),
          .categorical = categorical,
          .missing_left = s.missing_left,
          .threshold = categorical ? 0
                       : s.last_left_bin <= reader.edges.size()
                           ? reader.edges[s.last_left_bin - 1]
                           : std::numeric_limits<double>::max(),
          .left_codes = s.left_codes,
          .left = left_node,
          .right = left_node + 1};
  t.resize(t.size() + 2);

  // The histogram of the smaller child is counted, that of the larger is what is left.
  open_leaf left{left_node, parent.begin, middle, {}, {}, {}};
  open_leaf right{left_node + 1, middle, parent.end, {}, {}, {}};
  auto& small = middle - parent.begin <= parent.end - middle ? left : right;
  auto& large = &small == &left ? right : left;
  small.cells = histogram_of(small.begin, small.end);
  for (auto i = small.begin; i < small.end; ++i) {
    const auto& g = (*gradients_)[(*rows_)[i]];
    small.sum = plus(small.sum, cell{g.first, g.second, 1});
  }
  large.sum = minus(parent.sum, small.sum);
  large.cells = std::move(parent.cells);
  for (auto feature : *features_)
    for (size_t b = 0; b < bins; ++b) {
      auto& c = large.cells[feature * bins + b];
      c = minus(c, small.cells[feature * bins + b]);
    }
  for (auto* child : {&left, &right}) {
    t[child->node].value = leaf_value(child->sum);
    child->best = best_split(*child);
  }
  open[which] = std::move(left);
  open.push_back(std::move(right));
}

} // namespace steward::intelligence::noshow
