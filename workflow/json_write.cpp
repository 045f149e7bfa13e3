#include "workflow/json.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

namespace steward::workflow {

namespace {

constexpr auto needs_escape = [] {
  auto table = std::array<bool, 256>{};
  for (size_t c = 0; c < 0x20; ++c) table[c] = true;
  table['"'] = table['\\'] = table[0x7f] = true;
  return table;
}();

template <class Number>
void append_number(std::string& out, Number number) {
  auto text = std::array<char, 32>{};
  auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  out.append(text.data(), end);
}

/// The shortest digits that read back as the same number, laid out as jq does: plain from 1e-4 on
/// while there are no more than 15 zeros to add, else with an exponent of two digits at least.
void append_double(std::string& out, double d) {
  if (std::isnan(d)) {
    out += "null";
    return;
  }
  if (std::isinf(d)) d = std::copysign(std::numeric_limits<double>::max(), d);
  auto text = std::array<char, 32>{};
  auto end =
      std::to_chars(text.data(), text.data() + text.size(), d, std::chars_format::scientific).ptr;
  auto written = std::string_view(text.data(), static_cast<size_t>(end - text.data()));
  if (written.front() == '-') {
    out += '-';
    written.remove_prefix(1);
  }
  auto mark = written.find('e');
  auto digits = std::string(1, written.front());
  if (mark > 2) digits += written.substr(2, mark - 2);
  auto exponent = 0; // of the first digit
  auto from = mark + (written[mark + 1] == '+' ? 2 : 1);
  std::from_chars(written.data() + from, written.data() + written.size(), exponent);
  auto point = exponent + 1; // digits before the point
  auto count = static_cast<int>(digits.size());
  // Without a point or an exponent it would be read back as an integer, and those are exact here.
  auto as_integer = std::fabs(d) >= 0x1p53 && std::fabs(d) < 0x1p63;
  if (point <= -4 || point > count + 15 || as_integer) {
    out += digits.substr(0, 1);
    if (count > 1) out.append(".").append(digits, 1);
    out += written.substr(mark);
  } else if (point <= 0) {
    out.append("0.").append(static_cast<size_t>(-point), '0').append(digits);
  } else if (point < count) {
    out.append(digits, 0, static_cast<size_t>(point)).append(".");
    out.append(digits, static_cast<size_t>(point));
  } else {
    out.append(digits).append(static_cast<size_t>(point - count), '0');
  }
}

void append_escape(std::string& out, char c) {
  switch (c) {
  case '"':
    out += "\\\"";
    return;
  case '\\':
    out += "\\\\";
    return;
  case '\b':
    out += "\\b";
    return;
  case '\f':
    out += "\\f";
    return;
  case '\n':
    out += "\\n";
    return;
  case '\r':
    out += "\\r";
    return;
  case '\t':
    out += "\\t";
    return;
  default:
    break;
  }
  constexpr std::string_view hex = "0123456789abcdef";
  auto byte = static_cast<unsigned char>(c);
  out += "\\u00";
  out += hex[byte >> 4];
  out += hex[byte & 0x0f];
}

void append_scalar(std::string& out, const value& v) {
  switch (v.type()) {
  case value::kind::boolean:
    out += v.as_bool() ? "true" : "false";
    return;
  case value::kind::integer:
    append_number(out, v.as_int());
    return;
  case value::kind::number:
    append_double(out, v.as_double());
    return;
  case value::kind::string:
    append_json_string(out, v.as_string());
    return;
  default:
    out += "null";
  }
}

void new_line(std::string& out, size_t level) {
  out += '\n';
  out.append(level * 2, ' ');
}

void append_pretty(std::string& out, const value& v, size_t level) {
  auto separator = "";
  if (v.is_array() && v.size() != 0) {
    out += '[';
    for (const auto& item : v.items()) {
      out += std::exchange(separator, ",");
      new_line(out, level + 1);
      append_pretty(out, item, level + 1);
    }
    new_line(out, level);
    out += ']';
  } else if (v.is_object() && v.size() != 0) {
    out += '{';
    for (const auto& m : v.members()) {
      out += std::exchange(separator, ",");
      new_line(out, level + 1);
      append_json_string(out, m.key.as_string());
      out += ": ";
      append_pretty(out, m.item, level + 1);
    }
    new_line(out, level);
    out += '}';
  } else {
    append_json(out, v);
  }
}

} // namespace

void append_json(std::string& out, const value& v) {
  if (v.is_array()) {
    auto mark = '[';
    for (const auto& item : v.items()) {
      out += std::exchange(mark, ',');
      append_json(out, item);
    }
    out += v.size() == 0 ? "[]" : "]";
  } else if (v.is_object()) {
    auto mark = '{';
    for (const auto& m : v.members()) {
      out += std::exchange(mark, ',');
      append_json_string(out, m.key.as_string());
      out += ':';
      append_json(out, m.item);
    }
    out += v.size() == 0 ? "{}" : "}";
  } else {
    append_scalar(out, v);
  }
}

std::string to_json(const value& v) {
  auto out = std::string{};
  if (v.weight() < 1u << 16) out.reserve(v.weight());
  append_json(out, v);
  return out;
}

std::string to_pretty_json(const value& v) {
  auto out = std::string{};
  append_pretty(out, v, 0);
  return out;
}

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  size_t start = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (!needs_escape[static_cast<unsigned char>(text[i])]) continue;
    out.append(text, start, i - start);
    append_escape(out, text[i]);
    start = i + 1;
  }
  out.append(text, start);
  out += '"';
}

} // namespace steward::workflow
