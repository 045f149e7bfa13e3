#pragma once

#include "workflow/outcome.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace steward::intelligence::accuracy {

/// A CSV text (RFC 4180) with a header line: fields by column, as text. Quoted fields may contain
/// commas, quotes (doubled) and line breaks; lines end with LF or CRLF; empty lines and a byte
/// order mark are passed over. A row that has more or fewer fields than the header is left out and
/// counted.
class csv_table {
public:
  /// The error is a sentence: no header, two columns of one name, a quote that is never closed.
  static outcome<csv_table, std::string> parse(std::string_view text);
  /// As `parse`; the error names the file. At most 1 GiB is read.
  static outcome<csv_table, std::string> read(const std::string& path);

  size_t rows() const { return columns_.empty() ? 0 : cells_.size() / columns_.size(); }
  size_t skipped() const { return skipped_; }
  const std::vector<std::string>& columns() const { return columns_; }
  /// None if there is no such column.
  std::optional<size_t> column(std::string_view name) const;
  const std::string& at(size_t row, size_t column) const {
    return cells_[row * columns_.size() + column];
  }

private:
  std::vector<std::string> columns_;
  std::vector<std::string> cells_; // row after row
  size_t skipped_ = 0;
};

/// The whole text as a finite number; none otherwise.
std::optional<double> number_of(std::string_view text);

} // namespace steward::intelligence::accuracy
