#pragma once

#include "config/settings.hpp"
#include "gateway/handler.hpp"
#include "workflow/outcome.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace steward::gateway {

struct listening {
  std::string host; ///< As a number: "127.0.0.1", "::1".
  uint16_t port = 0;
};

/// Written by the I/O threads, read by anybody.
struct server_counters {
  std::atomic<int64_t> connections = 0; ///< Open now.
  std::atomic<int64_t> feed_readers = 0;
  std::atomic<uint64_t> accepted = 0;
  std::atomic<uint64_t> refused = 0;      ///< Connections past the limit.
  std::atomic<uint64_t> feed_dropped = 0; ///< Readers that were too slow.
};

/// Speaks HTTP/1.1 on threads of its own: keep-alive, pipelining, limits with clear answers. Each
/// connection lives on one thread. What requests mean is the handler's business.
///
/// Fails   whatever a client sends or does ends its own connection at the most
/// Bounds  see gateway_settings; every wait has an end
class http_server {
public:
  http_server();
  ~http_server(); ///< Stops without grace.
  http_server(const http_server&) = delete;
  http_server& operator=(const http_server&) = delete;

  /// Where it listens, or why it can't. The handler must outlive the server's threads.
  outcome<listening, std::string> start(const config::gateway_settings& settings,
                                        request_handler& handler);
  /// Accepts nothing new, ends idle connections and gives what is in work that long. `done` is
  /// called on a thread of the server; then `stop` returns at once.
  void begin_stop(std::chrono::milliseconds grace, std::function<void()> done);
  void stop();
  const server_counters& counters() const;

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace steward::gateway
