#include "workflow/reader/nearest.hpp"

#include <algorithm>
#include <vector>

namespace steward::workflow::reader {

namespace {

// Names are short; a longer one is surely not a slip of the keyboard.
constexpr size_t longest = 64;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

/// Twice the number of edits, so that a difference in case can count as half of one.
size_t distance(std::string_view a, std::string_view b) {
  std::vector<size_t> before(b.size() + 1), previous(b.size() + 1), row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) previous[j] = 2 * j;
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = 2 * i;
    for (size_t j = 1; j <= b.size(); ++j) {
      size_t change = a[i - 1] == b[j - 1] ? 0 : (lower(a[i - 1]) == lower(b[j - 1]) ? 1 : 2);
      row[j] = std::min({previous[j - 1] + change, previous[j] + 2, row[j - 1] + 2});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before[j - 2] + 2);
    }
    std::swap(before, previous);
    std::swap(previous, row);
  }
  return previous[b.size()];
}

} // namespace

std::string_view nearest(std::string_view unknown, std::span<const std::string_view> known) {
  std::string_view best;
  if (unknown.empty() || unknown.size() > longest) return best;
  auto limit = 2 * std::max<size_t>(1, unknown.size() / 3) + 1;
  for (auto candidate : known) {
    if (candidate.size() > longest) continue;
    auto d = distance(unknown, candidate);
    if (d >= limit) continue;
    limit = d;
    best = candidate;
  }
  return best;
}

std::string suggestion(std::string_view unknown, std::span<const std::string_view> known) {
  auto near = nearest(unknown, known);
  return near.empty() ? std::string{} : "; did you mean \"" + std::string{near} + "\"?";
}

std::string enumerate(std::span<const std::string_view> names) {
  constexpr size_t most = 12;
  std::string out;
  for (size_t i = 0; i < std::min(names.size(), most); ++i) {
    if (i > 0) out += i + 1 == names.size() ? " or " : ", ";
    out += "\"" + std::string{names[i]} + "\"";
  }
  return names.size() > most ? out + ", ..." : out;
}

} // namespace steward::workflow::reader
