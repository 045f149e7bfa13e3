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

/// jq's limit for what is read; what is written may be one level deeper.
constexpr uint32_t depth_limit = 10'000;

/// Like `append_json`, with a note in the place of what is nested too deeply.
void append_shallow(std::string& text, const value& v, uint32_t levels) {
  auto mark = v.is_array() ? '[' : '{';
  if (levels == 0) {
    text += "<skipped: too deep>";
  } else if (v.is_array() && v.size() != 0) {
    for (const auto& item : v.items()) {
      text += std::exchange(mark, ',');
      append_shallow(text, item, levels - 1);
    }
    text += ']';
  } else if (v.is_object() && v.size() != 0) {
    for (const auto& m : v.members()) {
      text += std::exchange(mark, ',');
      append_json_string(text, m.key.as_string());
      text += ':';
      append_shallow(text, m.item, levels - 1);
    }
    text += '}';
  } else {
    append_json(text, v);
  }
}

bool tojson(evaluation& e, const value& in, const value*, value& out) {
  e.spend_on(in);
  e.require_stack(in.depth() * size_t{384});
  allocation_budget::charge(in.weight());
  if (in.depth() <= depth_limit + 1) {
    out = value(to_json(in));
    return true;
  }
  auto text = std::string{};
  append_shallow(text, in, depth_limit + 1);
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
  auto read = parse_json(text, {depth_limit, std::numeric_limits<size_t>::max(), true});
  if (!read && read.error().reason == "the text is nested too deeply")
    return e.fail("Exceeds depth limit for parsing");
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

bool change_case(evaluation& e, const value& in, value& out, char first, int by) {
  if (!in.is_string()) return e.fail("explode input must be a string");
  e.spend(in.size() / 64);
  allocation_budget::charge(in.size());
  auto text = std::string(in.as_string());
  for (auto& c : text)
    if (c >= first && c < first + 26) c = static_cast<char>(c + by);
  out = value(text);
  return true;
}

bool ascii_downcase(evaluation& e, const value& in, const value*, value& out) {
  return change_case(e, in, out, 'A', 32);
}
bool ascii_upcase(evaluation& e, const value& in, const value*, value& out) {
  return change_case(e, in, out, 'a', -32);
}

/// Unicode's white space past ASCII.
constexpr auto wide_spaces = std::to_array<std::string_view>(
    {"\u0085", "\u00a0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005",
     "\u2006", "\u2007", "\u2008", "\u2009", "\u200a", "\u2028", "\u2029", "\u202f", "\u205f",
     "\u3000"});

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

bool ltrimstr(evaluation& e, const value& in, const value* args, value& out) {
  if (!both_texts(e, in, args[0], "startswith()")) return false;
  e.spend(in.size() / 64);
  auto text = in.as_string(), cut = args[0].as_string();
  if (text.starts_with(cut)) text.remove_prefix(cut.size());
  out = value(text);
  return true;
}
bool rtrimstr(evaluation& e, const value& in, const value* args, value& out) {
  if (!both_texts(e, in, args[0], "endswith()")) return false;
  e.spend(in.size() / 64);
  auto text = in.as_string(), cut = args[0].as_string();
  if (text.ends_with(cut)) text.remove_suffix(cut.size());
  out = value(text);
  return true;
}
bool trimstr(evaluation& e, const value& in, const value* args, value& out) {
  auto left = value{};
  return ltrimstr(e, in, args, left) && rtrimstr(e, left, args, out);
}

/// Bytes of the white space that a text begins with, or ends with; 0 if it does not.
size_t leading_space(std::string_view text) {
  if (text.empty()) return 0;
  auto c = static_cast<unsigned char>(text[0]);
  if (c == ' ' || (c >= '\t' && c <= '\r')) return 1;
  for (auto space : wide_spaces)
    if (text.starts_with(space)) return space.size();
  return 0;
}
size_t trailing_space(std::string_view text) {
  if (text.empty()) return 0;
  if (leading_space(text.substr(text.size() - 1)) == 1) return 1;
  for (auto space : wide_spaces)
    if (text.ends_with(space)) return space.size();
  return 0;
}

bool trim_space(evaluation& e, const value& in, value& out, bool left, bool right) {
  if (!in.is_string()) return e.fail("trim input must be a string");
  auto text = in.as_string();
  e.spend(text.size() / 16);
  if (left)
    while (auto n = leading_space(text)) text.remove_prefix(n);
  if (right)
    while (auto n = trailing_space(text)) text.remove_suffix(n);
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

/// Follows jq's definition, `.+$x` and `.+item` in turn, in one pass: numbers and booleans are
/// written out, null is nothing, and what can't be added is named beside the text so far.
bool join(evaluation& e, const value& in, const value* args, value& out) {
  const auto& separator = args[0];
  if (!in.is_array() && !in.is_object()) return e.fail("Cannot iterate over " + described(in));
  auto text = std::string{};
  auto first = true;
  auto cannot_add = [&](const value& what) {
    return e.fail(described(value(text)) + " and " + described(what) + " cannot be added");
  };
  auto append = [&](const value& item) {
    e.spend(1 + item.size() / 64);
    auto piece = value("");
    if (!first && !separator.is_string() && !separator.is_null()) return cannot_add(separator);
    if (!first && separator.is_string()) {
      allocation_budget::charge(separator.size());
      text += separator.as_string();
    }
    first = false;
    if (item.is_array() || item.is_object()) return cannot_add(item);
    if (!item.is_null() && !tostring(e, item, nullptr, piece)) return false;
    allocation_budget::charge(piece.size());
    text += piece.as_string();
    return true;
  };
  if (in.is_array()) {
    for (const auto& item : in.items())
      if (!append(item)) return false;
  } else {
    for (const auto& m : in.members())
      if (!append(m.item)) return false;
  }
  out = value(text);
  return true;
}

bool explode(evaluation& e, const value& in, const value*, value& out) {
  if (!in.is_string()) return e.fail("explode input must be a string");
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
  if (!in.is_array()) return e.fail("implode input must be an array");
  auto text = std::string{};
  allocation_budget::charge(in.size() * 4);
  e.spend(in.size() / 4);
  for (const auto& item : in.items()) {
    if (!item.is_number() || std::isnan(item.as_double()))
      return e.fail(described(item) + " can't be imploded, unicode codepoint needs to be numeric");
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
  auto found = value::empty_array();
  if (in.is_string() && part.is_string()) {
    auto text = in.as_string(), wanted = part.as_string();
    e.spend(text.size() / 16);
    if (wanted.empty()) {
      out = std::move(found);
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
  if (!in.is_array() || part.is_array()) return get(e, in, part, out);
  for (size_t i = 0; i < in.size(); ++i)
    if (e.spend(1), compare(e, in.items()[i], part) == 0) found.push_back(static_cast<int64_t>(i));
  out = std::move(found);
  return true;
}

/// `indices | .[0]` and `indices | .[-1:][0]`: of null there is nothing, of what an object has
/// instead there may be an error.
bool index(evaluation& e, const value& in, const value* args, value& out) {
  auto all = value{};
  return indices(e, in, args, all) && get(e, all, 0, out);
}
bool rindex(evaluation& e, const value& in, const value* args, value& out) {
  auto all = value{}, last = value{};
  return indices(e, in, args, all) && slice(e, all, -1, value{}, last) && get(e, last, 0, out);
}

/// `_strindices` of jq's own tests: of texts only.
bool text_indices(evaluation& e, const value& in, const value* args, value& out) {
  if (!in.is_string()) return e.fail(described(in) + " cannot be searched, as it is not a string");
  if (!args[0].is_string()) return e.fail(described(args[0]) + " is not a string");
  return indices(e, in, args, out);
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
    {"_strindices", 1, text_indices},
});

} // namespace

native_rows text_natives() { return {rows.data(), rows.size()}; }

} // namespace steward::workflow::jq
