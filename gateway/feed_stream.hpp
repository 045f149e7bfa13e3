#pragma once

#include "gateway/feed_session.hpp"
#include "gateway/pipeline.hpp"
#include "gateway/websocket_frames.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace steward::gateway {

/// A connection's life as a reader of the feed: what is written to it and what its client's frames
/// mean. Knows no socket; bytes to send are appended to an `out` that its owner writes.
class feed_stream {
public:
  static constexpr std::chrono::seconds heartbeat{15};
  static constexpr int missed_pings = 2; ///< Then the client is held to be dead.

  feed_stream(std::shared_ptr<feed_session> session, clock_time now);

  /// What the client sent. SSE clients have nothing to say.
  void receive(std::string_view bytes, std::string& out, clock_time now);
  /// Appends items, at most about `bytes`. Answers whether any were there.
  bool pump(std::string& out, size_t bytes, clock_time now);
  /// Pings a WebSocket, sends a comment to an SSE stream; called now and then.
  void tick(std::string& out, clock_time now);
  /// Says good-bye with that reason.
  void end(ws_close code, std::string_view reason, std::string& out, clock_time now);

  /// The last bytes have been appended: once they are written the connection is done.
  bool ended() const { return ended_; }
  clock_time ended_at() const { return ended_at_; }
  bool dead() const { return missed_ > missed_pings; }
  const feed_session& session() const { return *session_; }

private:
  std::shared_ptr<feed_session> session_;
  ws_reader reader_;
  clock_time beat_, ended_at_{};
  int missed_ = 0;
  bool ended_ = false;
};

} // namespace steward::gateway
