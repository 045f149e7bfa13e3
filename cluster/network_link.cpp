#include "cluster/network_link.hpp"

#include "cluster/wire.hpp"

namespace steward::cluster {

network_link::network_link(link_context context, tcp::socket socket, bool dialer, int64_t self)
    : context_(context), dialer_(dialer), self_(self) {
  error_code ignored;
  socket.set_option(tcp::no_delay{true}, ignored);
  if (context_.tls)
    stream_ = std::make_unique<secure>(std::move(socket), *context_.tls);
  else
    stream_ = std::make_unique<plain>(std::move(socket));
}

tcp::socket& network_link::socket() {
  if (auto* s = std::get_if<std::unique_ptr<secure>>(&stream_)) return (*s)->next_layer();
  return *std::get<std::unique_ptr<plain>>(stream_);
}

void network_link::start() {
  auto* s = std::get_if<std::unique_ptr<secure>>(&stream_);
  if (!s) return say_hello();
  (*s)->async_handshake(dialer_ ? asio::ssl::stream_base::client : asio::ssl::stream_base::server,
                        [self = shared_from_this()](error_code e) {
                          if (e) return self->close("TLS: " + e.message());
                          self->say_hello();
                        });
}

void network_link::say_hello() {
  if (closed_) return;
  own_hello_ = encode(make_hello(context_.options.cluster, self_));
  put(kind::handshake, own_hello_, false);
  read_length();
}

void network_link::read_length() {
  on_stream([&](auto& s) {
    asio::async_read(s, asio::buffer(length_), [self = shared_from_this()](error_code e, size_t) {
      if (e) return self->close(e.message());
      self->heard_ = clock::now();
      size_t size = 0;
      for (const auto byte : self->length_) size = size << 8 | byte;
      if (size == 0 || size > self->context_.options.frame_bytes)
        return self->close("a frame of " + std::to_string(size) + " bytes");
      self->read_frame(size);
    });
  });
}

/// It counts as heard as it comes: a large frame on a slow way is no silence.
void network_link::read_frame(size_t size) {
  static constexpr size_t at_once = 64u << 10;
  frame_.resize(size);
  const auto each = [self = shared_from_this(), size](error_code e, size_t so_far) -> size_t {
    self->heard_ = clock::now();
    return e ? 0 : std::min(at_once, size - so_far);
  };
  on_stream([&](auto& s) {
    asio::async_read(s, asio::buffer(frame_), each,
                     [self = shared_from_this()](error_code e, size_t) {
                       if (e) return self->close(e.message());
                       self->take_frame();
                     });
  });
}

void network_link::take_frame() {
  if (closed_) return;
  const auto what = static_cast<kind>(frame_.front());
  if (what == kind::handshake && stage_ == stage::hello)
    take_hello(std::string_view{frame_}.substr(1));
  else if (what == kind::handshake && stage_ == stage::proof)
    take_proof(std::string_view{frame_}.substr(1));
  else if (what == kind::data && stage_ == stage::open)
    on_.on_frame(frame_.substr(1));
  else if (what != kind::heartbeat || stage_ != stage::open)
    return close("a frame that does not belong there");
  if (!closed_) read_length();
}

void network_link::take_hello(std::string_view bytes) {
  const auto said = decode<hello>(bytes);
  if (!said || said->protocol == 0) return close("this is no hello");
  if (said->cluster != context_.options.cluster)
    return close("it belongs to the cluster '" + said->cluster.substr(0, 64) + "'");
  if (said->nonce.size() < 16 || bytes == own_hello_) return close("its hello is no new one");
  other_ = said->node;
  others_hello_ = bytes;
  stage_ = stage::proof;
  put(kind::handshake,
      proof_of(context_.options.secret, dialer_, dialer_ ? own_hello_ : others_hello_,
               dialer_ ? others_hello_ : own_hello_),
      false);
}

void network_link::take_proof(std::string_view bytes) {
  const auto expected =
      proof_of(context_.options.secret, !dialer_, dialer_ ? own_hello_ : others_hello_,
               dialer_ ? others_hello_ : own_hello_);
  if (!same_proof(bytes, expected)) return close("it does not know the cluster's secret");
  stage_ = stage::open;
  open_ = on_.on_open(shared_from_this());
  if (!open_) close({});
}

bool network_link::reserve(size_t bytes) {
  if (queued_.fetch_add(bytes) + bytes <= context_.options.queue_bytes) return true;
  queued_ -= bytes;
  return false;
}

void network_link::send(std::string frame) { put(kind::data, frame, false); }

void network_link::beat() {
  if (open_ && queue_.empty()) put(kind::heartbeat, {}, true);
}

void network_link::put(kind what, std::string_view bytes, bool first) {
  if (closed_) return;
  const auto size = static_cast<uint32_t>(bytes.size() + 1);
  std::string frame;
  frame.reserve(bytes.size() + 5);
  for (int shift = 24; shift >= 0; shift -= 8) frame += static_cast<char>(size >> shift);
  frame += static_cast<char>(what);
  frame += bytes;
  if (first && writing_)
    queue_.insert(queue_.begin() + 1, std::move(frame));
  else
    queue_.push_back(std::move(frame));
  if (!writing_) write();
}

void network_link::write() {
  writing_ = true;
  on_stream([&](auto& s) {
    asio::async_write(s, asio::buffer(queue_.front()),
                      [self = shared_from_this()](error_code e, size_t) {
                        if (e) return self->close(e.message());
                        const auto& sent = self->queue_.front();
                        if (sent[4] == static_cast<char>(kind::data))
                          self->queued_ -= sent.size() - 5;
                        self->queue_.pop_front();
                        self->writing_ = false;
                        if (!self->queue_.empty() && !self->closed_) self->write();
                      });
  });
}

/// At once and with a reset, so that the other side knows of it, if it can be reached at all.
void network_link::close(const std::string& why) {
  if (std::exchange(closed_, true)) return;
  open_ = false;
  error_code ignored;
  socket().set_option(asio::socket_base::linger{true, 0}, ignored);
  socket().close(ignored);
  const auto told = std::move(on_.on_closed);
  on_ = {};
  if (told) told(why);
}

} // namespace steward::cluster
