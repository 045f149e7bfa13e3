#include "intelligence/noshow/feature_table.hpp"

#include <algorithm>

namespace steward::intelligence::noshow {

size_t feature_table::add_number(std::string name) {
  columns_.push_back({std::move(name), feature_kind::number, std::vector(rows_, missing), {}});
  index_.emplace_back();
  return columns_.size() - 1;
}

size_t feature_table::add_category(std::string name) {
  const auto added = add_number(std::move(name));
  columns_[added].kind = feature_kind::category;
  return added;
}

void feature_table::add_row() {
  for (auto& c : columns_) c.cells.push_back(missing);
  ++rows_;
}

void feature_table::set(size_t which, double number) { columns_[which].cells.back() = number; }

void feature_table::set(size_t which, std::string_view word) {
  auto& c = columns_[which];
  if (word.empty()) {
    c.cells.back() = missing;
    return;
  }
  const auto [entry, added] =
      index_[which].try_emplace(std::string{word}, static_cast<double>(c.words.size()));
  if (added) c.words.emplace_back(word);
  c.cells.back() = entry->second;
}

feature_table feature_table::slice(size_t begin, size_t end) const {
  auto part = *this;
  end = std::min(end, rows_);
  begin = std::min(begin, end);
  part.rows_ = end - begin;
  for (auto& c : part.columns_)
    c.cells = {c.cells.begin() + static_cast<std::ptrdiff_t>(begin),
               c.cells.begin() + static_cast<std::ptrdiff_t>(end)};
  return part;
}

} // namespace steward::intelligence::noshow
