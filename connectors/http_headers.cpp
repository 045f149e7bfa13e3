#include "connectors/http_headers.hpp"

#include "workflow/json.hpp"

#include <algorithm>
#include <array>

namespace steward::connectors {

namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// RFC 9110 token: what methods and header names are made of.
bool is_token(std::string_view text) {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z') ||
           marks.find(c) != std::string_view::npos;
  });
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

/// Header values become JSON text later on, so bytes that are not UTF-8 are read as ISO 8859-1,
/// what RFC 9110 says they were historically.
std::string as_utf8(std::string_view value) {
  if (workflow::is_utf8(value)) return std::string{value};
  std::string text;
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      text += c;
    } else {
      text += static_cast<char>(0xc0 | (byte >> 6));
      text += static_cast<char>(0x80 | (byte & 0x3f));
    }
  }
  return text;
}

} // namespace

bool same_header(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

bool has_header(const header_list& headers, std::string_view name) {
  return std::ranges::any_of(headers, [&](const auto& h) { return same_header(h.first, name); });
}

std::string why_not_sendable(const http_order& order) {
  if (!is_token(order.method)) return "the method is not a valid HTTP method";
  for (const auto& [name, value] : order.headers) {
    if (!is_token(name)) return "a header's name is not valid: " + name.substr(0, 64);
    if (value.find_first_of(std::string_view{"\r\n\0", 3}) != std::string::npos)
      return "the value of the header " + name + " holds a line break or a zero byte";
  }
  return {};
}

bool is_framing_header(std::string_view name) {
  constexpr std::array framing{
      "connection", "content-length",      "expect",           "http2-settings",
      "keep-alive", "proxy-authorization", "proxy-connection", "te",
      "trailer",    "transfer-encoding",   "upgrade"};
  return std::ranges::any_of(framing, [&](const char* known) { return same_header(name, known); });
}

void header_collector::add_line(std::string_view line) {
  if (line.starts_with("HTTP/")) {
    headers_.clear();
    return;
  }
  const auto value_after = [&](size_t from) { return as_utf8(trimmed(line.substr(from))); };
  if (line.starts_with(' ') || line.starts_with('\t')) { // a folded line goes on with the last one
    const auto more = value_after(0);
    if (!headers_.empty() && !more.empty()) headers_.back().second += ' ' + more;
    return;
  }
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return; // the empty line at the end
  std::string name{trimmed(line.substr(0, colon))};
  std::ranges::transform(name, name.begin(), lower);
  if (!is_token(name)) return;
  // A cookie may hold a comma, so these are the one header that cannot be joined (RFC 9110, 5.3).
  const auto seen = name == "set-cookie"
                        ? headers_.end()
                        : std::ranges::find(headers_, name, &header_list::value_type::first);
  if (seen == headers_.end())
    headers_.emplace_back(std::move(name), value_after(colon + 1));
  else
    seen->second += ", " + value_after(colon + 1);
}

header_list header_collector::take() { return std::move(headers_); }

} // namespace steward::connectors
