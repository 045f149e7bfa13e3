#include "workflow/machine/http_response.hpp"

#include "workflow/json.hpp"
#include "workflow/machine/base64.hpp"
#include "workflow/machine/data_size.hpp"
#include "workflow/machine/errors.hpp"

#include <algorithm>
#include <array>

namespace steward::workflow {

namespace {

constexpr size_t excerpt_bytes = 500;

struct reason_phrase {
  int status;
  std::string_view phrase;
};
// RFC 9110, 15, and the registered codes that services really use.
constexpr std::array reason_phrases{
    reason_phrase{300, "Multiple Choices"},
    reason_phrase{301, "Moved Permanently"},
    reason_phrase{302, "Found"},
    reason_phrase{303, "See Other"},
    reason_phrase{304, "Not Modified"},
    reason_phrase{307, "Temporary Redirect"},
    reason_phrase{308, "Permanent Redirect"},
    reason_phrase{400, "Bad Request"},
    reason_phrase{401, "Unauthorized"},
    reason_phrase{402, "Payment Required"},
    reason_phrase{403, "Forbidden"},
    reason_phrase{404, "Not Found"},
    reason_phrase{405, "Method Not Allowed"},
    reason_phrase{406, "Not Acceptable"},
    reason_phrase{407, "Proxy Authentication Required"},
    reason_phrase{408, "Request Timeout"},
    reason_phrase{409, "Conflict"},
    reason_phrase{410, "Gone"},
    reason_phrase{411, "Length Required"},
    reason_phrase{412, "Precondition Failed"},
    reason_phrase{413, "Content Too Large"},
    reason_phrase{414, "URI Too Long"},
    reason_phrase{415, "Unsupported Media Type"},
    reason_phrase{416, "Range Not Satisfiable"},
    reason_phrase{417, "Expectation Failed"},
    reason_phrase{421, "Misdirected Request"},
    reason_phrase{422, "Unprocessable Content"},
    reason_phrase{423, "Locked"},
    reason_phrase{425, "Too Early"},
    reason_phrase{426, "Upgrade Required"},
    reason_phrase{428, "Precondition Required"},
    reason_phrase{429, "Too Many Requests"},
    reason_phrase{431, "Request Header Fields Too Large"},
    reason_phrase{451, "Unavailable For Legal Reasons"},
    reason_phrase{500, "Internal Server Error"},
    reason_phrase{501, "Not Implemented"},
    reason_phrase{502, "Bad Gateway"},
    reason_phrase{503, "Service Unavailable"},
    reason_phrase{504, "Gateway Timeout"},
    reason_phrase{505, "HTTP Version Not Supported"},
};

std::string title_of(int status) {
  for (const auto& known : reason_phrases)
    if (known.status == status) return std::string{known.phrase};
  return "HTTP " + std::to_string(status);
}

run_error communication_error(int64_t status, std::string title, std::string detail) {
  auto e = standard_error("communication", detail);
  e.status = status;
  e.title = std::move(title);
  return e;
}

std::string excerpt(std::string_view body) {
  if (is_utf8(body)) return safe_text(body, excerpt_bytes);
  return std::to_string(body.size()) + " bytes that are not text";
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_json(const http_answered& answer) {
  for (const auto& [name, text] : answer.headers) {
    if (name != "content-type") continue;
    auto type = text.substr(0, text.find(';'));
    std::erase_if(type, [](char c) { return c == ' ' || c == '\t'; });
    std::ranges::transform(type, type.begin(), lower);
    return type == "application/json" || type == "text/json" || type.ends_with("+json");
  }
  return false;
}

value content_of(const http_answered& answer, const machine_limits& limits) {
  const auto& body = answer.body;
  if (body.empty()) return {};
  if (is_json(answer)) {
    auto parsed = parse_json(body, json_limits{json_limits{}.depth, limits.data_bytes});
    if (!parsed)
      throw task_failure{communication_error(502, "Invalid JSON",
                                             "the answer is not JSON: " + parsed.error().reason +
                                                 " at byte " +
                                                 std::to_string(parsed.error().offset))};
    return *std::move(parsed);
  }
  return is_utf8(body) ? value{body} : value{base64::encode(body)};
}

/// One member per name; repeated ones joined as RFC 9110, 5.3 allows.
value joined_headers(const std::vector<std::pair<std::string, std::string>>& headers) {
  auto joined = value::empty_object();
  for (const auto& [name, text] : headers) {
    auto safe_name = safe_text(name, name.size() * 3);
    auto safe = safe_text(text, text.size() * 3);
    if (auto before = joined.find(safe_name)) safe = std::string{before->as_string()} + ", " + safe;
    joined.set(safe_name, value{safe});
  }
  return joined;
}

value describe_request(const http_call& call) {
  auto shown = call.headers;
  std::erase_if(shown, [](const auto& header) {
    return std::ranges::equal(header.first, std::string_view{"authorization"}, {}, lower);
  });
  return value::object({{"method", value{call.method}},
                        {"uri", value{call.url}},
                        {"headers", joined_headers(shown)}});
}

} // namespace

value http_output(call_result result, bool redirect, const http_call& call,
                  const http_answered& answer, const machine_limits& limits) {
  auto failure_from = redirect ? 400 : 300;
  if (answer.status < 200 || answer.status >= failure_from)
    throw task_failure{
        communication_error(answer.status, title_of(answer.status), excerpt(answer.body))};
  if (answer.body.size() > limits.data_bytes)
    fail_task("runtime",
              "the answer is larger than " + std::to_string(limits.data_bytes) + " bytes");
  if (result == call_result::raw) return value{base64::encode(answer.body)};
  auto content = content_of(answer, limits);
  if (result == call_result::content) return content;
  return value::object({{"request", describe_request(call)},
                        {"statusCode", value{answer.status}},
                        {"headers", joined_headers(answer.headers)},
                        {"content", std::move(content)}});
}

run_error http_failure(const http_failed& failure) {
  auto reason = safe_text(failure.reason, excerpt_bytes);
  if (!failure.error.empty()) return standard_error(failure.error, reason);
  return failure.timed_out ? communication_error(504, "Gateway Timeout", std::move(reason))
                           : communication_error(503, "Service Unavailable", std::move(reason));
}

} // namespace steward::workflow
