#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// RFC 6455 on the wire, as far as a feed needs it. The gateway frames by itself instead of through
/// Beast's websocket::stream so that all events that wait go out in one write; a write per message
/// is what most of a busy feed costs.
namespace steward::gateway {

enum class ws_opcode : uint8_t {
  continuation = 0,
  text = 1,
  binary = 2,
  close = 8,
  ping = 9,
  pong = 10
};

/// Close codes of RFC 6455 and its registry.
enum class ws_close : uint16_t {
  normal = 1000,
  going_away = 1001,
  protocol_error = 1002,
  bad_data = 1007,
  too_big = 1009,
  try_again_later = 1013,
};

/// What answers `Sec-WebSocket-Key`.
std::string websocket_accept(std::string_view key);
/// Whether it is sixteen bytes in base64.
bool valid_websocket_key(std::string_view key);

/// Appends one whole, unmasked frame.
void append_frame(std::string& out, ws_opcode opcode, std::string_view payload);
/// The reason is cut to what fits, at a character's start.
void append_close_frame(std::string& out, ws_close code, std::string_view reason);

/// Reads a client's frames from whatever pieces arrive. Data is checked for its size and dropped:
/// a feed's readers have nothing to say.
class ws_reader {
public:
  struct control {
    ws_opcode opcode = ws_opcode::ping;
    std::string payload;
  };
  /// At most so large may a message or a frame be.
  static constexpr uint64_t message_bytes = 1024;

  /// Control frames seen, in order. After an error or a close frame, nothing more is read.
  std::vector<control> put(std::string_view bytes);
  /// `normal` while all is well.
  ws_close error() const { return error_; }

private:
  bool take_header();
  void finish_frame(std::vector<control>& out);

  std::string header_;
  std::string payload_;
  uint64_t left_ = 0;    ///< Of the frame's payload.
  uint64_t message_ = 0; ///< Bytes of the message so far.
  uint8_t mask_[4] = {};
  size_t at_ = 0; ///< Within the payload, for the mask.
  ws_opcode opcode_ = ws_opcode::text;
  bool in_payload_ = false, final_ = true, in_message_ = false, closed_ = false;
  ws_close error_ = ws_close::normal;
};

} // namespace steward::gateway
