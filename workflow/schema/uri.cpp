#include "workflow/schema/uri.hpp"

#include <algorithm>
#include <optional>

namespace steward::workflow::schema {

namespace {

struct parts {
  std::optional<std::string_view> scheme, authority;
  std::string_view path;
  std::optional<std::string_view> query, fragment;
};

parts split(std::string_view uri) {
  parts p;
  if (auto at = uri.find('#'); at != uri.npos) {
    p.fragment = uri.substr(at + 1);
    uri = uri.substr(0, at);
  }
  if (auto at = uri.find('?'); at != uri.npos) {
    p.query = uri.substr(at + 1);
    uri = uri.substr(0, at);
  }
  if (auto at = uri.find_first_of(":/"); at != uri.npos && uri[at] == ':' && at > 0) {
    p.scheme = uri.substr(0, at);
    uri.remove_prefix(at + 1);
  }
  if (uri.starts_with("//")) {
    auto end = std::min(uri.find('/', 2), uri.size());
    p.authority = uri.substr(2, end - 2);
    uri.remove_prefix(end);
  }
  p.path = uri;
  return p;
}

std::string join(const parts& p, std::string_view path) {
  std::string out;
  if (p.scheme) out.append(*p.scheme).append(":");
  if (p.authority) out.append("//").append(*p.authority);
  out.append(path);
  if (p.query) out.append("?").append(*p.query);
  if (p.fragment) out.append("#").append(*p.fragment);
  return out;
}

std::string remove_dots(std::string_view path) {
  std::string out;
  bool absolute = path.starts_with('/');
  while (!path.empty()) {
    auto slash = path.starts_with('/');
    if (slash) path.remove_prefix(1);
    auto segment = path.substr(0, path.find('/'));
    path.remove_prefix(segment.size());
    bool last = path.empty();
    if (segment == ".") {
      if (last && slash) out += '/';
    } else if (segment == "..") {
      out.erase(std::min(out.rfind('/'), out.size()));
      if (last) out += '/';
    } else {
      if (slash && (absolute || !out.empty())) out += '/';
      out += segment;
    }
  }
  return out;
}

std::string merge(const parts& base, std::string_view path) {
  if (base.authority && base.path.empty()) return "/" + std::string{path};
  auto last = base.path.rfind('/');
  return std::string{base.path.substr(0, last == base.path.npos ? 0 : last + 1)} +
         std::string{path};
}

int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  auto lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

} // namespace

std::string resolve_uri(std::string_view base_text, std::string_view reference) {
  auto base = split(base_text), r = split(reference);
  if (r.scheme) return join(r, remove_dots(r.path));
  r.scheme = base.scheme;
  if (r.authority) return join(r, remove_dots(r.path));
  r.authority = base.authority;
  if (r.path.empty()) {
    if (!r.query) r.query = base.query;
    return join(r, base.path);
  }
  return join(r, remove_dots(r.path.starts_with('/') ? std::string{r.path} : merge(base, r.path)));
}

std::string decode_percent(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    bool escape =
        text[i] == '%' && i + 2 < text.size() && hex(text[i + 1]) >= 0 && hex(text[i + 2]) >= 0;
    out.push_back(escape ? static_cast<char>(hex(text[i + 1]) * 16 + hex(text[i + 2])) : text[i]);
    if (escape) i += 2;
  }
  return out;
}

} // namespace steward::workflow::schema
