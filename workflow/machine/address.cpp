#include "workflow/machine/address.hpp"

#include "workflow/json.hpp"
#include "workflow/machine/errors.hpp"

#include <algorithm>

namespace steward::workflow {

namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z');
}

bool is_token(std::string_view name) {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return !name.empty() && std::ranges::all_of(name, [&](char c) {
    return is_alphanumeric(c) || marks.find(c) != marks.npos;
  });
}

/// The transport writes these itself; a second opinion would let one request pass for two.
bool is_framing(std::string_view name) {
  for (auto framing : {"content-length", "transfer-encoding", "connection", "upgrade", "trailer"})
    if (same_name(name, framing)) return true;
  return false;
}

void check_header_text(std::string_view name, std::string_view text) {
  for (char c : text)
    if ((static_cast<unsigned char>(c) < ' ' && c != '\t') || c == '\x7f')
      refuse_field("headers", std::string{"`"}.append(name) + "` has a control character");
}

} // namespace

void refuse_field(std::string_view field, std::string_view reason) {
  fail_task("expression", std::string{"`"}.append(field).append("`: ").append(reason));
}

bool same_name(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, lower, lower);
}

void append_percent_encoded(std::string& out, std::string_view text) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  for (char c : text) {
    if (is_alphanumeric(c) || c == '-' || c == '.' || c == '_' || c == '~') {
      out += c;
      continue;
    }
    auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += hex[byte >> 4];
    out += hex[byte & 15];
  }
}

std::string scalar_text(const value& v, std::string_view field, std::string_view name) {
  if (v.is_string()) return std::string{v.as_string()};
  if (v.is_number() || v.is_bool()) return to_json(v);
  refuse_field(field, std::string{"`"}.append(name).append("` is no text, number or boolean"));
}

std::string checked_address(std::string_view text) {
  text = text.substr(0, text.find('#'));
  auto scheme_end = text.find("://");
  auto scheme = text.substr(0, scheme_end == text.npos ? 0 : scheme_end);
  if (!same_name(scheme, "http") && !same_name(scheme, "https"))
    refuse_field("endpoint", "an absolute http or https address was expected");
  auto host_begin = scheme_end + 3;
  auto host_end = std::min(text.find_first_of("/?", host_begin), text.size());
  if (host_end == host_begin) refuse_field("endpoint", "the address names no host");
  auto out = std::string{text.substr(0, host_end)};
  for (size_t i = 0; i < text.size(); ++i) {
    auto byte = static_cast<unsigned char>(text[i]);
    if (byte <= ' ' || byte == 0x7f || byte == '\\' || (byte > 0x7f && i < host_end))
      refuse_field("endpoint", "the address has a character that no address may have");
    if (i < host_end) continue;
    if (byte > 0x7f)
      append_percent_encoded(out, text.substr(i, 1));
    else
      out += text[i];
  }
  return out;
}

void begin_query(std::string& url) { url += url.find('?') == url.npos ? '?' : '&'; }

bool has_header(const header_list& headers, std::string_view name) {
  return std::ranges::any_of(headers, [&](const auto& h) { return same_name(h.first, name); });
}

const std::string* find_header(const header_list& headers, std::string_view name) {
  auto found =
      std::ranges::find_if(headers, [&](const auto& h) { return same_name(h.first, name); });
  return found != headers.end() ? &found->second : nullptr;
}

void put_header(header_list& headers, std::string_view name, std::string text) {
  check_header_text(name, text);
  std::erase_if(headers, [name](const auto& header) { return same_name(header.first, name); });
  headers.emplace_back(name, std::move(text));
}

header_list read_headers(const value& v) {
  auto headers = header_list{};
  if (v.is_null()) return headers;
  if (!v.is_object()) refuse_field("headers", "an object was expected");
  for (const auto& [key, item] : v.members()) {
    auto name = key.as_string();
    if (!is_token(name))
      refuse_field("headers", "`" + safe_text(name, 100) + "` is no header name");
    if (is_framing(name))
      refuse_field("headers", std::string{"`"}.append(name) + "` is set by the transport");
    if (!item.is_null()) put_header(headers, name, scalar_text(item, "headers", name));
  }
  return headers;
}

} // namespace steward::workflow
