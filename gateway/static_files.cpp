#include "gateway/static_files.hpp"

#include "gateway/header_values.hpp"
#include "gateway/target.hpp"

#include <spdlog/spdlog.h>

#include <array>
#include <fstream>
#include <iterator>
#include <openssl/evp.h>

namespace steward::gateway {

namespace {

constexpr size_t loaded_bytes_max = 64 << 20;

/// Scripts and fetches only from here; inline styles because component libraries set them.
constexpr std::string_view page_headers =
    "Content-Security-Policy: default-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self' ws: wss:; frame-ancestors 'none'; base-uri 'self'; "
    "form-action 'self'\r\nX-Frame-Options: DENY\r\nReferrer-Policy: no-referrer\r\n";

std::string_view type_of(const std::string& path) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 15> types{{
      {".html", "text/html; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".mjs", "text/javascript; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".json", "application/json"},
      {".map", "application/json"},
      {".webmanifest", "application/manifest+json"},
      {".svg", "image/svg+xml"},
      {".png", "image/png"},
      {".jpg", "image/jpeg"},
      {".ico", "image/x-icon"},
      {".woff2", "font/woff2"},
      {".woff", "font/woff"},
      {".txt", "text/plain; charset=utf-8"},
      {".wasm", "application/wasm"},
  }};
  for (const auto& [ending, type] : types)
    if (path.ends_with(ending)) return type;
  return "application/octet-stream";
}

std::string etag_of(const std::string& bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr);
  std::string out = "\"";
  for (size_t i = 0; i < 16; ++i) {
    out += "0123456789abcdef"[digest[i] >> 4];
    out += "0123456789abcdef"[digest[i] & 15];
  }
  return out + "\"";
}

std::string read_whole(const std::filesystem::path& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{}};
}

} // namespace

static_files::static_files(const std::filesystem::path& folder) {
  namespace fs = std::filesystem;
  std::error_code ec;
  if (folder.empty() || !fs::is_directory(folder, ec)) return;
  size_t loaded = 0;
  std::map<std::string, std::string> found;
  for (fs::recursive_directory_iterator at{folder, ec}, end; !ec && at != end; at.increment(ec)) {
    if (!at->is_regular_file(ec)) continue;
    const auto size = at->file_size(ec);
    if (ec || loaded + size > loaded_bytes_max) {
      spdlog::warn("gateway.static.left_out path={}", at->path().string());
      continue;
    }
    loaded += size;
    found["/" + at->path().lexically_relative(folder).generic_string()] = read_whole(at->path());
  }
  for (auto& [path, bytes] : found) {
    const auto stem = path.substr(0, path.size() - std::min<size_t>(3, path.size()));
    if ((path.ends_with(".gz") || path.ends_with(".br")) && found.count(stem) > 0) {
      (path.ends_with(".gz") ? files_[stem].gzip : files_[stem].brotli) = std::move(bytes);
      continue;
    }
    auto& f = files_[path];
    f.content_type = type_of(path);
    f.etag = etag_of(bytes);
    f.plain = std::move(bytes);
  }
}

std::optional<http_answer> static_files::find(const request_view& request,
                                              std::string_view path) const {
  const auto decoded = percent_decoded(path, plus::is_itself);
  if (!decoded) return std::nullopt;
  // Only what was loaded can be found: no path leads out of the folder.
  const auto found = files_.find(*decoded == "/" ? "/index.html" : *decoded);
  if (found != files_.end()) return answer(found->second, request, path.starts_with("/assets/"));
  const auto page = files_.find("/index.html");
  const bool wants_page = request.lists("accept", "text/html");
  if (page == files_.end() || !wants_page || path.starts_with("/assets/")) return std::nullopt;
  return answer(page->second, request, false);
}

http_answer static_files::answer(const file& f, const request_view& request, bool forever) const {
  const bool brotli = !f.brotli.empty() && accepts_coding(request, "br");
  const bool gzip = !brotli && !f.gzip.empty() && accepts_coding(request, "gzip");
  // A strong tag names the bytes that are sent, so each form has its own.
  auto etag = f.etag;
  if (brotli || gzip) etag.insert(etag.size() - 1, brotli ? "-br" : "-gz");
  http_answer out;
  out.content_type = f.content_type;
  out.headers = page_headers;
  out.add_header("ETag", etag);
  out.add_header("Cache-Control", forever ? "public, max-age=31536000, immutable" : "no-cache");
  if (!f.brotli.empty() || !f.gzip.empty()) out.add_header("Vary", "Accept-Encoding");
  if (matches_etag(request.header("if-none-match"), etag)) {
    out.status = 304;
    return out;
  }
  if (brotli || gzip) out.add_header("Content-Encoding", brotli ? "br" : "gzip");
  out.body = brotli ? f.brotli : gzip ? f.gzip : f.plain;
  return out;
}

} // namespace steward::gateway
