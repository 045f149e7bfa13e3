#include "gateway/answer.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <ctime>

namespace steward::gateway {

void http_answer::add_header(std::string_view name, std::string_view value) {
  headers.append(name).append(": ");
  // A line break in a value would let it write headers of its own.
  for (const char c : value)
    if (c != '\r' && c != '\n' && c != '\0') headers += c;
  headers += "\r\n";
}

std::string_view reason_phrase(unsigned status) {
  switch (status) {
  case 101:
    return "Switching Protocols";
  case 200:
    return "OK";
  case 201:
    return "Created";
  case 202:
    return "Accepted";
  case 204:
    return "No Content";
  case 304:
    return "Not Modified";
  case 400:
    return "Bad Request";
  case 401:
    return "Unauthorized";
  case 403:
    return "Forbidden";
  case 404:
    return "Not Found";
  case 405:
    return "Method Not Allowed";
  case 406:
    return "Not Acceptable";
  case 408:
    return "Request Timeout";
  case 409:
    return "Conflict";
  case 412:
    return "Precondition Failed";
  case 413:
    return "Content Too Large";
  case 414:
    return "URI Too Long";
  case 415:
    return "Unsupported Media Type";
  case 417:
    return "Expectation Failed";
  case 422:
    return "Unprocessable Content";
  case 426:
    return "Upgrade Required";
  case 429:
    return "Too Many Requests";
  case 431:
    return "Request Header Fields Too Large";
  case 500:
    return "Internal Server Error";
  case 501:
    return "Not Implemented";
  case 503:
    return "Service Unavailable";
  case 505:
    return "HTTP Version Not Supported";
  default:
    return "Status";
  }
}

void render(const http_answer& answer, const framing& how, std::string& out) {
  std::array<char, 20> digits{};
  const auto number = [&](size_t n) {
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), n).ptr;
    return std::string_view{digits.data(), static_cast<size_t>(end - digits.data())};
  };
  const auto reason = reason_phrase(answer.status);
  out.reserve(out.size() + 220 + answer.headers.size() + answer.body.size());
  out.append("HTTP/1.1 ").append(number(answer.status)).append(" ").append(reason).append("\r\n");
  out.append("Date: ").append(how.date).append("\r\n");
  // 1xx, 204 and 304 have no body by definition.
  const bool bodiless = answer.status < 200 || answer.status == 204 || answer.status == 304;
  if (!bodiless) {
    const auto type = answer.type_storage.empty() ? answer.content_type : answer.type_storage;
    out.append("Content-Type: ").append(type).append("\r\n");
    out.append("Content-Length: ").append(number(answer.body.size())).append("\r\n");
  }
  if (!how.keep_alive)
    out.append("Connection: close\r\n");
  else if (how.http10)
    out.append("Connection: keep-alive\r\n");
  out.append("X-Content-Type-Options: nosniff\r\n");
  out.append(answer.headers).append("\r\n");
  if (!how.head && !bodiless) out.append(answer.body);
}

std::string http_date(int64_t unix_seconds) {
  static constexpr std::array<const char*, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array<const char*, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto seconds = static_cast<std::time_t>(unix_seconds);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 64> text{};
  const int size = std::snprintf(text.data(), text.size(), "%s, %02d %s %04d %02d:%02d:%02d GMT",
                                 days[static_cast<size_t>(parts.tm_wday)], parts.tm_mday,
                                 months[static_cast<size_t>(parts.tm_mon)], parts.tm_year + 1900,
                                 parts.tm_hour, parts.tm_min, parts.tm_sec);
  return {text.data(), static_cast<size_t>(size)};
}

} // namespace steward::gateway
