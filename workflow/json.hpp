#pragma once

#include "workflow/value.hpp"

namespace steward::workflow {

/// Where and why a text is not JSON. `offset` is in bytes.
struct json_error {
  std::string reason;
  size_t offset = 0;
};

struct json_limits {
  uint32_t depth = 512;
  size_t bytes = 64u << 20;
  /// Takes jq's words for numbers that JSON does not have: nan and infinity, signed, in any case.
  bool non_finite = false;
};

/// Reads one JSON text (RFC 8259), strictly: valid UTF-8, no trailing content, no duplicate-key
/// error (the last wins), numbers exact to 64 bits and doubles beyond. Never recurses past the
/// limit; linear in the text's size.
outcome<value, json_error> parse_json(std::string_view text, const json_limits& limits = {});

/// Appends the compact JSON text. NaN is written as null and infinities as the largest double,
/// as jq does.
void append_json(std::string& out, const value& v);
std::string to_json(const value& v);
/// Indented by two spaces, for people.
std::string to_pretty_json(const value& v);
/// Appends the text as a JSON string with its quotes.
void append_json_string(std::string& out, std::string_view text);

/// True if the bytes are well-formed UTF-8 (no surrogates, no overlong forms).
bool is_utf8(std::string_view bytes) noexcept;

} // namespace steward::workflow
