#pragma once

#include "gateway/feed_stream.hpp"
#include "gateway/handler.hpp"
#include "gateway/io_thread.hpp"
#include "gateway/pipeline.hpp"
#include "gateway/problem.hpp"
#include "gateway/request_parser.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace steward::gateway {

/// One client's connection, on its I/O thread: reads requests, hands them to the handler, writes
/// the answers in order; or becomes a reader of the feed. Ends by `drop`, at once, or by `linger`,
/// which lets the client read what was written before the socket goes.
class connection : public std::enable_shared_from_this<connection>, private exchange {
public:
  connection(io_thread& io, client_socket socket, uint64_t id);

  void start();
  void start_refused();
  void deliver(uint64_t request, reply r);
  void feed_ready();
  void tick(clock_time now);
  void begin_stop();
  void drop();

private:
  // --- exchange, while a request is being dispatched
  void answer(http_answer a) override;
  reply_slot later(std::chrono::milliseconds wait, std::string headers) override;
  std::shared_ptr<feed_sink> open_feed(const feed_opening& opening) override;
  void tag(uint16_t route) override;

  void read();
  void on_read(const boost::system::error_code& ec, size_t n);
  void process();
  void on_head();
  void dispatch();
  void refuse(unsigned status, std::string_view code, std::string_view title, std::string detail);
  void refuse(parse_error why);
  void settle(uint64_t request, const http_answer& a);

  void flush();
  bool write_some();
  void on_written(const boost::system::error_code& ec, size_t n);
  void after_write();
  void linger();

  bool has_room() const;
  size_t unsent() const { return out_.size() - out_done_; }
  void make_space();
  void note_request_time();

  io_thread& io_;
  client_socket socket_;
  const uint64_t id_;
  request_parser parser_;
  std::vector<char> in_;
  size_t in_begin_ = 0, in_end_ = 0;
  pipeline pipeline_;
  std::string out_;
  size_t out_done_ = 0;
  std::unique_ptr<feed_stream> feed_;
  uint64_t current_ = 0; ///< The request being dispatched; 0: it has been dealt with.
  clock_time last_active_, request_since_{}, write_since_{}, linger_since_{};
  bool reading_ = false, writing_ = false, closed_ = false;
  bool in_request_ = false; ///< A part of a request has come.
  bool discarding_ = false; ///< What still comes is not read any more.
  bool lingering_ = false;
  bool eof_ = false;      ///< The client has said all it will say.
  bool feed_told_ = true; ///< The feed knows that the queue is empty.
};

} // namespace steward::gateway
