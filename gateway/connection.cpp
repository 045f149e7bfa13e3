#include "gateway/connection.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstring>
#include <exception>

namespace steward::gateway {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr size_t first_buffer = 4 << 10;
constexpr size_t body_buffer = 64 << 10;
/// Answers that the client does not read: past it, no more of its requests are taken on.
constexpr size_t unsent_bound = 256 << 10;
constexpr size_t feed_piece = 64 << 10;
/// How long a client that says nothing gets to read the last answer, and any client at all.
constexpr std::chrono::seconds linger_quiet{2}, linger_longest{30};
constexpr std::chrono::seconds write_stalled{30};
/// What a slow reader has to take its good-bye.
constexpr std::chrono::seconds feed_good_bye{2};

/// The way back for one answer; lives in a reply_slot, on any thread.
class reply_path : public reply_sink {
public:
  reply_path(std::shared_ptr<outbox> box, uint64_t connection, uint64_t request)
      : box_(std::move(box)), connection_(connection), request_(request) {}
  void answer(reply r) override {
    box_->put({outbox::item::kind::answer, connection_, request_, std::move(r)});
  }

private:
  std::shared_ptr<outbox> box_;
  uint64_t connection_, request_;
};

} // namespace

connection::connection(io_thread& io, client_socket socket, uint64_t id)
    : io_(io), socket_(std::move(socket)), id_(id),
      parser_(
          {io.settings().header_bytes, io.settings().header_bytes / 2, io.settings().body_bytes}),
      last_active_(io.now()) {}

void connection::start() { read(); }

void connection::start_refused() {
  refuse(503, "too-many-connections", "Too many connections",
         "the server has as many connections open as it is set to have");
  flush();
  read();
}

// --- reading
// --------------------------------------------------------------------------------------

bool connection::has_room() const {
  return pipeline_.size() < io_.settings().pipeline && unsent() < unsent_bound;
}

void connection::read() {
  if (reading_ || closed_ || eof_) return;
  const bool serving = !feed_ && !discarding_;
  if (serving && !has_room()) return;
  make_space();
  reading_ = true;
  socket_.async_read_some(
      asio::buffer(in_.data() + in_end_, in_.size() - in_end_),
      [self = shared_from_this()](const error_code& ec, size_t n) { self->on_read(ec, n); });
}

void connection::make_space() {
  if (in_begin_ == in_end_) in_begin_ = in_end_ = 0;
  const bool large = parser_.at() == request_parser::stage::body;
  // A header has to lie in one piece, a little longer than its limit so that Beast sees it passed.
  const auto most = large ? body_buffer : io_.settings().header_bytes + first_buffer;
  if (in_begin_ > 0 && in_end_ == in_.size()) {
    std::memmove(in_.data(), in_.data() + in_begin_, in_end_ - in_begin_);
    in_end_ -= in_begin_;
    in_begin_ = 0;
  }
  if (in_.size() - in_end_ < first_buffer / 4 || (large && in_.size() < body_buffer))
    in_.resize(std::clamp(in_.size() * 2, first_buffer, std::max(most, in_.size() + first_buffer)));
}

void connection::on_read(const error_code& ec, size_t n) {
  reading_ = false;
  if (closed_) return;
  if (ec && ec != asio::error::eof) return drop();
  last_active_ = io_.now();
  if (ec) {
    eof_ = true;
    // A client may close its side and still wait for answers; a feed's reader has left.
    if (feed_ || lingering_ || (pipeline_.empty() && unsent() == 0)) return drop();
    discarding_ = true;
    return;
  }
  in_end_ += n;
  if (!discarding_) process();
  if (closed_) return;
  if (discarding_) in_begin_ = in_end_ = 0;
  flush();
  read();
}

void connection::process() {
  while (!discarding_ && !feed_ && has_room() && in_begin_ < in_end_) {
    const bool in_head = parser_.at() == request_parser::stage::head;
    const auto taken = parser_.put({in_.data() + in_begin_, in_end_ - in_begin_});
    in_begin_ += taken;
    const auto at = parser_.at();
    if (at == request_parser::stage::broken) return refuse(parser_.error());
    if (at == request_parser::stage::complete) {
      dispatch();
      in_request_ = false;
      if (closed_) return;
      parser_.next();
      continue;
    }
    if (in_head && at == request_parser::stage::body) on_head();
    if (taken == 0) break;
  }
  if (feed_ && in_begin_ < in_end_) {
    feed_->receive({in_.data() + in_begin_, in_end_ - in_begin_}, out_, io_.now());
    in_begin_ = in_end_;
  }
  note_request_time();
}

/// The clock of a request that is coming in runs only while we read.
void connection::note_request_time() {
  const bool partly = !parser_.fresh() || in_begin_ < in_end_;
  if (discarding_ || feed_ || !partly || !has_room()) {
    in_request_ = false;
  } else if (!in_request_) {
    in_request_ = true;
    request_since_ = io_.now();
  }
}

/// The header is whole and a body is to come.
void connection::on_head() {
  request_since_ = io_.now();
  in_request_ = true;
  const auto request = parser_.view();
  const auto expect = request.header("expect");
  if (expect.empty() || request.version == 10) return;
  if (!same_word(expect, "100-continue"))
    return refuse(417, "expectation-failed", "Expectation failed",
                  "the only expectation that can be met is 100-continue");
  // It comes after the answers to the requests before it; none is needed when the body is here.
  if (in_begin_ < in_end_) return;
  if (pipeline_.empty())
    out_.append("HTTP/1.1 100 Continue\r\n\r\n");
  else
    pipeline_.add_bytes("HTTP/1.1 100 Continue\r\n\r\n");
}

void connection::dispatch() {
  const auto request = parser_.view();
  const bool keep = parser_.keep_alive() && !io_.stopping();
  current_ = pipeline_.open(request, keep, std::chrono::steady_clock::now());
  // Nothing more is read of a connection that ends with this request.
  if (!keep) discarding_ = true;
  try {
    io_.handler().handle(request, *this);
  } catch (const std::exception& what) {
    spdlog::error("gateway.handler.exception target={} what={}", path_of(request.target),
                  what.what());
  }
  if (current_ == 0) return;
  http_answer lost = to_answer({500,
                                "internal",
                                "Internal error",
                                "the request could not be handled; the server's log tells why",
                                {},
                                {}},
                               path_of(request.target));
  answer(std::move(lost));
}

void connection::refuse(parse_error why) {
  switch (why) {
  case parse_error::none:
  case parse_error::malformed:
    return refuse(400, "malformed-request", "Malformed request",
                  "this is not a well-formed HTTP/1.1 request");
  case parse_error::target_too_long:
    return refuse(414, "uri-too-long", "URI too long",
                  "at most " + std::to_string(io_.settings().header_bytes / 2) + " bytes");
  case parse_error::header_too_large:
    return refuse(431, "header-too-large", "Header too large",
                  "at most " + std::to_string(io_.settings().header_bytes) + " bytes");
  case parse_error::body_too_large:
    return refuse(413, "body-too-large", "Body too large",
                  "at most " + std::to_string(io_.settings().body_bytes) + " bytes");
  case parse_error::version:
    return refuse(505, "version-not-supported", "HTTP version not supported",
                  "HTTP/1.0 and HTTP/1.1 are");
  case parse_error::transfer_coding:
    return refuse(501, "transfer-coding-not-supported", "Transfer coding not supported",
                  "the only transfer coding that is understood is chunked");
  }
}

/// Answers what can't be read, and ends the connection: where the next request would begin is not
/// known. The client may still be sending, so its bytes are drained until it has read the answer.
void connection::refuse(unsigned status, std::string_view code, std::string_view title,
                        std::string detail) {
  const auto request = parser_.view();
  const auto path = path_of(request.target);
  auto a = to_answer({status, code, title, std::move(detail), {}, {}}, path);
  a.close = true;
  discarding_ = true;
  in_request_ = false;
  const auto number = pipeline_.open(request, false, std::chrono::steady_clock::now());
  settle(number, a);
}

// --- answers
// --------------------------------------------------------------------------------------

void connection::answer(http_answer a) { settle(std::exchange(current_, 0), a); }

reply_slot connection::later(std::chrono::milliseconds wait, std::string headers) {
  const auto number = std::exchange(current_, 0);
  auto* e = pipeline_.waiting(number);
  e->headers = std::move(headers);
  e->deadline = io_.now() + io_.settings().reply_timeout + wait;
  return reply_slot{std::make_shared<reply_path>(io_.box(), id_, number)};
}

void connection::tag(uint16_t route) {
  if (auto* e = pipeline_.waiting(current_)) e->route = route;
}

void connection::settle(uint64_t number, const http_answer& a) {
  const auto* e = pipeline_.waiting(number);
  if (e == nullptr) return;
  if (a.close) discarding_ = true;
  io_.handler().answered(e->route, e->method, a.status,
                         std::chrono::steady_clock::now() - e->since);
  pipeline_.settle(number, a, io_.date(), out_);
}

void connection::deliver(uint64_t request, reply r) {
  if (closed_) return;
  const auto* e = pipeline_.waiting(request);
  if (e == nullptr) return; // answered by its deadline already
  auto a = to_answer(std::move(r), e->path);
  a.headers += e->headers;
  settle(request, a);
  if (in_begin_ < in_end_) process(); // what had to wait for room
  if (closed_) return;
  flush();
  read();
}

std::shared_ptr<feed_sink> connection::open_feed(const feed_opening& opening) {
  const auto number = std::exchange(current_, 0);
  const auto* e = pipeline_.waiting(number);
  const unsigned status = opening.form == feed_form::websocket ? 101 : 200;
  io_.handler().answered(e->route, e->method, status, std::chrono::steady_clock::now() - e->since);
  pipeline_.withdraw_last();
  const auto bytes = feed_session::opening_bytes(opening, io_.date());
  if (pipeline_.empty())
    out_.append(bytes);
  else
    pipeline_.add_bytes(bytes);
  const auto& s = io_.settings();
  auto session = std::make_shared<feed_session>(
      opening, feed_limits{s.feed_queue_items, s.feed_queue_bytes}, io_.box(), id_);
  feed_ = std::make_unique<feed_stream>(session, io_.now());
  discarding_ = false;
  io_.counters().feed_readers.fetch_add(1, std::memory_order_relaxed);
  return make_sink(std::move(session));
}

void connection::feed_ready() {
  if (!closed_) flush();
}

// --- writing
// --------------------------------------------------------------------------------------

void connection::flush() {
  if (closed_ || writing_) return;
  for (int round = 0; round < 8; ++round) {
    // A feed's items follow the answers before it.
    if (feed_ && pipeline_.empty() && unsent() == 0 && feed_->pump(out_, feed_piece, io_.now()))
      feed_told_ = false;
    if (unsent() == 0) return after_write();
    if (!write_some()) return;
  }
  // Others on this thread have waited long enough.
  asio::post(io_.context(), [self = shared_from_this()] { self->flush(); });
}

/// Whether all was written at once, as nearly always; else the rest follows when the socket takes
/// it.
bool connection::write_some() {
  error_code ec;
  out_done_ += socket_.write_some(asio::buffer(out_.data() + out_done_, unsent()), ec);
  if (ec && ec != asio::error::would_block) {
    drop();
    return false;
  }
  if (unsent() == 0) {
    // One large answer should not stay allocated for the life of the connection.
    if (out_.capacity() > unsent_bound) out_ = std::string{};
    out_.clear();
    out_done_ = 0;
    return true;
  }
  writing_ = true;
  write_since_ = io_.now();
  socket_.async_wait(client_socket::wait_write,
                     [self = shared_from_this()](const error_code& e) { self->on_written(e, 0); });
  return false;
}

void connection::on_written(const error_code& ec, size_t) {
  writing_ = false;
  if (closed_) return;
  if (ec) return drop();
  if (out_done_ > unsent_bound) {
    out_.erase(0, out_done_);
    out_done_ = 0;
  }
  flush();
  if (closed_) return;
  if (in_begin_ < in_end_ && !discarding_) {
    process();
    flush();
  }
  read();
}

/// Everything there is has been written.
void connection::after_write() {
  if (closed_ || lingering_) return;
  last_active_ = io_.now();
  if (feed_ && pipeline_.empty()) {
    if (feed_->ended()) return linger();
    if (!feed_told_ && feed_->session().empty()) {
      feed_told_ = true;
      io_.handler().feed_drained(feed_->session().subscription());
    }
    return;
  }
  if (discarding_ && pipeline_.empty()) linger();
}

/// Says that no more will come and waits for the client to notice. Closing at once would make the
/// kernel reset the connection over bytes that were not read, and the client lose its answer.
void connection::linger() {
  if (eof_) return drop();
  lingering_ = discarding_ = true;
  linger_since_ = last_active_ = io_.now();
  error_code ignored;
  socket_.shutdown(client_socket::shutdown_send, ignored);
  read();
}

// --- time and the end
// -----------------------------------------------------------------------------

void connection::tick(clock_time now) {
  if (closed_) return;
  const auto& s = io_.settings();
  if (lingering_) {
    if (now - last_active_ > linger_quiet || now - linger_since_ > linger_longest) drop();
    return;
  }
  if (feed_ && pipeline_.empty()) {
    if (feed_->dead() || (feed_->ended() && now - feed_->ended_at() > feed_good_bye)) return drop();
    // What is said to a slow reader comes after the piece that is half written.
    if (writing_ && feed_->session().closed()) feed_->pump(out_, 0, now);
    feed_->tick(out_, now);
    return flush();
  }
  if (writing_ && now - write_since_ > write_stalled) return drop();
  while (const auto number = pipeline_.overdue(now)) {
    const auto path = pipeline_.waiting(number)->path;
    settle(number, to_answer({503,
                              "reply-timeout",
                              "No answer in time",
                              "the request may still be carried out",
                              {},
                              {}},
                             path));
  }
  const bool in_body = parser_.at() == request_parser::stage::body;
  if (in_request_ && now - request_since_ > (in_body ? s.body_timeout : s.header_timeout)) {
    refuse(408, "request-timeout", "Request timeout",
           in_body ? "the body did not come in time" : "the header did not come in time");
  } else if (!in_request_ && pipeline_.empty() && unsent() == 0 &&
             now - last_active_ > s.idle_timeout) {
    return drop();
  }
  if (unsent() > 0) flush();
}

void connection::begin_stop() {
  if (closed_ || lingering_) return;
  if (feed_) {
    feed_->end(ws_close::going_away, "the server is shutting down", out_, io_.now());
    return flush();
  }
  pipeline_.close_after_all();
  discarding_ = true;
  if (pipeline_.empty() && unsent() == 0) return drop();
}

void connection::drop() {
  if (closed_) return;
  closed_ = true;
  const auto self = shared_from_this();
  error_code ignored;
  socket_.close(ignored);
  if (feed_) {
    io_.counters().feed_readers.fetch_sub(1, std::memory_order_relaxed);
    if (feed_->session().closed())
      io_.counters().feed_dropped.fetch_add(1, std::memory_order_relaxed);
    io_.handler().feed_gone(feed_->session().subscription());
  }
  io_.remove(id_);
}

} // namespace steward::gateway
