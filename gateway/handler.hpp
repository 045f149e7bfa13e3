#pragma once

#include "gateway/answer.hpp"
#include "gateway/request.hpp"
#include "messages/feed.hpp"
#include "messages/reply.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

/// What the HTTP server and whoever handles its requests say to each other.
namespace steward::gateway {

enum class feed_form : uint8_t { websocket, sse };

struct feed_opening {
  feed_form form = feed_form::sse;
  uint64_t subscription = 0;
  uint64_t after = 0; ///< The last sequence that the client has seen; 0: not said.
  /// WebSocket: what the client offered, and the one of it that is chosen (may be empty).
  std::string key, subprotocol;
};

/// One request's way back. Good for as long as the handler is being called, in which exactly one of
/// `answer`, `later` and `open_feed` must be called.
class exchange {
public:
  virtual ~exchange() = default;

  virtual void answer(http_answer a) = 0;
  /// The answer will come through the slot, from any thread. It is waited for `wait` longer than
  /// the server's own reply timeout. `headers` (lines that end in CRLF) are added to it.
  virtual reply_slot later(std::chrono::milliseconds wait = {}, std::string headers = {}) = 0;
  /// The connection becomes a reader of the feed once the answers before it are written. The sink
  /// may be used from any thread; when its last copy is gone the reader is told to resume.
  virtual std::shared_ptr<feed_sink> open_feed(const feed_opening& opening) = 0;
  /// Names the request for `request_handler::answered`.
  virtual void tag(uint16_t route) = 0;
};

/// Called on the server's I/O threads, by several at once if there are several. Must not block or
/// throw.
class request_handler {
public:
  virtual ~request_handler() = default;
  virtual void handle(const request_view& request, exchange& x) = 0;
  /// An answer is on its way; for counting. `route` is the request's tag, or `no_route`.
  virtual void answered(uint16_t /*route*/, std::string_view /*method*/, unsigned /*status*/,
                        std::chrono::nanoseconds /*took*/) {}
  /// The reader's queue has run empty; the reader has gone.
  virtual void feed_drained(uint64_t /*subscription*/) {}
  virtual void feed_gone(uint64_t /*subscription*/) {}

  static constexpr uint16_t no_route = 0xffff;
};

} // namespace steward::gateway
