#include "connectors/redirect.hpp"

#include "connectors/http_headers.hpp"
#include "connectors/url.hpp"

namespace steward::connectors {

namespace {

const std::string* location_of(const http_answer& answer) {
  for (const auto& [name, value] : answer.headers)
    if (name == "location" && !value.empty()) return &value;
  return nullptr;
}

bool becomes_get(const std::string& method, int status) {
  if (status == 303) return method != "HEAD" && method != "GET";
  return (status == 301 || status == 302) && method == "POST";
}

} // namespace

bool is_redirect(const http_answer& answer) {
  switch (answer.status) {
  case 301:
  case 302:
  case 303:
  case 307:
  case 308:
    return answer.answered && location_of(answer) != nullptr;
  default:
    return false;
  }
}

outcome<http_order, std::string> follow(http_order order, const http_answer& answer) {
  const auto from = check_url(order.url);
  if (!from) return failed{from.error()};
  const auto to = resolve_url(order.url, *location_of(answer));
  if (!to) return failed{"a redirect was not followed: " + to.error()};
  if (becomes_get(order.method, answer.status)) {
    order.method = "GET";
    order.body.reset();
    std::erase_if(order.headers, [](const auto& h) {
      return same_header(h.first, "content-type") || same_header(h.first, "content-encoding");
    });
  }
  if (to->origin != from->origin)
    std::erase_if(order.headers, [](const auto& h) {
      return same_header(h.first, "authorization") || same_header(h.first, "cookie") ||
             same_header(h.first, "host");
    });
  if (to->origin != from->origin) order.digest.reset();
  order.url = to->text;
  return order;
}

} // namespace steward::connectors
