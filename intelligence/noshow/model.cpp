#include "intelligence/noshow/model.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace steward::intelligence::noshow {

namespace {

constexpr size_t most_trees = 400;

/// Few rows want small trees, slow steps and the mean of several forests; many rows can do without.
struct plan {
  boosting_options options;
  size_t forests = 1;
};

plan plan_for(size_t rows) {
  plan p;
  if (rows < 5000) {
    p.options.leaves = rows < 1500 ? 4 : 8;
    p.options.fewest_rows = 15;
    p.options.learning_rate = 0.06;
    p.options.row_share = 0.6;
    p.options.feature_share = 0.4;
    p.options.trees = 100;
    p.forests = 4;
  } else {
    p.options.leaves = 12;
    p.options.fewest_rows = 40;
    p.options.learning_rate = 0.05;
    p.options.feature_share = 0.4;
    p.options.trees = 300;
    p.forests = 2;
  }
  return p;
}

/// The mean of several forests as one.
forest mean_of(const std::vector<forest>& forests) {
  forest result;
  const auto share = 1 / static_cast<double>(forests.size());
  for (const auto& f : forests) {
    result.base += f.base * share;
    for (auto t : f.trees) {
      for (auto& node : t) node.value *= share;
      result.trees.push_back(std::move(t));
    }
  }
  return result;
}

std::vector<uint32_t> numbers(size_t begin, size_t end) {
  std::vector<uint32_t> result(end - begin);
  std::iota(result.begin(), result.end(), static_cast<uint32_t>(begin));
  return result;
}

} // namespace

risk_model risk_model::train(const feature_table& table, std::span<const uint8_t> happened,
                             const training_options& options) {
  const auto n = std::min(table.rows(), happened.size());
  const auto positives = static_cast<size_t>(
      std::count_if(happened.begin(), happened.begin() + static_cast<std::ptrdiff_t>(n),
                    [](uint8_t h) { return h != 0; }));
  risk_model model;
  model.features_ = learn_readers(table);
  model.rate_ = (static_cast<double>(positives) + options.prior_rate * options.prior_weight) /
                (static_cast<double>(n) + options.prior_weight);
  model.rate_ = std::clamp(model.rate_, 1e-4, 1 - 1e-4);
  if (n < std::max<size_t>(options.fewest_rows, 10) ||
      std::min(positives, n - positives) < std::max<size_t>(options.fewest_cases, 2))
    return model;

  const auto bins = bin(table, model.features_);
  const auto share = std::clamp(options.watched_share, 0.05, 0.5);
  const auto cut = n - static_cast<size_t>(static_cast<double>(n) * share);
  const auto early = numbers(0, cut);
  const auto late = numbers(cut, n);
  auto p = plan_for(n);

  // On the earlier part, to learn when to stop and how scores relate to what then happened.
  std::vector<forest> first;
  double trees = 0;
  for (size_t i = 0; i < p.forests; ++i) {
    p.options.seed = options.seed * 1000 + i;
    first.push_back(boost(bins, model.features_, happened, early, late, p.options));
    trees += static_cast<double>(first.back().trees.size()) / static_cast<double>(p.forests);
  }
  const auto judge = mean_of(first);
  const auto cells = encode(table, model.features_);
  std::vector<double> scores;
  for (auto row : late)
    scores.push_back(judge.log_odds(
        std::span{cells}.subspan(row * model.features_.size(), model.features_.size())));
  const auto outcomes = happened.subspan(cut, n - cut);
  model.calibration_ = late.size() >= options.isotonic_from ? calibrate_isotonic(scores, outcomes)
                                                            : calibrate_platt(scores, outcomes);

  // Then on all rows, with a few more trees for the more rows.
  std::vector<forest> all;
  const auto wanted =
      std::clamp(trees / (1 - share / 2), 1.0, static_cast<double>(most_trees / p.forests));
  p.options.trees = static_cast<size_t>(std::lround(wanted));
  for (size_t i = 0; i < p.forests; ++i) {
    p.options.seed = options.seed * 1000 + i;
    all.push_back(boost(bins, model.features_, happened, numbers(0, n), {}, p.options));
  }
  model.forest_ = mean_of(all);
  return model;
}

double risk_model::risk_of_encoded(std::span<const double> row) const {
  if (!forest_.trees.empty())
    return std::clamp(calibration_.probability(forest_.log_odds(row)), 1e-6, 1 - 1e-6);
  double past = 0, missed = 0;
  for (size_t i = 0; i < features_.size(); ++i) {
    if (features_[i].kind != feature_kind::number || !(row[i] >= 0)) continue;
    if (features_[i].name == "past") past = row[i];
    if (features_[i].name == "past_missed") missed = row[i];
  }
  missed = std::min(missed, past);
  return std::clamp((missed + rate_weight_ * rate_) / (past + rate_weight_), 1e-6, 1 - 1e-6);
}

double risk_model::risk(std::span<const cell> row) const {
  std::array<double, 128> few; // without a heap block for what is usual
  std::vector<double> many;
  if (features_.size() > few.size()) many.resize(features_.size());
  const std::span<double> encoded =
      many.empty() ? std::span<double>{few}.first(features_.size()) : std::span<double>{many};
  for (size_t i = 0; i < encoded.size(); ++i) {
    encoded[i] = missing;
    if (i >= row.size()) continue;
    if (features_[i].kind == feature_kind::category)
      encoded[i] = row[i].word.empty() ? missing : features_[i].code_of(row[i].word);
    else if (std::isfinite(row[i].number))
      encoded[i] = row[i].number;
  }
  return risk_of_encoded(encoded);
}

std::vector<double> risk_model::risks(const feature_table& table) const {
  const auto cells = encode(table, features_);
  std::vector<double> result;
  for (size_t row = 0; row < table.rows(); ++row)
    result.push_back(
        risk_of_encoded(std::span{cells}.subspan(row * features_.size(), features_.size())));
  return result;
}

} // namespace steward::intelligence::noshow
