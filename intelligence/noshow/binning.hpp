#pragma once

#include "intelligence/noshow/feature_table.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace steward::intelligence::noshow {

/// How a model reads one feature: learned from the training rows, kept with the model.
struct feature_reader {
  std::string name;
  feature_kind kind = feature_kind::number;
  std::vector<double> edges;      ///< Of a number: upper ends of its bins but the last, ascending.
  std::vector<std::string> words; ///< Of a category: at most 255, the most frequent; code = index.

  /// Code of a word; `missing` for one that training has not seen (often enough).
  double code_of(std::string_view word) const;
  /// Builds what `code_of` looks words up in; after `words` is set.
  void index_words();

  friend bool operator==(const feature_reader& a, const feature_reader& b) {
    return a.name == b.name && a.kind == b.kind && a.edges == b.edges && a.words == b.words;
  }

private:
  struct hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  std::unordered_map<std::string, double, hash, std::equal_to<>> index_;
};

/// Reads every column of the table: numbers are cut at quantiles into at most 254 bins, words that
/// occur at least `rarest` times are kept.
std::vector<feature_reader> learn_readers(const feature_table& table, size_t rarest = 5);

/// The table's cells as bins, row after row: 0 for what is not known, else from 1 on.
struct binned_table {
  size_t rows = 0;
  size_t features = 0;
  std::vector<uint8_t> bins;

  uint8_t at(size_t row, size_t feature) const { return bins[row * features + feature]; }
};

/// Columns are found by the readers' names; one that the table does not have is not known.
binned_table bin(const feature_table& table, const std::vector<feature_reader>& readers);

/// The rows as `forest::log_odds` takes them, one after the other.
std::vector<double> encode(const feature_table& table, const std::vector<feature_reader>& readers);

} // namespace steward::intelligence::noshow
