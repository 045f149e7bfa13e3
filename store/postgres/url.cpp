#include "store/postgres/url.hpp"

#include <algorithm>
#include <vector>

namespace steward::store::postgres {

namespace {

constexpr std::string_view secret_options[] = {"password", "sslpassword"};

struct place {
  size_t at, size;
};

/// Where the options begin: a password may have a "?" in it, which libpq takes as it is.
size_t options_of(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme == url.npos) return url.find('?');
  const auto authority = url.substr(0, url.find('/', scheme + 3));
  const auto host = authority.rfind('@');
  return url.find('?', host == url.npos ? scheme : host);
}

/// Of the secret parts, from the last to the first.
std::vector<place> secrets(std::string_view url) {
  std::vector<place> found;
  const auto options = std::min(options_of(url), url.size());
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

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// Without percent-encoding.
std::string decoded(std::string_view text) {
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool is_code = text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 &&
                         hex_digit(text[i + 2]) >= 0;
    plain +=
        is_code ? static_cast<char>(hex_digit(text[i + 1]) << 4 | hex_digit(text[i + 2])) : text[i];
    if (is_code) i += 2;
  }
  return plain;
}

/// All that begins and ends at the ends of the secret, or at characters that end something in a
/// URL.
std::vector<std::string_view> parts_of(std::string_view secret) {
  constexpr size_t shortest = 3, ends_most = 20;
  std::vector<size_t> ends{0};
  for (size_t at = 0; at < secret.size() && ends.size() < ends_most; ++at)
    if (secret[at] == '@' || secret[at] == '/' || secret[at] == ':') ends.push_back(at + 1);
  ends.push_back(secret.size() + 1);
  std::vector<std::string_view> parts;
  for (size_t i = 0; i < ends.size(); ++i)
    for (size_t j = i + 1; j < ends.size(); ++j)
      if (const auto part = secret.substr(ends[i], ends[j] - 1 - ends[i]); part.size() >= shortest)
        parts.push_back(part);
  if (!secret.empty() && secret.size() < shortest) parts.push_back(secret);
  return parts;
}

void hide(std::string& message, std::string_view secret) {
  if (secret.empty()) return;
  for (auto at = message.find(secret); at != message.npos; at = message.find(secret, at + 3))
    message.replace(at, secret.size(), mask);
}

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
    // libpq decodes it, and may take a part of it, up to an "@" or "/", for something else.
    const auto plain = decoded(secret);
    auto parts = parts_of(secret), more = parts_of(plain);
    parts.insert(parts.end(), more.begin(), more.end());
    // The longest first: what is left of a part would not be found any more.
    std::ranges::sort(parts, [](auto a, auto b) { return a.size() > b.size(); });
    for (const auto part : parts) hide(message, part);
  }
  return message;
}

void add_option(std::string& url, std::string_view option, std::string_view value) {
  const auto options = options_of(url);
  const auto text = std::string{option} + "=";
  if (options != url.npos)
    for (auto at = url.find(text, options); at != url.npos; at = url.find(text, at + 1))
      if (url[at - 1] == '?' || url[at - 1] == '&') return;
  url += options == url.npos ? '?' : '&';
  url += text;
  url += value;
}

} // namespace steward::store::postgres
