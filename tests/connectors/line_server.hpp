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

/// A mail server on a free port of 127.0.0.1, one connection after the other: hands each line to a
/// function that says what to answer. After an answer 354 the "line" is the whole mail. An empty
/// answer closes the connection; "-" keeps silent.
class line_server {
public:
  explicit line_server(std::function<std::string(const std::string& line)> respond,
                       std::string greeting = "220 test")
      : respond_(std::move(respond)), greeting_(std::move(greeting)) {
    listener_ = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (bind(listener_, generic, size) != 0 || listen(listener_, 16) != 0 ||
        getsockname(listener_, generic, &size) != 0)
      throw std::runtime_error{"no port for the test server"};
    port = std::to_string(ntohs(address.sin_port));
    acceptor_ = std::thread{[this] { accept_all(); }};
  }
  ~line_server() {
    stopping_ = true;
    shutdown(listener_, SHUT_RDWR);
    {
      const std::lock_guard guard{mutex_};
      if (session_ >= 0) shutdown(session_, SHUT_RDWR);
    }
    acceptor_.join();
    close(listener_);
  }
  line_server(const line_server&) = delete;
  line_server& operator=(const line_server&) = delete;

  std::string port;
  std::vector<std::string> lines() const {
    const std::lock_guard guard{mutex_};
    return lines_;
  }

private:
  void accept_all() {
    while (!stopping_) {
      const int s = accept(listener_, nullptr, nullptr);
      if (s < 0) continue;
      {
        const std::lock_guard guard{mutex_};
        session_ = s;
      }
      serve(s);
      const std::lock_guard guard{mutex_};
      session_ = -1;
      close(s);
    }
  }

  void serve(int s) {
    auto answer = greeting_;
    std::string came;
    char buffer[4096];
    while (!answer.empty()) {
      if (answer != "-") {
        const auto bytes = answer + "\r\n";
        send(s, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      }
      const std::string end = answer.starts_with("354") ? "\r\n.\r\n" : "\r\n";
      while (came.find(end) == std::string::npos) {
        const auto n = recv(s, buffer, sizeof buffer, 0);
        if (n <= 0) return;
        came.append(buffer, static_cast<size_t>(n));
      }
      const auto line = came.substr(0, came.find(end));
      came.erase(0, line.size() + end.size());
      {
        const std::lock_guard guard{mutex_};
        lines_.push_back(line);
      }
      answer = respond_(line);
    }
  }

  std::function<std::string(const std::string&)> respond_;
  std::string greeting_;
  int listener_ = -1, session_ = -1;
  std::atomic<bool> stopping_ = false;
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
  std::thread acceptor_;
};

} // namespace steward::testing
