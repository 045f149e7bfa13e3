#pragma once

#include "gateway/outbox.hpp"
#include "gateway/pipeline.hpp"
#include "gateway/server.hpp"

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <memory>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

namespace steward::gateway {

class connection;

/// Named by its executor: the usual, type-erased one costs a virtual call for each operation.
using client_socket =
    boost::asio::basic_stream_socket<boost::asio::ip::tcp, boost::asio::io_context::executor_type>;

/// One thread with its connections. All members but `adopt`, `begin_stop`, `stop` and the outbox
/// belong to that thread, so nothing of a connection is locked.
class io_thread {
public:
  io_thread(const config::gateway_settings& settings, request_handler& handler,
            server_counters& counters);
  ~io_thread();
  io_thread(const io_thread&) = delete;
  io_thread& operator=(const io_thread&) = delete;

  void run();
  /// Takes over an accepted socket. `refused`: it is told that there are too many.
  void adopt(int native_socket, boost::asio::ip::tcp protocol, bool refused);
  void begin_stop(std::chrono::milliseconds grace, std::function<void()> done);
  void stop();

  boost::asio::io_context& context() { return context_; }
  const std::shared_ptr<outbox>& box() const { return outbox_; }
  const config::gateway_settings& settings() const { return settings_; }
  request_handler& handler() { return handler_; }
  server_counters& counters() { return counters_; }
  /// The time, as of the last tick: exact enough for timeouts.
  clock_time now() const { return now_; }
  std::string_view date() const { return date_; }
  bool stopping() const { return stopping_; }
  void remove(uint64_t connection);

private:
  void add(client_socket socket, bool refused);
  void drain_outbox();
  void read_clock();
  void arm_tick();
  void tick();
  void check_stopped();

  const config::gateway_settings& settings_;
  request_handler& handler_;
  server_counters& counters_;
  boost::asio::io_context context_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  boost::asio::steady_timer timer_;
  std::shared_ptr<outbox> outbox_;
  std::vector<outbox::item> taken_;
  std::unordered_map<uint64_t, std::shared_ptr<connection>> connections_;
  std::vector<uint64_t> gone_; ///< Removed during a tick.
  std::function<void()> stopped_;
  std::string date_;
  clock_time now_, stop_deadline_{};
  int64_t date_second_ = 0;
  uint64_t next_ = 1;
  bool ticking_ = false, armed_ = false, stopping_ = false;
  std::thread thread_;
};

} // namespace steward::gateway
