#pragma once

#include <string>
#include <string_view>

/// An answer as it goes over the wire.
namespace steward::gateway {

struct http_answer {
  unsigned status = 200;
  std::string_view content_type = "application/json"; ///< Of static storage, or of `type_storage`.
  std::string body;
  std::string headers;      ///< Further header lines, each ending in CRLF.
  std::string type_storage; ///< Where a content type lives that is not a literal.
  bool close = false;       ///< The connection ends with this answer.

  void add_header(std::string_view name, std::string_view value);
};

/// How one answer is framed.
struct framing {
  bool head = false; ///< The body stays away, its length is told.
  bool keep_alive = true;
  bool http10 = false;   ///< Such a client has to be told that the connection stays.
  std::string_view date; ///< As `http_date` writes it.
};

std::string_view reason_phrase(unsigned status);
/// Appends the whole answer to `out`.
void render(const http_answer& answer, const framing& how, std::string& out);
/// "Sun, 06 Nov 1994 08:49:37 GMT"
std::string http_date(int64_t unix_seconds);

} // namespace steward::gateway
