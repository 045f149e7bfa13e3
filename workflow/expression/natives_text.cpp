#include "workflow/expression/access.hpp"
#include "workflow/expression/evaluation.hpp"
#include "workflow/expression/natives.hpp"
#include "workflow/expression/order.hpp"
#include "workflow/json.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

/// Functions on texts, and between texts and values.
namespace steward::workflow::jq {

namespace {

bool tojson(evaluation& e, const value& in, const value*, value& out) {
  e.spend_on(in);
  e.require_stack(in.depth() * size_t{384});
  allocation_budget::charge(in.weight());
  auto text = to_json(in);
  out = value(text);
  return true;
}

bool tostring(evaluation& e, const value& in, const value* args, value& out) {
  if (!in.is_string()) return tojson(e, in, args, out);
  out = in;
  return true;
}

bool fromjson(evaluation& e, const value& in, const value*, value& out) {
  if (!in.is_string()) return e.fail(described(in) + " only strings can be parsed");
  auto text = in.as_string();
  e.spend(text.size() / 16);
  if (text == "nan" || text == "NaN" || text == "-NaN") {
    out = std::numeric_limits<double>::quiet_NaN();
    return true;
  }
  auto read = parse_json(text, json_limits{value::max_depth, std::numeric_limits<size_t>::max()});
  if (!read)
    return e.fail(read.error().reason + " at byte " + std::to_string(read.error().offset) +
                  " (while parsing '" + std::string(text.substr(0, 200)) + "')");
  out = std::move(*read);
  return true;
}

/// What jq takes for a number: JSON's form, and also "+1", ".5", "5." and leading zeros.
bool read_number(std::string_view text, value& out) {
  auto rest = text;
  auto negative = rest.starts_with('-');
  if (negative || rest.starts_with('+')) rest.remove_prefix(1);
  if (rest == "nan" || rest == "NaN") {
    out = std::numeric_limits<double>::quiet_NaN();
    return true;
  }
  if (rest.empty() || !(rest[0] == '.' || (rest[0] >= '0' && rest[0] <= '9'))) return false;
  if (text.starts_with('+')) text = rest;
  int64_t exact = 0;
  auto end = text.data() + text.size();
  if (auto [stop, ec] = std::from_chars(text.data(), end, exact);
      ec == std::errc{} && stop == end && !(negative && exact == 0)) {
    out = exact;
    return true;
  }
  auto d = 0.0;
  auto [stop, ec] = std::from_chars(text.data(), end, d);
  if (stop != end || ec == std::errc::invalid_argument) return false;
  if (ec == std::errc::result_out_of_range) d = std::strtod(std::string(text).c_str(), nullptr);
  out = std::isinf(d) ? std::copysign(std::numeric_limits<double>::max(), d) : d;
  return true;
}

bool tonumber(evaluation& e, const value& in, const value*, value& out) {
  if (in.is_number()) {
    out = in;
    return true;
  }
  if (in.is_string() && read_number(in.as_string(), out)) return true;
  return e.fail(described(in) + " cannot be parsed as a number");
}

bool toboolean(evaluation& e, const value& in, const value*, value& out) {
  if (in.is_bool())
    out = in;
  else if (in.is_string() && (in.as_string() == "true" || in.as_string() == "false"))
    out = in.as_string() == "true";
  else
    return e.fail(described(in) + " cannot be parsed as a boolean");
  return true;
}

bool utf8bytelength(evaluation& e, const value& in, const value*, value& out) {
  if (!in.is_string()) return e.fail(described(in) + " only strings have UTF-8 byte length");
  out = static_cast<int64_t>(in.size());
  return true;
}

bool change_case(evaluation& e, const value& in, value& out, std::string_view name, char first,
                 int by) {
  if (!in.is_string()) return e.fail(std::string(name) + " input must be a string");
  e.spend(in.size() / 64);
  allocation_budget::charge(in.size());
  auto text = std::string(in.as_string());
  for (auto& c : text)
    if (c >= first && c < first + 26) c = static_cast<char>(c + by);
  out = value(text);
  return true;
}

bool ascii_downcase(evaluation& e, const value& in, const value*, value& out) {
  return change_case(e, in, out, "ascii_downcase", 'A', 32);
}
bool ascii_upcase(evaluation& e, const value& in, const value*, value& out) {
  return change_case(e, in, out, "ascii_upcase", 'a', -32);
}

bool both_texts(evaluation& e, const value& a, const value& b, std::string_view name) {
  return (a.is_string() && b.is_string()) || e.fail(std::string(name) + " requires string inputs");
}

bool startswith(evaluation& e, const value& in, const value* args, value& out) {
  if (!both_texts(e, in, args[0], "startswith()")) return false;
  out = in.as_string().starts_with(args[0].as_string());
  return true;
}
bool endswith(evaluation& e, const value& in, const value* args, value& out) {
  if (!both_texts(e, in, args[0], "endswith()")) return false;
  out = in.as_string().ends_with(args[0].as_string());
  return true;
}

bool without(evaluation& e, const value& in, const value& affix, value& out, bool left,
             bool right) {
  if (!both_texts(e, in, affix, left ? "startswith()" : "endswith()")) return false;
  auto text = in.as_string(), cut = affix.as_string();
  e.spend(text.size() / 64);
  if (left && text.starts_with(cut)) text.remove_prefix(cut.size());
  if (right && text.ends_with(cut)) text.remove_suffix(cut.size());
  out = value(text);
  return true;
}
bool ltrimstr(evaluation& e, const value& in, const value* args, value& out) {
  return without(e, in, args[0], out, true, false);
}
bool rtrimstr(evaluation& e, const value& in, const value* args, value& out) {
  return without(e, in, args[0], out, false, true);
}
bool trimstr(evaluation& e, const value& in, const value* args, value& out) {
  return without(e, in, args[0], out, true, true);
}

bool trim_space(evaluation& e, const value& in, value& out, bool left, bool right) {
  constexpr std::string_view space = " \t\n\v\f\r";
  if (!in.is_string()) return e.fail(described(in) + " cannot be trimmed");
  auto text = in.as_string();
  e.spend(text.size() / 64);
  if (left) text.remove_prefix(std::min(text.find_first_not_of(space), text.size()));
  if (right) text = text.substr(0, text.find_last_not_of(space) + 1);
  out = value(text);
  return true;
}
bool trim(evaluation& e, const value& in, const value*, value& out) {
  return trim_space(e, in, out, true, true);
}
bool ltrim(evaluation& e, const value& in, const value*, value& out) {
  return trim_space(e, in, out, true, false);
}
bool rtrim(evaluation& e, const value& in, const value*, value& out) {
  return trim_space(e, in, out, false, true);
}

bool split(evaluation& e, const value& in, const value* args, value& out) {
  if (!in.is_string() || !args[0].is_string())
    return e.fail("split input and separator must be strings");
  return operate(e, binary_op::divide, in, args[0], out);
}

bool join(evaluation& e, const value& in, const value* args, value& out) {
  if (!in.is_array()) return e.fail("Cannot iterate over " + described(in));
  auto text = std::string{};
  auto separator = args[0];
  if (in.size() != 0 && !separator.is_string() && !(separator.is_null() || in.size() == 1))
    return e.fail("string (\"\") and " + described(separator) + " cannot be added");
  for (size_t i = 0; i < in.size(); ++i) {
    const auto& item = in.items()[i];
    e.spend(1 + item.size() / 64);
    auto piece = value("");
    if (item.is_array() || item.is_object())
      return e.fail(described(value(text)) + " and " + described(item) + " cannot be added");
    if (!item.is_null() && !tostring(e, item, nullptr, piece)) return false;
    allocation_budget::charge(piece.size() + separator.size());
    if (i != 0 && separator.is_string()) text += separator.as_string();
    text += piece.as_string();
  }
  out = value(text);
  return true;
}

bool explode(evaluation& e, const value& in, const value*, value& out) {
  if (!in.is_string()) return e.fail(described(in) + " cannot be exploded");
  e.spend(in.size() / 4);
  auto points = value::empty_array();
  auto text = in.as_string();
  for (size_t i = 0; i < text.size();) {
    auto lead = static_cast<unsigned char>(text[i]);
    auto length = lead < 0x80 ? size_t{1} : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    auto point = static_cast<int>(length == 1 ? lead : lead & (0x7f >> length));
    for (size_t k = 1; k < length && i + k < text.size(); ++k)
      point = (point << 6) | (static_cast<unsigned char>(text[i + k]) & 0x3f);
    points.push_back(point);
    i += length;
  }
  out = std::move(points);
  return true;
}

bool implode(evaluation& e, const value& in, const value*, value& out) {
  if (!in.is_array()) return e.fail(described(in) + " cannot be imploded, it must be an array");
  auto text = std::string{};
  allocation_budget::charge(in.size() * 4);
  e.spend(in.size() / 4);
  for (const auto& item : in.items()) {
    if (!item.is_number())
      return e.fail("Unicode codepoint must be numeric, not " + described(item));
    auto d = std::trunc(item.as_double());
    auto valid = d >= 0 && d <= 0x10ffff && !(d >= 0xd800 && d < 0xe000);
    auto c = valid ? static_cast<uint32_t>(d) : 0xfffdu;
    auto put = [&](uint32_t byte) { text.push_back(static_cast<char>(byte)); };
    if (c >= 0x10000) put(0xf0 | (c >> 18));
    if (c >= 0x800) put(c >= 0x10000 ? 0x80 | ((c >> 12) & 0x3f) : 0xe0 | (c >> 12));
    if (c >= 0x80) put(c >= 0x800 ? 0x80 | ((c >> 6) & 0x3f) : 0xc0 | (c >> 6));
    put(c >= 0x80 ? 0x80 | (c & 0x3f) : c);
  }
  out = value(text);
  return true;
}

/// All places of one text in another, in code points; or of an array or an item in an array.
bool indices(evaluation& e, const value& in, const value* args, value& out) {
  const auto& part = args[0];
  if (in.is_null()) {
    out = value{};
    return true;
  }
  auto found = value::empty_array();
  if (in.is_string() && part.is_string()) {
    auto text = in.as_string(), wanted = part.as_string();
    e.spend(text.size() / 16);
    if (wanted.empty()) {
      out = value{};
      return true;
    }
    int64_t point = 0;
    size_t counted = 0;
    for (auto at = text.find(wanted); at != text.npos; at = text.find(wanted, at + 1)) {
      e.spend(1 + wanted.size() / 64);
      for (; counted < at; ++counted)
        if ((static_cast<unsigned char>(text[counted]) & 0xc0) != 0x80) ++point;
      found.push_back(point);
    }
    out = std::move(found);
    return true;
  }
  if (in.is_array() && part.is_array()) {
    return get(e, in, part, out);
  }
  if (!in.is_array())
    return e.fail("Cannot determine the indices of " + described(part) + " in " + described(in));
  for (size_t i = 0; i < in.size(); ++i)
    if (e.spend(1), compare(e, in.items()[i], part) == 0) found.push_back(static_cast<int64_t>(i));
  out = std::move(found);
  return true;
}

bool index(evaluation& e, const value& in, const value* args, value& out) {
  auto all = value{};
  if (!indices(e, in, args, all)) return false;
  out = all.size() == 0 ? value{} : all.items().front();
  return true;
}
bool rindex(evaluation& e, const value& in, const value* args, value& out) {
  auto all = value{};
  if (!indices(e, in, args, all)) return false;
  out = all.size() == 0 ? value{} : all.items().back();
  return true;
}

constexpr auto rows = std::to_array<native>({
    {"tojson", 0, tojson},
    {"tostring", 0, tostring},
    {"fromjson", 0, fromjson},
    {"tonumber", 0, tonumber},
    {"toboolean", 0, toboolean},
    {"utf8bytelength", 0, utf8bytelength},
    {"ascii_downcase", 0, ascii_downcase},
    {"ascii_upcase", 0, ascii_upcase},
    {"startswith", 1, startswith},
    {"endswith", 1, endswith},
    {"ltrimstr", 1, ltrimstr},
    {"rtrimstr", 1, rtrimstr},
    {"trimstr", 1, trimstr},
    {"trim", 0, trim},
    {"ltrim", 0, ltrim},
    {"rtrim", 0, rtrim},
    {"split", 1, split},
    {"join", 1, join},
    {"explode", 0, explode},
    {"implode", 0, implode},
    {"indices", 1, indices},
    {"index", 1, index},
    {"rindex", 1, rindex},
});

} // namespace

native_rows text_natives() { return {rows.data(), rows.size()}; }

} // namespace steward::workflow::jq
