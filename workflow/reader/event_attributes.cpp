#include "workflow/reader/events.hpp"
#include "workflow/reader/nearest.hpp"

#include <algorithm>
#include <array>
#include <chrono>

namespace steward::workflow::reader {

namespace {

constexpr std::array<std::string_view, 9> known_attributes{
    "id",         "source", "type",       "time", "subject", "datacontenttype",
    "dataschema", "data",   "specversion"};

bool is_data(std::string_view name) { return name == "data" || name == "data_base64"; }

/// So many digits at the start of the text, which they are taken from.
std::optional<unsigned> take_digits(std::string_view& text, size_t count) {
  if (text.size() < count) return std::nullopt;
  unsigned number = 0;
  for (size_t i = 0; i < count; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    number = number * 10 + static_cast<unsigned>(text[i] - '0');
  }
  text.remove_prefix(count);
  return number;
}

bool take(std::string_view& text, std::string_view one_of) {
  if (text.empty() || one_of.find(text.front()) == one_of.npos) return false;
  text.remove_prefix(1);
  return true;
}

bool take_date(std::string_view& text) {
  using namespace std::chrono;
  auto y = take_digits(text, 4);
  auto m = y && take(text, "-") ? take_digits(text, 2) : std::nullopt;
  auto d = m && take(text, "-") ? take_digits(text, 2) : std::nullopt;
  return d && year_month_day{year{static_cast<int>(*y)}, month{*m}, day{*d}}.ok();
}

bool take_clock(std::string_view& text) {
  auto h = take_digits(text, 2);
  auto m = h && take(text, ":") ? take_digits(text, 2) : std::nullopt;
  auto s = m && take(text, ":") ? take_digits(text, 2) : std::nullopt;
  if (!s || *h > 23 || *m > 59 || *s > 60) return false; // a leap second has the number 60
  if (!take(text, ".")) return true;
  auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
  text.remove_prefix(digits);
  return digits > 0;
}

/// RFC 3339.
bool is_instant(std::string_view text) {
  if (!take_date(text) || !take(text, "Tt") || !take_clock(text)) return false;
  if (take(text, "Zz")) return text.empty();
  auto h = take(text, "+-") ? take_digits(text, 2) : std::nullopt;
  auto m = h && take(text, ":") ? take_digits(text, 2) : std::nullopt;
  return m && *h < 24 && *m < 60 && text.empty();
}

bool is_uri(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) {
    auto byte = static_cast<unsigned char>(c);
    return byte <= ' ' || byte == 0x7f || c == '<' || c == '>' || c == '"' || c == '\\' ||
           c == '^' || c == '`' || c == '|';
  });
}

} // namespace

void check_attribute_name(problem_list& problems, const place& attribute) {
  auto name = attribute.key();
  auto sound = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  });
  if (!sound && !is_data(name))
    problems.at_key(attribute,
                    "\"" + std::string{name} + "\" can't be an attribute of an event" +
                        suggestion(name, known_attributes),
                    "lower-case letters and digits");
}

void check_emitted_attribute(problem_list& problems, const place& attribute) {
  check_attribute_name(problems, attribute);
  auto name = attribute.key();
  const auto& content = attribute.content();
  if (is_data(name) || is_expression(attribute)) return;
  auto is_known =
      std::find(known_attributes.begin(), known_attributes.end(), name) != known_attributes.end();
  auto quoted = "\"" + std::string{name} + "\"";
  if (!content.is_string()) {
    if (is_known || (!content.is_bool() && !content.is_int()))
      problems.at(attribute, quoted + " must be a text, but is " + std::string{describe(content)},
                  is_known ? "a text, or ${ ... }" : "a text, a whole number, true or false");
    return;
  }
  auto text = content.as_string();
  if (text.empty()) {
    problems.at(attribute, quoted + " is empty", "a text");
  } else if (name == "time" && !is_instant(text)) {
    problems.at(attribute, "\"" + std::string{text} + "\" is no instant",
                "an RFC 3339 time such as 2026-01-31T09:30:00Z, or ${ ... }");
  } else if ((name == "source" || name == "dataschema") && !is_uri(text)) {
    if (!has_embedded_expression(text))
      problems.at(attribute, quoted + " must be a URI", "a URI such as https://example.com/orders");
  } else if (name == "specversion" && text != "1.0") {
    problems.at(attribute, "version " + std::string{text} + " of CloudEvents is not supported",
                "\"1.0\", or nothing");
  }
}

} // namespace steward::workflow::reader
