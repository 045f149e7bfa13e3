#pragma once

#include <arpa/inet.h>
#include <chrono>
#include <cstdint>
#include <map>
#include <netinet/tcp.h>
#include <optional>
#include <poll.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace steward::gateway_tests {

struct raw_answer {
  int status = 0;
  std::map<std::string, std::string> headers; ///< Names in lower case.
  std::string body;

  /// Empty when there is none.
  std::string header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? std::string{} : found->second;
  }
};

/// A client that says exactly the bytes it is told to, on a blocking socket; waits at most five
/// seconds for anything.
class raw_client {
public:
  explicit raw_client(uint16_t port, int receive_buffer = 0) {
    socket_ = ::socket(AF_INET, SOCK_STREAM, 0);
    if (receive_buffer > 0)
      ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    const int on = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
  }
  ~raw_client() { close(); }
  raw_client(const raw_client&) = delete;
  raw_client& operator=(const raw_client&) = delete;

  bool connected() const { return connected_; }

  /// False once the server has gone.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto n = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(n));
    }
    return true;
  }
  void end_sending() { ::shutdown(socket_, SHUT_WR); }
  /// Ends with a reset instead of an orderly end.
  void reset() {
    const linger now{1, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close();
  }
  void close() {
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
  }

  /// More bytes; false at the end, or when none came in time.
  bool more(std::chrono::milliseconds patience = std::chrono::milliseconds{5000}) {
    pollfd ready{socket_, POLLIN, 0};
    if (::poll(&ready, 1, static_cast<int>(patience.count())) <= 0) return false;
    char piece[65536];
    const auto n = ::recv(socket_, piece, sizeof piece, 0);
    if (n <= 0) {
      ended_ = true;
      return false;
    }
    got_.append(piece, static_cast<size_t>(n));
    return true;
  }
  /// Everything up to and including `mark`, or nothing if it does not come.
  std::optional<std::string> until(std::string_view mark) {
    for (size_t at = got_.find(mark);; at = got_.find(mark)) {
      if (at != std::string::npos) return take(at + mark.size());
      if (!more()) return std::nullopt;
    }
  }
  std::optional<std::string> exactly(size_t bytes) {
    while (got_.size() < bytes)
      if (!more()) return std::nullopt;
    return take(bytes);
  }
  /// Whether the server ends the connection.
  bool ends() {
    while (more()) {
    }
    return ended_;
  }

  /// The next answer. `to_head`: it has no body.
  raw_answer answer(bool to_head = false) {
    raw_answer out;
    const auto head = until("\r\n\r\n");
    if (!head || head->size() < 12) return out;
    out.status = std::stoi(head->substr(9, 3));
    for (size_t at = head->find("\r\n") + 2; at + 2 < head->size();) {
      const auto end = head->find("\r\n", at);
      const auto line = head->substr(at, end - at);
      const auto colon = line.find(": ");
      auto name = line.substr(0, colon);
      for (auto& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      out.headers[name] = colon == std::string::npos ? "" : line.substr(colon + 2);
      at = end + 2;
    }
    const auto length = out.headers.find("content-length");
    if (!to_head && length != out.headers.end())
      out.body = exactly(std::stoul(length->second)).value_or("(the body did not come)");
    return out;
  }
  raw_answer ask(std::string_view request) { return send(request) ? answer() : raw_answer{}; }
  /// A request with the usual headers.
  raw_answer call(std::string_view method, std::string_view target, std::string_view headers = {},
                  std::string_view body = {}) {
    std::string text;
    text.append(method).append(" ").append(target).append(" HTTP/1.1\r\nHost: localhost\r\n");
    text.append(headers);
    if (!body.empty())
      text.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
    text.append("\r\n").append(body);
    send(text);
    return answer(method == "HEAD");
  }
  const std::string& pending() const { return got_; }

private:
  std::string take(size_t bytes) {
    auto out = got_.substr(0, bytes);
    got_.erase(0, bytes);
    return out;
  }
  int socket_ = -1;
  bool connected_ = false, ended_ = false;
  std::string got_;
};

} // namespace steward::gateway_tests
