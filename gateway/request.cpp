#include "gateway/request.hpp"

#include <algorithm>

namespace steward::gateway {

namespace {

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

} // namespace

bool same_word(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view request_view::header(std::string_view name) const {
  for (const auto& field : headers)
    if (same_word(field.name, name)) return field.value;
  return {};
}

bool request_view::has(std::string_view name) const {
  return std::any_of(headers.begin(), headers.end(),
                     [&](const header_field& field) { return same_word(field.name, name); });
}

bool request_view::lists(std::string_view name, std::string_view word) const {
  for (const auto& field : headers) {
    if (!same_word(field.name, name)) continue;
    auto rest = field.value;
    while (!rest.empty()) {
      const auto comma = std::min(rest.find(','), rest.size());
      if (same_word(trimmed(rest.substr(0, comma)), word)) return true;
      rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
  }
  return false;
}

} // namespace steward::gateway
