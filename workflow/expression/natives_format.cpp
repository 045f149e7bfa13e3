#include "workflow/expression/evaluation.hpp"
#include "workflow/expression/natives.hpp"
#include "workflow/expression/order.hpp"
#include "workflow/json.hpp"

#include <array>

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

/// Each character replaced by what `with` gives for it, or kept where that is null.
template <class Replace>
std::string replaced(std::string_view in, Replace with) {
  auto out = std::string{};
  for (auto c : in)
    if (const char* other = with(c))
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
    if (!item.is_null() && !as_text(e, item, piece)) return false;
    if (item.is_string())
      made += quote(piece.as_string());
    else if (!item.is_null())
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

/// Bytes may be anything, but a text is UTF-8: what is malformed becomes U+FFFD.
value text_of_bytes(std::string_view bytes) {
  if (is_utf8(bytes)) return value(bytes);
  auto made = std::string{};
  while (!bytes.empty()) {
    auto length = size_t{1};
    while (length <= 4 && length <= bytes.size() && !is_utf8(bytes.substr(0, length))) ++length;
    auto whole = length <= 4 && length <= bytes.size();
    made += whole ? bytes.substr(0, length) : "\xef\xbf\xbd";
    bytes.remove_prefix(whole ? length : 1);
  }
  return value(made);
}

bool urid(evaluation& e, const value& in, const value*, value& out) {
  auto plain = value{};
  if (!as_text(e, in, plain)) return false;
  auto coded = plain.as_string();
  auto made = std::string{};
  for (size_t i = 0; i < coded.size(); ++i) {
    if (coded[i] != '%') {
      made += coded[i];
      continue;
    }
    auto high = i + 2 < coded.size() ? hex_digit(coded[i + 1]) : -1;
    auto low = i + 2 < coded.size() ? hex_digit(coded[i + 2]) : -1;
    if (high < 0 || low < 0) return e.fail(described(plain) + " is not a valid uri encoding");
    made += static_cast<char>(high * 16 + low);
    i += 2;
  }
  out = text_of_bytes(made);
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

/// False at a character that is not of the alphabet, and at a single one left over.
template <unsigned Bits>
bool decoded(std::string_view coded, std::string_view alphabet, std::string& out) {
  while (coded.ends_with('=')) coded.remove_suffix(1);
  uint32_t pending = 0;
  unsigned count = 0;
  for (auto c : coded) {
    auto digit = alphabet.find(c);
    if (digit == alphabet.npos) return false;
    pending = (pending << Bits) | static_cast<uint32_t>(digit);
    count += Bits;
    if (count < 8) continue;
    count -= 8;
    out += static_cast<char>((pending >> count) & 0xff);
  }
  return count < Bits;
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

bool base64d(evaluation& e, const value& in, const value*, value& out) {
  auto coded = value{};
  auto bytes = std::string{};
  if (!as_text(e, in, coded)) return false;
  if (!decoded<6>(coded.as_string(), base64_alphabet, bytes))
    return e.fail(described(coded) + " is not valid base64 data");
  out = text_of_bytes(bytes);
  return true;
}

bool base32d(evaluation& e, const value& in, const value*, value& out) {
  auto coded = value{};
  auto bytes = std::string{};
  if (!as_text(e, in, coded)) return false;
  if (!decoded<5>(coded.as_string(), base32_alphabet, bytes))
    return e.fail(described(coded) + " is not valid base32 data");
  out = text_of_bytes(bytes);
  return true;
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
});

} // namespace

native_rows format_natives() { return {rows.data(), rows.size()}; }

} // namespace steward::workflow::jq
