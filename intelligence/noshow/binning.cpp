#include "intelligence/noshow/binning.hpp"

#include <algorithm>
#include <cmath>

namespace steward::intelligence::noshow {

namespace {

constexpr size_t most_bins = 254;
constexpr size_t most_words = 255;

/// Cuts between distinct values, at quantiles if there are too many of them.
std::vector<double> cuts(const std::vector<double>& cells) {
  std::vector<double> sorted;
  for (auto x : cells)
    if (std::isfinite(x)) sorted.push_back(x);
  std::sort(sorted.begin(), sorted.end());
  auto distinct = sorted;
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  if (distinct.size() > most_bins) {
    std::vector<double> chosen;
    for (size_t i = 0; i < most_bins; ++i)
      chosen.push_back(sorted[(2 * i + 1) * sorted.size() / (2 * most_bins)]);
    chosen.erase(std::unique(chosen.begin(), chosen.end()), chosen.end());
    distinct = std::move(chosen);
  }
  std::vector<double> edges;
  for (size_t i = 0; i + 1 < distinct.size(); ++i)
    edges.push_back(distinct[i] + (distinct[i + 1] - distinct[i]) / 2);
  return edges;
}

std::vector<std::string> frequent_words(const feature_table::column& column, size_t rarest) {
  std::vector<size_t> count(column.words.size());
  for (auto x : column.cells)
    if (std::isfinite(x)) ++count[static_cast<size_t>(x)];
  std::vector<size_t> order;
  for (size_t i = 0; i < count.size(); ++i)
    if (count[i] >= std::max<size_t>(rarest, 1)) order.push_back(i);
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return count[a] != count[b] ? count[a] > count[b] : column.words[a] < column.words[b];
  });
  if (order.size() > most_words) order.resize(most_words);
  std::vector<std::string> words;
  for (auto i : order) words.push_back(column.words[i]);
  return words;
}

/// Of each reader the table's column, or null.
std::vector<const feature_table::column*> columns_of(const feature_table& table,
                                                     const std::vector<feature_reader>& readers) {
  std::vector<const feature_table::column*> found;
  for (const auto& reader : readers) {
    const auto c = std::find_if(table.columns().begin(), table.columns().end(), [&](const auto& x) {
      return x.name == reader.name && x.kind == reader.kind;
    });
    found.push_back(c == table.columns().end() ? nullptr : &*c);
  }
  return found;
}

} // namespace

double feature_reader::code_of(std::string_view word) const {
  const auto found = index_.find(word);
  return found == index_.end() ? missing : found->second;
}

void feature_reader::index_words() {
  index_.clear();
  for (const auto& word : words) index_.emplace(word, static_cast<double>(index_.size()));
}

std::vector<feature_reader> learn_readers(const feature_table& table, size_t rarest) {
  std::vector<feature_reader> readers;
  for (const auto& column : table.columns()) {
    feature_reader reader;
    reader.name = column.name;
    reader.kind = column.kind;
    if (column.kind == feature_kind::number)
      reader.edges = cuts(column.cells);
    else
      reader.words = frequent_words(column, rarest);
    reader.index_words();
    readers.push_back(std::move(reader));
  }
  return readers;
}

std::vector<double> encode(const feature_table& table, const std::vector<feature_reader>& readers) {
  std::vector<double> cells(table.rows() * readers.size(), missing);
  const auto columns = columns_of(table, readers);
  for (size_t f = 0; f < readers.size(); ++f) {
    if (!columns[f]) continue;
    std::vector<double> codes; // of the table's words
    for (const auto& word : columns[f]->words) codes.push_back(readers[f].code_of(word));
    for (size_t row = 0; row < table.rows(); ++row) {
      const auto x = columns[f]->cells[row];
      if (!std::isfinite(x)) continue;
      cells[row * readers.size() + f] =
          readers[f].kind == feature_kind::category ? codes[static_cast<size_t>(x)] : x;
    }
  }
  return cells;
}

binned_table bin(const feature_table& table, const std::vector<feature_reader>& readers) {
  const auto cells = encode(table, readers);
  binned_table result{table.rows(), readers.size(), std::vector<uint8_t>(cells.size())};
  for (size_t i = 0; i < cells.size(); ++i) {
    if (std::isnan(cells[i])) continue;
    const auto& reader = readers[i % readers.size()];
    if (reader.kind == feature_kind::category) {
      result.bins[i] = static_cast<uint8_t>(1 + static_cast<size_t>(cells[i]));
    } else {
      const auto edge = std::lower_bound(reader.edges.begin(), reader.edges.end(), cells[i]);
      result.bins[i] = static_cast<uint8_t>(1 + (edge - reader.edges.begin()));
    }
  }
  return result;
}

} // namespace steward::intelligence::noshow
