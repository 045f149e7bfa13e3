#pragma once

#include "gateway/request.hpp"

#include <cstddef>
#include <memory>
#include <string_view>

namespace steward::gateway {

struct parse_limits {
  size_t header_bytes = 16 << 10;
  size_t target_bytes = 8 << 10;
  size_t body_bytes = 1 << 20;
};

/// Why a request can't be read. Nothing after it on the same connection can be trusted.
enum class parse_error : uint8_t {
  none,
  malformed,        ///< 400
  target_too_long,  ///< 414
  header_too_large, ///< 431
  body_too_large,   ///< 413; also when only announced.
  version,          ///< 505
  transfer_coding,  ///< 501: a transfer coding other than chunked.
};

/// Reads the requests of one connection one after the other, from whatever pieces arrive: Beast's
/// parser over storage that is kept from request to request.
class request_parser {
public:
  enum class stage : uint8_t { head, body, complete, broken };

  explicit request_parser(const parse_limits& limits);
  ~request_parser();

  /// Takes what it can of `bytes` and answers how much that was; 0 when it needs more of the header
  /// than there is (show it the same bytes again, with more). Stops at the end of the header and at
  /// the end of the request.
  size_t put(std::string_view bytes);

  stage at() const;
  parse_error error() const;
  /// Nothing of a request has been taken yet.
  bool fresh() const;
  /// From stage `body` on; its `body` is whole at `complete`. Good until `next`.
  request_view view() const;
  /// Whether the connection stays open after this request, by what the client said.
  bool keep_alive() const;
  /// Makes it ready for the next request.
  void next();

private:
  struct reader;
  std::unique_ptr<reader> reader_;
};

} // namespace steward::gateway
