#include "connectors/url.hpp"

#include <curl/curl.h>

#include <memory>

namespace steward::connectors {

namespace {

using url_handle = std::unique_ptr<CURLU, decltype(&curl_url_cleanup)>;

/// Odd bytes are encoded rather than refused: servers redirect to addresses with spaces in them.
constexpr unsigned parse_flags = CURLU_URLENCODE | CURLU_NON_SUPPORT_SCHEME;

std::string part(CURLU* url, CURLUPart which, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url, which, &text, flags) != CURLUE_OK) return {};
  std::string copy{text};
  curl_free(text);
  return copy;
}

using checked = outcome<checked_url, std::string>;

/// What all addresses have to be.
checked check(CURLU* url, std::string_view plain, std::string_view over_tls) {
  const auto scheme = part(url, CURLUPART_SCHEME);
  if (scheme != plain && scheme != over_tls)
    return failed{"only " + std::string{plain} + " and " + std::string{over_tls} +
                  " addresses can be called, not " + scheme};
  if (!part(url, CURLUPART_USER).empty() || !part(url, CURLUPART_PASSWORD).empty())
    return failed{std::string{"the address carries credentials; use authentication instead"}};
  const auto host = part(url, CURLUPART_HOST);
  if (host.empty()) return failed{std::string{"the address names no host"}};
  return checked_url{part(url, CURLUPART_URL),
                     scheme + "://" + host + ":" + part(url, CURLUPART_PORT, CURLU_DEFAULT_PORT),
                     host};
}

checked parse(CURLU* url, const std::string& text, std::string_view plain = "http",
              std::string_view over_tls = "https") {
  // libcurl reads up to the first zero byte: what follows it would be checked by nobody.
  if (text.find('\0') != std::string::npos)
    return failed{std::string{"the address is malformed: it holds a zero byte"}};
  const auto code = curl_url_set(url, CURLUPART_URL, text.c_str(), parse_flags);
  if (code != CURLUE_OK)
    return failed{std::string{"the address is malformed: "} + curl_url_strerror(code)};
  return check(url, plain, over_tls);
}

} // namespace

outcome<checked_url, std::string> check_url(const std::string& text) {
  const url_handle url{curl_url(), &curl_url_cleanup};
  return parse(url.get(), text);
}

outcome<checked_url, std::string> check_mail_url(const std::string& text) {
  const url_handle url{curl_url(), &curl_url_cleanup};
  auto read = parse(url.get(), text, "smtp", "smtps");
  if (!read) return read;
  for (const auto which : {CURLUPART_PATH, CURLUPART_QUERY, CURLUPART_FRAGMENT, CURLUPART_OPTIONS})
    if (const auto more = part(url.get(), which); !more.empty() && more != "/")
      return failed{std::string{"a mail server's address ends with its port"}};
  read->text = read->origin;
  return read;
}

outcome<checked_url, std::string> resolve_url(const std::string& base,
                                              const std::string& location) {
  const url_handle url{curl_url(), &curl_url_cleanup};
  if (const auto start = parse(url.get(), base); !start) return start;
  return parse(url.get(), location); // relative to what the handle holds
}

} // namespace steward::connectors
