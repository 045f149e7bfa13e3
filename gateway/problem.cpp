#include "gateway/problem.hpp"

#include <algorithm>
#include <cstdint>

namespace steward::gateway {

namespace {

std::string_view title_of(ec code) {
  switch (code) {
  case ec::none:
    return "Internal error";
  case ec::invalid_request:
    return "Invalid request";
  case ec::invalid_definition:
    return "Invalid workflow definition";
  case ec::unprocessable:
    return "Unprocessable request";
  case ec::not_found:
    return "Not found";
  case ec::conflict:
    return "Conflict";
  case ec::overloaded:
    return "Too many requests";
  case ec::unavailable:
    return "Unavailable";
  case ec::forbidden:
    return "Forbidden";
  case ec::corrupt_data:
    return "Corrupt data";
  case ec::shutting_down:
    return "Shutting down";
  case ec::expression:
    return "The expression is wrong";
  case ec::precondition_failed:
    return "Precondition failed";
  }
  return "Internal error";
}

unsigned status_of(reply::kind what) {
  switch (what) {
  case reply::kind::created:
    return 201;
  case reply::kind::accepted:
    return 202;
  case reply::kind::no_content:
    return 204;
  default:
    return 200;
  }
}

/// How many bytes the UTF-8 sequence at the start of `text` has; 0 when it is none.
size_t sequence_length(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const auto first = byte(0);
  const size_t length = first < 0x80   ? 1
                        : first < 0xc2 ? 0
                        : first < 0xe0 ? 2
                        : first < 0xf0 ? 3
                        : first < 0xf5 ? 4
                                       : 0;
  if (length == 0 || length > text.size()) return 0;
  for (size_t i = 1; i < length; ++i)
    if ((byte(i) & 0xc0) != 0x80) return 0;
  // Overlong forms, surrogates and what lies past U+10FFFF.
  if (length > 2) {
    const auto second = byte(1);
    if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) ||
        (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f))
      return 0;
  }
  return length;
}

void append_member(std::string& out, std::string_view name, std::string_view text) {
  out.append(",\"").append(name).append("\":");
  append_json_string(out, text);
}

void append_errors(std::string& out, const std::vector<field_problem>& errors) {
  out += ",\"errors\":[";
  for (size_t i = 0; i < errors.size(); ++i) {
    const auto& e = errors[i];
    if (i > 0) out += ',';
    out += "{\"pointer\":";
    append_json_string(out, e.pointer);
    append_member(out, "detail", e.detail);
    if (!e.expected.empty()) append_member(out, "expected", e.expected);
    if (e.line > 0)
      out.append(",\"line\":")
          .append(std::to_string(e.line))
          .append(",\"column\":")
          .append(std::to_string(e.column));
    if (e.offset >= 0) out.append(",\"offset\":").append(std::to_string(e.offset));
    out += '}';
  }
  out += ']';
}

} // namespace

unsigned http_status(ec code) {
  switch (code) {
  case ec::none:
    return 500;
  case ec::invalid_request:
    return 400;
  case ec::invalid_definition:
    return 422;
  case ec::unprocessable:
    return 422;
  case ec::not_found:
    return 404;
  case ec::conflict:
    return 409;
  case ec::overloaded:
    return 429;
  case ec::unavailable:
    return 503;
  case ec::forbidden:
    return 403;
  case ec::corrupt_data:
    return 500;
  case ec::shutting_down:
    return 503;
  case ec::expression:
    return 422;
  case ec::precondition_failed:
    return 412;
  }
  return 500;
}

problem from_failure(failure f) {
  return {http_status(f.code), to_string(f.code),     title_of(f.code),
          std::move(f.detail), std::move(f.problems), f.retry_after};
}

http_answer to_answer(problem p, std::string_view path) {
  http_answer out;
  out.status = p.status;
  out.content_type = "application/problem+json";
  auto& body = out.body;
  body.append("{\"type\":\"https://steward.dev/problems/").append(p.code).append("\"");
  append_member(body, "title", p.title);
  body.append(",\"status\":").append(std::to_string(p.status));
  append_member(body, "detail", p.detail);
  append_member(body, "instance", path);
  append_member(body, "code", p.code);
  if (!p.errors.empty()) append_errors(body, p.errors);
  body += '}';
  out.headers = "Cache-Control: no-store\r\n";
  if (p.status == 429 || p.status == 503 || p.retry_after.count() > 0) {
    // Whole seconds, rounded up: earlier would be refused again.
    const auto seconds = std::max<int64_t>(1, (p.retry_after.count() + 999) / 1000);
    out.add_header("Retry-After", std::to_string(seconds));
  }
  return out;
}

http_answer to_answer(reply r, std::string_view path) {
  if (r.what == reply::kind::failed) return to_answer(from_failure(std::move(r.why)), path);
  http_answer out;
  out.status = status_of(r.what);
  out.body = std::move(r.json);
  out.type_storage = std::move(r.content_type);
  out.headers = "Cache-Control: no-store\r\n";
  if (!r.location.empty()) out.add_header("Location", r.location);
  if (!r.etag.empty()) out.add_header("ETag", r.etag);
  return out;
}

void append_json_string(std::string& out, std::string_view text) {
  static constexpr std::string_view hex = "0123456789abcdef";
  out += '"';
  for (size_t i = 0; i < text.size();) {
    const char c = text[i];
    if (c == '"' || c == '\\') {
      out.append({'\\', c});
      ++i;
    } else if (static_cast<uint8_t>(c) < 0x20 || c == 0x7f) {
      const auto byte = static_cast<uint8_t>(c);
      out.append("\\u00").append({hex[byte >> 4], hex[byte & 15]});
      ++i;
    } else if (const auto length = sequence_length(text.substr(i)); length > 0) {
      out.append(text.substr(i, length));
      i += length;
    } else {
      out.append("\xef\xbf\xbd");
      ++i;
    }
  }
  out += '"';
}

} // namespace steward::gateway
