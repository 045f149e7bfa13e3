#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace steward::intelligence::noshow {

/// What is not known of a row.
constexpr double missing = std::numeric_limits<double>::quiet_NaN();

/// What a column of a table or a feature of a model is.
enum class feature_kind : uint8_t { number, category };

/// Rows of features by column, as a model is trained on them. Numbers are doubles (`missing`, or
/// any other that is not finite, counts as not known); categories are words, kept as numbers of the
/// column's own dictionary. All columns have the same number of rows when `add_row` is kept to.
class feature_table {
public:
  struct column {
    std::string name;
    feature_kind kind = feature_kind::number;
    std::vector<double> cells;      ///< Of a category: the word's index in `words`, or `missing`.
    std::vector<std::string> words; ///< In order of appearance.
  };

  size_t add_number(std::string name);
  size_t add_category(std::string name);

  /// Begins a row in which nothing is known yet; cells are then set one by one.
  void add_row();
  void set(size_t which, double number);
  /// An empty word is one that is not known.
  void set(size_t which, std::string_view word);

  size_t rows() const { return rows_; }
  const std::vector<column>& columns() const { return columns_; }

  /// The rows [begin, end), with the same dictionaries.
  feature_table slice(size_t begin, size_t end) const;

private:
  std::vector<column> columns_;
  std::vector<std::unordered_map<std::string, double>> index_; // of each column's words
  size_t rows_ = 0;
};

} // namespace steward::intelligence::noshow
