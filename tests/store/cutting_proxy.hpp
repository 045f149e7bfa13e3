#pragma once

#include "tests/store/samples.hpp"

#include <atomic>
#include <condition_variable>
#include <list>
#include <mutex>
#include <string>
#include <thread>

namespace steward::store::tests {

/// A way to a PostgreSQL server that can break at the worst moment.
class cutting_proxy {
public:
  explicit cutting_proxy(std::string server_socket);
  ~cutting_proxy();
  cutting_proxy(const cutting_proxy&) = delete;
  cutting_proxy& operator=(const cutting_proxy&) = delete;

  /// Has the socket that clients connect to.
  const std::filesystem::path& folder() const { return folder_.path(); }

  enum class when {
    never,
    before, ///< The message does not reach the server.
    after,  ///< The server gets it and answers, the client does not get the answer.
  };
  /// Breaks the connection at the next message that has `marker` in it.
  void cut(when how, std::string marker);
  bool has_cut() const { return cuts_ > 0; }
  /// Takes new connections, or refuses them.
  void open(bool is_open) { is_open_ = is_open; }

private:
  struct line {
    int client, server;
    bool silent = false; ///< The answer is awaited, and swallowed.
  };
  void serve();
  void accept();
  bool forward_request(line& l);
  bool forward_answer(line& l);
  static void close(const line& l);

  scratch_folder folder_;
  std::string server_socket_;
  int listening_ = -1;
  std::list<line> lines_;
  std::mutex mutex_;
  when how_ = when::never;
  std::string marker_;
  std::atomic<int> cuts_ = 0;
  std::atomic<bool> is_open_ = true, done_ = false;
  std::thread thread_;
};

} // namespace steward::store::tests
