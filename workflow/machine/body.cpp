#include "workflow/machine/body.hpp"

#include "workflow/json.hpp"
#include "workflow/machine/address.hpp"
#include "workflow/machine/data_size.hpp"
#include "workflow/machine/errors.hpp"

#include <algorithm>

namespace steward::workflow {

namespace {

/// The media type without its parameters, in lower case.
std::string media_type(std::string_view content_type) {
  auto plain = content_type.substr(0, content_type.find(';'));
  while (plain.ends_with(' ')) plain.remove_suffix(1);
  auto out = std::string{plain};
  for (auto& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  return out;
}

/// The parameter `boundary`, or nothing.
std::string boundary_of(std::string_view content_type) {
  constexpr std::string_view name = "boundary=";
  auto at = content_type.find(name);
  if (at == content_type.npos) return {};
  auto text = content_type.substr(at + name.size());
  text = text.substr(0, text.find(';'));
  if (text.size() > 1 && text.starts_with('"') && text.ends_with('"'))
    text = text.substr(1, text.size() - 2);
  return std::string{text};
}

std::string form_of(const value& body) {
  auto out = std::string{};
  for (const auto& [key, item] : body.members()) append_form_field(out, key.as_string(), item);
  return out;
}

struct form_part {
  std::string head, content;
};

/// A name in a part's head: what would end it is percent-encoded, as browsers do.
std::string quoted(std::string_view name) {
  auto out = std::string{"\""};
  for (char c : name) {
    if (c == '"' || c == '\r' || c == '\n')
      append_percent_encoded(out, {&c, 1});
    else
      out += c;
  }
  return out + "\"";
}

void add_part(std::vector<form_part>& parts, std::string_view name, const value& v) {
  if (v.is_null()) return;
  if (v.is_array()) {
    for (const auto& item : v.items()) add_part(parts, name, item);
    return;
  }
  auto head = "Content-Disposition: form-data; name=" + quoted(name) + "\r\n";
  if (v.is_object()) {
    parts.push_back({head + "Content-Type: application/json\r\n", to_json(v)});
    return;
  }
  parts.push_back({head, scalar_text(v, "body", name)});
}

/// A line that stands in no part. It depends on nothing but the parts, so that an attempt that is
/// made again sends the same.
std::string find_boundary(const std::vector<form_part>& parts) {
  for (size_t i = 0;; ++i) {
    auto boundary = "steward-part-" + std::to_string(i);
    auto is_used = std::ranges::any_of(
        parts, [&](const auto& p) { return p.content.find(boundary) != std::string::npos; });
    if (!is_used) return boundary;
  }
}

std::string parts_of(const value& body, std::string& content_type) {
  auto parts = std::vector<form_part>{};
  for (const auto& [key, item] : body.members()) add_part(parts, key.as_string(), item);
  auto boundary = boundary_of(content_type);
  if (boundary.empty()) {
    boundary = find_boundary(parts);
    content_type = "multipart/form-data; boundary=" + boundary;
  }
  auto out = std::string{};
  for (const auto& p : parts)
    out += "--" + boundary + "\r\n" + p.head + "\r\n" + p.content + "\r\n";
  return out + "--" + boundary + "--\r\n";
}

} // namespace

void append_form_field(std::string& out, std::string_view name, const value& v) {
  if (v.is_null()) return;
  if (v.is_array()) {
    auto is_plain = std::ranges::none_of(
        v.items(), [](const value& item) { return item.is_array() || item.is_object(); });
    for (size_t i = 0; i < v.items().size(); ++i)
      append_form_field(
          out, is_plain ? std::string{name} : std::string{name} + "[" + std::to_string(i) + "]",
          v.items()[i]);
    return;
  }
  if (v.is_object()) {
    for (const auto& [key, item] : v.members())
      append_form_field(out, std::string{name} + "[" + std::string{key.as_string()} + "]", item);
    return;
  }
  if (!out.empty()) out += '&';
  append_percent_encoded(out, name);
  out += '=';
  append_percent_encoded(out, scalar_text(v, "body", name));
}

void set_body(http_call& call, const value& body, const machine_limits& limits) {
  auto check = [&](size_t size) {
    if (size > limits.data_bytes)
      fail_task("runtime",
                "the body is larger than " + std::to_string(limits.data_bytes) + " bytes");
  };
  check(json_size(body, limits.data_bytes));
  if (body.is_string()) {
    call.body = std::string{body.as_string()};
    return;
  }
  auto written = find_header(call.headers, "content-type");
  auto content_type = written ? *written : std::string{"application/json"};
  auto type = media_type(content_type);
  if (type == "application/x-www-form-urlencoded" && body.is_object())
    call.body = form_of(body);
  else if (type == "multipart/form-data" && body.is_object())
    call.body = parts_of(body, content_type);
  else
    call.body = to_json(body);
  check(call.body->size());
  if (!written || *written != content_type)
    put_header(call.headers, "content-type", std::move(content_type));
}

} // namespace steward::workflow
