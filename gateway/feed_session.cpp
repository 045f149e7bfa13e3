#include "gateway/feed_session.hpp"

#include "gateway/problem.hpp"
#include "gateway/websocket_frames.hpp"

#include <algorithm>

namespace steward::gateway {

namespace {

/// Around an item's text, for both forms.
constexpr size_t item_overhead = 64;

void append_sse(std::string& out, const feed_item& item) {
  if (item.sequence > 0) out.append("id: ").append(std::to_string(item.sequence)).append("\n");
  // A line break ends a data line; JSON has none inside of strings, only between tokens.
  out.append("data: ");
  for (const char c : item.json)
    if (c == '\n')
      out.append("\ndata: ");
    else if (c != '\r')
      out += c;
  out.append("\n\n");
}

class session_sink : public feed_sink {
public:
  explicit session_sink(std::shared_ptr<feed_session> session) : session_(std::move(session)) {}
  ~session_sink() override { session_->close("the feed was restarted"); }
  session_sink(const session_sink&) = delete;
  session_sink& operator=(const session_sink&) = delete;

  bool push(std::shared_ptr<const feed_item> item) override {
    return session_->push(std::move(item));
  }
  size_t room() const override { return session_->room(); }
  void close(std::string reason) override { session_->close(std::move(reason)); }

private:
  std::shared_ptr<feed_session> session_;
};

} // namespace

feed_session::feed_session(const feed_opening& opening, const feed_limits& limits,
                           std::shared_ptr<outbox> wake, uint64_t connection)
    : form_(opening.form), subscription_(opening.subscription), limits_(limits),
      wake_(std::move(wake)), connection_(connection), taken_sequence_(opening.after) {}

bool feed_session::push(std::shared_ptr<const feed_item> item) {
  const std::lock_guard lock{mutex_};
  if (closed_) return false;
  const auto size = item->json.size() + item_overhead;
  // One item of any size may wait alone: it was accepted into the feed, so it can be read.
  const bool full = items_.size() >= limits_.items || bytes_ + size > limits_.bytes;
  if (full && !items_.empty()) {
    closed_ = true;
    reason_ = "too slow" + resume_hint();
    items_.clear();
    bytes_ = 0;
    wake_up();
    return false;
  }
  items_.push_back(std::move(item));
  bytes_ += size;
  wake_up();
  return true;
}

size_t feed_session::room() const {
  const std::lock_guard lock{mutex_};
  if (closed_ || bytes_ >= limits_.bytes) return 0;
  return limits_.items - std::min(limits_.items, items_.size());
}

void feed_session::close(std::string reason) {
  const std::lock_guard lock{mutex_};
  if (closed_) return;
  closed_ = true;
  for (const auto& item : items_) // they will still be written
    if (item->sequence > 0) taken_sequence_ = item->sequence;
  reason_ = std::move(reason) + resume_hint();
  wake_up();
}

bool feed_session::take(std::string& out, size_t bytes) {
  const std::lock_guard lock{mutex_};
  woken_ = false;
  const bool any = !items_.empty();
  const auto enough = out.size() + bytes;
  while (!items_.empty() && out.size() < enough) {
    const auto& item = *items_.front();
    if (form_ == feed_form::sse)
      append_sse(out, item);
    else
      append_frame(out, ws_opcode::text, item.json);
    if (item.sequence > 0) taken_sequence_ = item.sequence;
    bytes_ -= item.json.size() + item_overhead;
    items_.pop_front();
  }
  return any;
}

std::optional<std::string> feed_session::closed() const {
  const std::lock_guard lock{mutex_};
  if (!closed_ || !items_.empty()) return std::nullopt;
  return reason_;
}

bool feed_session::empty() const {
  const std::lock_guard lock{mutex_};
  return items_.empty();
}

std::string feed_session::opening_bytes(const feed_opening& opening, std::string_view date) {
  std::string out;
  if (opening.form == feed_form::websocket) {
    out.append("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n");
    out.append("Sec-WebSocket-Accept: ").append(websocket_accept(opening.key)).append("\r\n");
    if (!opening.subprotocol.empty())
      out.append("Sec-WebSocket-Protocol: ").append(opening.subprotocol).append("\r\n");
    return out.append("\r\n");
  }
  out.append("HTTP/1.1 200 OK\r\nDate: ").append(date);
  // The stream's length is not known and it ends with the connection.
  out.append("\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n"
             "X-Accel-Buffering: no\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n"
             "retry: 1000\n\n");
  return out;
}

std::string feed_session::closing_bytes(std::string_view reason) const {
  std::string out;
  if (form_ == feed_form::websocket) {
    append_close_frame(out, ws_close::try_again_later, reason);
    return out;
  }
  out.append("event: dropped\ndata: {\"reason\":");
  append_json_string(out, reason);
  return out.append("}\n\n");
}

std::string feed_session::resume_hint() const {
  if (taken_sequence_ == 0) return "; connect again";
  return "; resume with after=" + std::to_string(taken_sequence_);
}

/// With the lock held.
void feed_session::wake_up() {
  if (woken_) return;
  woken_ = true;
  wake_->put({outbox::item::kind::feed, connection_, 0, {}});
}

std::shared_ptr<feed_sink> make_sink(std::shared_ptr<feed_session> session) {
  return std::make_shared<session_sink>(std::move(session));
}

} // namespace steward::gateway
