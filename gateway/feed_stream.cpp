#include "gateway/feed_stream.hpp"

namespace steward::gateway {

feed_stream::feed_stream(std::shared_ptr<feed_session> session, clock_time now)
    : session_(std::move(session)), beat_(now) {}

void feed_stream::receive(std::string_view bytes, std::string& out, clock_time now) {
  if (session_->form() == feed_form::sse || ended_) return;
  missed_ = 0;
  for (const auto& frame : reader_.put(bytes)) {
    if (frame.opcode == ws_opcode::ping) append_frame(out, ws_opcode::pong, frame.payload);
    if (frame.opcode == ws_opcode::close) {
      // Its own code comes back, without its reason.
      append_frame(out, ws_opcode::close, std::string_view{frame.payload}.substr(0, 2));
      ended_ = true;
      ended_at_ = now;
    }
  }
  if (reader_.error() != ws_close::normal && !ended_) {
    const bool large = reader_.error() == ws_close::too_big;
    end(reader_.error(), large ? "messages to the feed are ignored; this one is too large" : "",
        out, now);
  }
}

bool feed_stream::pump(std::string& out, size_t bytes, clock_time now) {
  if (ended_) return false;
  const bool any = session_->take(out, bytes);
  if (any) beat_ = session_->form() == feed_form::sse ? now : beat_;
  if (const auto reason = session_->closed()) {
    out.append(session_->closing_bytes(*reason));
    ended_ = true;
    ended_at_ = now;
  }
  return any;
}

void feed_stream::tick(std::string& out, clock_time now) {
  if (ended_ || now - beat_ < heartbeat) return;
  beat_ = now;
  if (session_->form() == feed_form::sse) {
    out.append(": \n\n");
    return;
  }
  if (++missed_ <= missed_pings) append_frame(out, ws_opcode::ping, "");
}

void feed_stream::end(ws_close code, std::string_view reason, std::string& out, clock_time now) {
  if (ended_) return;
  if (session_->form() == feed_form::websocket)
    append_close_frame(out, code, reason);
  else
    out.append(session_->closing_bytes(reason));
  ended_ = true;
  ended_at_ = now;
}

} // namespace steward::gateway
