#include "workflow/expression/evaluation.hpp"
#include "workflow/expression/natives.hpp"
#include "workflow/expression/order.hpp"
#include "workflow/json.hpp"

#include <algorithm>
#include <array>
#include <cmath>

/// `@base64` and its relatives.
namespace steward::workflow::jq {

namespace {

/// The value as text: itself, or its JSON.
bool as_text(evaluation& e, const value& in, value& out) {
  static const auto* tostring = find_native("tostring", 0);
  if (!tostring->call(e, in, nullptr, out)) return false;
  e.spend(out.size() / 16);
  allocation_budget::charge(out.size() * 6); // no format makes more of a byte
  return true;
}

bool text(evaluation& e, const value& in, const value*, value& out) { return as_text(e, in, out); }

bool json(evaluation& e, const value& in, const value*, value& out) {
  static const auto* tojson = find_native("tojson", 0);
  return tojson->call(e, in, nullptr, out);
}

/// Each character replaced by what `with` gives for it, or kept where that is null. NUL, which no
/// format can carry, becomes `\0`.
template <class Replace>
std::string replaced(std::string_view in, Replace with) {
  auto out = std::string{};
  for (auto c : in)
    if (const char* other = c == '\0' ? "\\0" : with(c))
      out += other;
    else
      out += c;
  return out;
}

/// A row of scalars with separators between them.
template <class Quote>
bool row(evaluation& e, const value& in, value& out, std::string_view name,
         std::string_view separator, Quote quote) {
  if (!in.is_array())
    return e.fail(described(in) + " cannot be " + std::string(name) + "-formatted, only array");
  auto made = std::string{};
  for (size_t i = 0; i < in.size(); ++i) {
    const auto& item = in.items()[i];
    if (i != 0) made += separator;
    if (item.is_array() || item.is_object())
      return e.fail(described(item) + " is not valid in a csv row");
    auto piece = value{};
    auto nothing = item.is_null() || (item.is_number() && std::isnan(item.as_double()));
    if (!nothing && !as_text(e, item, piece)) return false;
    if (item.is_string())
      made += quote(piece.as_string());
    else if (!nothing)
      made += piece.as_string();
  }
  out = value(made);
  return true;
}

bool csv(evaluation& e, const value& in, const value*, value& out) {
  return row(e, in, out, "csv", ",", [](std::string_view s) {
    return '"' + replaced(s, [](char c) { return c == '"' ? "\"\"" : nullptr; }) + '"';
  });
}

bool tsv(evaluation& e, const value& in, const value*, value& out) {
  return row(e, in, out, "tsv", "\t", [](std::string_view s) {
    return replaced(s, [](char c) {
      return c == '\t'   ? "\\t"
             : c == '\n' ? "\\n"
             : c == '\r' ? "\\r"
             : c == '\\' ? "\\\\"
                         : nullptr;
    });
  });
}

bool html(evaluation& e, const value& in, const value*, value& out) {
  auto plain = value{};
  if (!as_text(e, in, plain)) return false;
  out = value(replaced(plain.as_string(), [](char c) {
    return c == '<'    ? "&lt;"
           : c == '>'  ? "&gt;"
           : c == '&'  ? "&amp;"
           : c == '\'' ? "&apos;"
           : c == '"'  ? "&quot;"
                       : nullptr;
  }));
  return true;
}

bool shell(evaluation& e, const value& in, const value*, value& out) {
  auto made = std::string{};
  auto one = [&](const value& item) {
    auto piece = value{};
    if (item.is_array() || item.is_object())
      return e.fail(described(item) + " can not be escaped for shell");
    if (!as_text(e, item, piece)) return false;
    if (item.is_string())
      made += '\'' +
              replaced(piece.as_string(), [](char c) { return c == '\'' ? "'\\''" : nullptr; }) +
              '\'';
    else
      made += piece.as_string();
    return true;
  };
  if (!in.is_array()) {
    if (!one(in)) return false;
  } else {
    for (size_t i = 0; i < in.size(); ++i) {
      if (i != 0) made += ' ';
      if (!one(in.items()[i])) return false;
    }
  }
  out = value(made);
  return true;
}

bool uri(evaluation& e, const value& in, const value*, value& out) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  auto plain = value{};
  if (!as_text(e, in, plain)) return false;
  auto made = std::string{};
  for (auto c : plain.as_string()) {
    auto byte = static_cast<unsigned char>(c);
    auto kept = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                c == '-' || c == '_' || c == '.' || c == '~';
    if (kept) {
      made += c;
    } else {
      made += '%';
      made += hex[byte >> 4];
      made += hex[byte & 0x0f];
    }
  }
  out = value(made);
  return true;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// Bytes of the sequence that begins with this one, as jq counts them: 1 where none can.
size_t announced_length(char first) {
  auto byte = static_cast<unsigned char>(first);
  if (byte < 0xc2 || byte > 0xf4) return 1;
  return byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}

/// Bytes may be anything, but a text is UTF-8: each malformed sequence becomes U+FFFD, up to the
/// byte that does not continue it.
value text_of_bytes(std::string_view bytes) {
  if (is_utf8(bytes)) return value(bytes);
  auto made = std::string{};
  while (!bytes.empty()) {
    auto wanted = std::min(announced_length(bytes[0]), bytes.size());
    auto whole = is_utf8(bytes.substr(0, wanted));
    auto length = size_t{1};
    auto cut_off = wanted < announced_length(bytes[0]);
    while (length < wanted &&
           (cut_off || (static_cast<unsigned char>(bytes[length]) & 0xc0) == 0x80))
      ++length;
    made += whole ? bytes.substr(0, wanted) : "\xef\xbf\xbd";
    bytes.remove_prefix(whole ? wanted : length);
  }
  return value(made);
}

bool urid(evaluation& e, const value& in, const value*, value& out) {
  auto plain = value{};
  if (!as_text(e, in, plain)) return false;
  auto coded = plain.as_string();
  auto made = std::string{};
  auto malformed = [&] { return e.fail(described(plain) + " is not a valid uri encoding"); };
  for (size_t i = 0; i < coded.size(); ++i) {
    if (coded[i] != '%') {
      made += coded[i];
      continue;
    }
    auto high = i + 2 < coded.size() ? hex_digit(coded[i + 1]) : -1;
    auto low = i + 2 < coded.size() ? hex_digit(coded[i + 2]) : -1;
    if (high < 0 || low < 0) return malformed();
    made += static_cast<char>(high * 16 + low);
    i += 2;
  }
  if (!is_utf8(made)) return malformed();
  out = value(made);
  return true;
}

/// Groups of `Bits` bits become characters of the alphabet, padded to whole blocks.
template <unsigned Bits>
std::string encoded(std::string_view bytes, std::string_view alphabet, size_t block) {
  auto out = std::string{};
  uint32_t pending = 0;
  unsigned count = 0;
  for (auto c : bytes) {
    pending = (pending << 8) | static_cast<unsigned char>(c);
    count += 8;
    while (count >= Bits) {
      count -= Bits;
      out += alphabet[(pending >> count) & ((1u << Bits) - 1)];
    }
  }
  if (count > 0) out += alphabet[(pending << (Bits - count)) & ((1u << Bits) - 1)];
  while (out.size() % block != 0) out += '=';
  return out;
}

/// What a coded text is worth: all of it, something with a stranger in it, or with a character left
/// over that is no whole byte.
enum class coded_text : uint8_t { whole, malformed, trailing };

/// Reads up to the first padding.
template <unsigned Bits>
coded_text decoded(std::string_view coded, std::string_view alphabet, std::string& out) {
  uint32_t pending = 0;
  unsigned count = 0;
  for (auto c : coded.substr(0, coded.find('='))) {
    auto digit = alphabet.find(c);
    if (digit == alphabet.npos) return coded_text::malformed;
    pending = (pending << Bits) | static_cast<uint32_t>(digit);
    count += Bits;
    if (count < 8) continue;
    count -= 8;
    out += static_cast<char>((pending >> count) & 0xff);
  }
  return count < Bits ? coded_text::whole : coded_text::trailing;
}

constexpr std::string_view base64_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view base32_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

bool base64(evaluation& e, const value& in, const value*, value& out) {
  auto plain = value{};
  if (!as_text(e, in, plain)) return false;
  out = value(encoded<6>(plain.as_string(), base64_alphabet, 4));
  return true;
}

bool base32(evaluation& e, const value& in, const value*, value& out) {
  auto plain = value{};
  if (!as_text(e, in, plain)) return false;
  out = value(encoded<5>(plain.as_string(), base32_alphabet, 8));
  return true;
}

template <unsigned Bits>
bool decode(evaluation& e, const value& in, std::string_view alphabet, std::string_view name,
            value& out) {
  auto coded = value{};
  auto bytes = std::string{};
  if (!as_text(e, in, coded)) return false;
  auto found = decoded<Bits>(coded.as_string(), alphabet, bytes);
  if (found == coded_text::malformed)
    return e.fail(described(coded) + " is not valid " + std::string(name) + " data");
  if (found == coded_text::trailing)
    return e.fail(described(coded) + " trailing " + std::string(name) + " byte found");
  out = text_of_bytes(bytes);
  return true;
}

bool base64d(evaluation& e, const value& in, const value*, value& out) {
  return decode<6>(e, in, base64_alphabet, "base64", out);
}

bool base32d(evaluation& e, const value& in, const value*, value& out) {
  return decode<5>(e, in, base32_alphabet, "base32", out);
}

/// `format("csv")`: the format is found by its name.
bool format(evaluation& e, const value& in, const value* args, value& out) {
  if (!args[0].is_string()) return e.fail(described(args[0]) + " is not a valid format");
  allocation_budget::charge(2 * args[0].size());
  auto name = "@" + std::string(args[0].as_string());
  const auto* found = find_native(name, 0);
  return found ? found->call(e, in, nullptr, out)
               : e.fail(name.substr(1) + " is not a valid format");
}

constexpr auto rows = std::to_array<native>({
    {"@text", 0, text},
    {"@json", 0, json},
    {"@csv", 0, csv},
    {"@tsv", 0, tsv},
    {"@html", 0, html},
    {"@sh", 0, shell},
    {"@uri", 0, uri},
    {"@urid", 0, urid},
    {"@base64", 0, base64},
    {"@base64d", 0, base64d},
    {"@base32", 0, base32},
    {"@base32d", 0, base32d},
    {"format", 1, format},
});

} // namespace

native_rows format_natives() { return {rows.data(), rows.size()}; }

} // namespace steward::workflow::jq
