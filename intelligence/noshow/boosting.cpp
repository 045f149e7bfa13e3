#include "intelligence/noshow/boosting.hpp"

#include "intelligence/noshow/tree_grower.hpp"
#include "intelligence/statistics/special_functions.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

namespace steward::intelligence::noshow {

namespace {

/// Where a row of the binned table ends up. Bins stand for values, so this is what `log_odds` says
/// of the values.
double answer(const tree& t, const binned_table& table, uint32_t row,
              const std::vector<feature_reader>& readers) {
  const auto* node = t.data();
  while (node->feature != tree_node::leaf) {
    const auto feature = static_cast<size_t>(node->feature);
    const unsigned b = table.at(row, feature);
    bool left = node->missing_left;
    if (b != 0 && node->categorical) left = node->left_codes.contains(b - 1);
    if (b != 0 && !node->categorical) {
      const auto& edges = readers[feature].edges;
      left = b > edges.size() ? node->threshold == std::numeric_limits<double>::max()
                              : edges[b - 1] <= node->threshold;
    }
    node = &t[left ? node->left : node->right];
  }
  return node->value;
}

/// `share` of the items (at least one), in their order. Not std::sample, whose choice differs
/// between standard libraries.
template <class T>
std::vector<T> sample(std::span<const T> items, double share, std::mt19937_64& random) {
  std::vector<T> chosen;
  const auto limit = static_cast<uint64_t>(std::clamp(share, 0.0, 1.0) * 0x1p63);
  for (const auto& item : items)
    if ((random() >> 1) <= limit) chosen.push_back(item);
  if (chosen.empty()) chosen.push_back(items[random() % items.size()]);
  return chosen;
}

double mean_loss(const std::vector<double>& log_odds, std::span<const uint8_t> happened,
                 std::span<const uint32_t> rows) {
  double sum = 0;
  for (auto row : rows) {
    const auto x = happened[row] ? -log_odds[row] : log_odds[row];
    sum += x > 0 ? x + std::log1p(std::exp(-x)) : std::log1p(std::exp(x));
  }
  return sum / static_cast<double>(rows.size());
}

} // namespace

forest boost(const binned_table& table, const std::vector<feature_reader>& readers,
             std::span<const uint8_t> happened, std::span<const uint32_t> rows,
             std::span<const uint32_t> watched, const boosting_options& options) {
  forest result;
  if (rows.empty()) return result;
  double positives = 0.5; // half a case of each, so that the odds are finite
  for (auto row : rows) positives += happened[row] ? 1 : 0;
  result.base = statistics::logit(positives / (static_cast<double>(rows.size()) + 1));
  if (table.features == 0) return result;

  std::mt19937_64 random{options.seed};
  std::vector<size_t> all_features(table.features);
  std::iota(all_features.begin(), all_features.end(), size_t{0});
  std::vector<double> log_odds(table.rows, result.base);
  std::vector<gradient> gradients(table.rows);
  tree_grower grower{table, readers, options};
  auto best_loss = watched.empty() ? 0 : mean_loss(log_odds, happened, watched);
  size_t best_trees = 0;
  while (result.trees.size() < options.trees) {
    for (auto row : rows) {
      const auto p = statistics::logistic(log_odds[row]);
      gradients[row] = {p - (happened[row] ? 1 : 0), p * (1 - p)};
    }
    auto seen = sample(rows, options.row_share, random);
    const auto asked = sample(std::span<const size_t>{all_features}, options.feature_share, random);
    auto grown = grower.grow(seen, gradients, asked);
    for (auto row : rows) log_odds[row] += answer(grown, table, row, readers);
    for (auto row : watched) log_odds[row] += answer(grown, table, row, readers);
    result.trees.push_back(std::move(grown));
    if (watched.empty()) continue;
    const auto loss = mean_loss(log_odds, happened, watched);
    if (loss < best_loss) {
      best_loss = loss;
      best_trees = result.trees.size();
    } else if (result.trees.size() - best_trees >= options.patience) {
      break;
    }
  }
  if (!watched.empty()) result.trees.resize(best_trees);
  return result;
}

} // namespace steward::intelligence::noshow
