#include "store/postgres/url.hpp"

#include <algorithm>
#include <vector>

namespace steward::store::postgres {

namespace {

constexpr std::string_view secret_options[] = {"password", "sslpassword"};

struct place {
  size_t at, size;
};

/// Of the secret parts, from the last to the first.
std::vector<place> secrets(std::string_view url) {
  std::vector<place> found;
  const auto options = std::min(url.find('?'), url.size());
  for (size_t at = options; at < url.size();) {
    const auto end = std::min(url.find('&', at + 1), url.size());
    const auto equals = url.find('=', at);
    if (equals < end)
      for (const auto name : secret_options)
        if (url.substr(at + 1, equals - at - 1) == name)
          found.insert(found.begin(), {equals + 1, end - equals - 1});
    at = end;
  }
  const auto scheme = url.find("://");
  if (scheme == url.npos) return found;
  const auto user = scheme + 3;
  // A password with an "@" in it should have been "%40"; it is hidden all the same.
  const auto authority = url.substr(user, options - user);
  const auto at = authority.rfind('@');
  const auto colon = authority.find(':');
  if (at != authority.npos && colon < at) found.push_back({user + colon + 1, at - colon - 1});
  return found;
}

constexpr std::string_view mask = "***";

} // namespace

bool is_url(std::string_view text) {
  return text.starts_with("postgresql://") || text.starts_with("postgres://");
}

std::string masked(std::string_view url) {
  std::string shown{url};
  for (const auto& each : secrets(url)) shown.replace(each.at, each.size, mask);
  return shown;
}

std::string masked(std::string message, std::string_view url) {
  for (const auto& each : secrets(url)) {
    const auto secret = url.substr(each.at, each.size);
    if (secret.empty()) continue;
    for (auto at = message.find(secret); at != message.npos; at = message.find(secret, at + 3))
      message.replace(at, secret.size(), mask);
  }
  return message;
}

void add_option(std::string& url, std::string_view option, std::string_view value) {
  const auto options = url.find('?');
  const auto text = std::string{option} + "=";
  if (options != url.npos)
    for (auto at = url.find(text, options); at != url.npos; at = url.find(text, at + 1))
      if (url[at - 1] == '?' || url[at - 1] == '&') return;
  url += options == url.npos ? '?' : '&';
  url += text;
  url += value;
}

} // namespace steward::store::postgres
