#include "intelligence/accuracy/csv.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <iterator>
#include <set>

namespace steward::intelligence::accuracy {

namespace {

constexpr size_t most_bytes = size_t{1} << 30;

/// Takes one record off the front of the text. False at the end of the text; an open quote ends it
/// with `open` set.
class records {
public:
  explicit records(std::string_view text) : text_(text) {
    if (text_.starts_with("\xEF\xBB\xBF")) text_.remove_prefix(3);
  }

  bool open = false;

  bool next(std::vector<std::string>& fields) {
    while (!text_.empty() && (text_.front() == '\n' || text_.starts_with("\r\n")))
      text_.remove_prefix(text_.front() == '\n' ? 1 : 2);
    if (text_.empty()) return false;
    fields.clear();
    for (;;) {
      fields.push_back(field());
      if (open) return false;
      if (text_.starts_with(",")) {
        text_.remove_prefix(1);
        continue;
      }
      if (text_.starts_with("\r\n")) text_.remove_prefix(1);
      if (!text_.empty()) text_.remove_prefix(1);
      return true;
    }
  }

private:
  std::string field() {
    std::string result;
    if (text_.starts_with("\"")) {
      text_.remove_prefix(1);
      for (;;) {
        const auto quote = text_.find('"');
        open = quote == std::string_view::npos;
        result.append(text_.substr(0, quote));
        if (open) return result;
        text_.remove_prefix(quote + 1);
        if (!text_.starts_with("\"")) break;
        result += '"';
        text_.remove_prefix(1);
      }
    }
    // What follows a closing quote is kept as it is.
    const auto end = std::min(text_.find_first_of(",\n"), text_.size());
    auto plain = text_.substr(0, end);
    if (end < text_.size() && text_[end] == '\n' && plain.ends_with('\r')) plain.remove_suffix(1);
    result.append(plain);
    text_.remove_prefix(plain.size());
    return result;
  }

  std::string_view text_;
};

} // namespace

outcome<csv_table, std::string> csv_table::parse(std::string_view text) {
  csv_table table;
  records source{text};
  if (!source.next(table.columns_)) return failed{std::string{"there is no header line"}};
  std::set<std::string_view> names;
  for (const auto& name : table.columns_)
    if (!names.insert(name).second) return failed{"two columns are named \"" + name + "\""};
  std::vector<std::string> fields;
  while (source.next(fields)) {
    if (fields.size() == table.columns_.size())
      std::move(fields.begin(), fields.end(), std::back_inserter(table.cells_));
    else
      ++table.skipped_;
  }
  if (source.open) return failed{std::string{"a quoted field is never closed"}};
  return table;
}

outcome<csv_table, std::string> csv_table::read(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  if (!file) return failed{path + ": can't be opened"};
  std::string text;
  std::string chunk(1 << 20, '\0');
  while (file.read(chunk.data(), static_cast<std::streamsize>(chunk.size())) || file.gcount() > 0) {
    text.append(chunk, 0, static_cast<size_t>(file.gcount()));
    if (text.size() > most_bytes) return failed{path + ": is larger than 1 GiB"};
  }
  if (file.bad()) return failed{path + ": can't be read"};
  auto table = parse(text);
  if (!table) return failed{path + ": " + table.error()};
  return table;
}

std::optional<size_t> csv_table::column(std::string_view name) const {
  const auto found = std::find(columns_.begin(), columns_.end(), name);
  if (found == columns_.end()) return std::nullopt;
  return static_cast<size_t>(found - columns_.begin());
}

std::optional<double> number_of(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(number))
    return std::nullopt;
  return number;
}

} // namespace steward::intelligence::accuracy
