#pragma once

#include <arpa/inet.h>
#include <atomic>
#include <functional>
#include <mutex>
#include <netinet/in.h>
#include <stdexcept>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace steward::testing {

/// Listens on a free port of 127.0.0.1 and hands each request's header, as the bytes that came, to
/// a function that says which bytes to answer. An empty answer keeps silent. The connection is
/// closed after each answer unless it asks to be kept.
class raw_server {
public:
  struct answer {
    std::string bytes;
    bool keep = false;
  };
  explicit raw_server(std::function<answer(const std::string& request)> respond)
      : respond_(std::move(respond)) {
    listener_ = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (bind(listener_, generic, size) != 0 || listen(listener_, 128) != 0 ||
        getsockname(listener_, generic, &size) != 0)
      throw std::runtime_error{"no port for the test server"};
    port = ntohs(address.sin_port);
    url = "http://127.0.0.1:" + std::to_string(port);
    acceptor_ = std::thread{[this] { accept_all(); }};
  }
  ~raw_server() {
    stopping_ = true;
    shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    close(listener_);
    {
      const std::lock_guard guard{mutex_};
      for (const int s : sockets_) shutdown(s, SHUT_RDWR);
    }
    for (auto& t : sessions_) t.join();
  }
  raw_server(const raw_server&) = delete;
  raw_server& operator=(const raw_server&) = delete;

  uint16_t port = 0;
  std::string url;
  std::atomic<int> connections = 0;
  std::atomic<int> closed = 0; ///< Connections that the client has closed.

private:
  void accept_all() {
    while (!stopping_) {
      const int s = accept(listener_, nullptr, nullptr);
      if (s < 0) continue;
      ++connections;
      const std::lock_guard guard{mutex_};
      sockets_.push_back(s);
      sessions_.emplace_back([this, s] { serve(s); });
    }
  }

  void serve(int s) {
    std::string request;
    char buffer[4096];
    while (true) {
      const auto n = recv(s, buffer, sizeof buffer, 0);
      if (n <= 0) {
        ++closed;
        break;
      }
      request.append(buffer, static_cast<size_t>(n));
      if (request.find("\r\n\r\n") == std::string::npos) continue;
      const auto a = respond_(request);
      request.clear();
      if (a.bytes.empty()) continue;
      send(s, a.bytes.data(), a.bytes.size(), MSG_NOSIGNAL);
      if (!a.keep) break;
    }
    const std::lock_guard guard{mutex_};
    std::erase(sockets_, s);
    close(s);
  }

  std::function<answer(const std::string&)> respond_;
  int listener_ = -1;
  std::atomic<bool> stopping_ = false;
  std::mutex mutex_;
  std::vector<int> sockets_;
  std::vector<std::thread> sessions_;
  std::thread acceptor_;
};

} // namespace steward::testing
