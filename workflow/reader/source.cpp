#include "workflow/reader/source.hpp"

#include "workflow/json.hpp"

#include <algorithm>

namespace steward::workflow::reader {

namespace {

bool looks_like_json(std::string_view text) {
  constexpr std::string_view space = " \t\r\n";
  auto at = text.find_first_not_of(space);
  if (at == text.npos || text[at] != '{') return false;
  at = text.find_first_not_of(space, at + 1);
  return at != text.npos && (text[at] == '"' || text[at] == '}');
}

/// The first byte that is not UTF-8, found by halving: a prefix that ends between two characters
/// is valid exactly as long as the bad byte is not in it.
size_t first_invalid_byte(std::string_view text) {
  size_t good = 0, bad = text.size();
  while (bad - good > 8) {
    auto middle = good + (bad - good) / 2;
    while (middle < bad && (static_cast<unsigned char>(text[middle]) & 0xc0) == 0x80) ++middle;
    if (middle == bad) break;
    (is_utf8(text.substr(good, middle - good)) ? good : bad) = middle;
  }
  // What is left is short, or a run of continuation bytes.
  while (good < bad) {
    size_t length = 1;
    while (length < 4 && good + length <= bad && !is_utf8(text.substr(good, length))) ++length;
    if (good + length > bad || !is_utf8(text.substr(good, length))) break;
    good += length;
  }
  return good;
}

} // namespace

std::optional<source_node> read_source(std::string_view text, const reader_limits& limits,
                                       std::vector<source_problem>& problems) {
  if (text.size() > limits.bytes) {
    problems.push_back({{},
                        "the document has " + std::to_string(text.size()) + " bytes",
                        "at most " + std::to_string(limits.bytes)});
    return std::nullopt;
  }
  if (!is_utf8(text)) {
    problems.push_back(
        {mark_of(text, first_invalid_byte(text)), "the text is not valid UTF-8", "UTF-8"});
    return std::nullopt;
  }
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  return looks_like_json(text) ? read_json_source(text, limits, problems)
                               : read_yaml_source(text, limits, problems);
}

} // namespace steward::workflow::reader
