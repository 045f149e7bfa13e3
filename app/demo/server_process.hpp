#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <sys/types.h>
#include <thread>

namespace steward::app {

/// A server of this very program in a process of its own, on a free port of this machine, with a
/// clock that stands still until it is moved. It ends with this process, however that ends.
class server_process {
public:
  /// Its data go to `data`, its log to `data`/server.log.
  explicit server_process(std::filesystem::path data);
  ~server_process();
  server_process(const server_process&) = delete;
  server_process& operator=(const server_process&) = delete;

  /// Starts it with the clock at that instant (RFC 3339) and waits until it is ready: throws
  /// std::runtime_error with the end of its log when it is not within a minute. Started again, it
  /// has the same address.
  void start(const std::string& now);
  const std::string& url() const { return url_; }

  /// `kill -9` after that time, from another thread, whatever is going on then.
  void kill_after(std::chrono::milliseconds delay);
  /// Waits for the kill that was ordered, and for the process to be gone. False if none was
  /// ordered.
  bool finish_kill();
  /// True once it has ended by itself.
  bool has_ended();
  /// Asks it to end and waits.
  void stop();
  /// The last lines of its log.
  std::string log_end() const;

private:
  void wait_for_end();
  std::string ready_line(int from);

  std::filesystem::path data_;
  std::string url_, listen_ = "127.0.0.1:0";
  pid_t pid_ = -1;
  int out_ = -1; ///< Its standard output.
  std::thread killer_;
};

} // namespace steward::app
