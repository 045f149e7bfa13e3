#include "tests/store/cutting_proxy.hpp"

#include <cstring>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <vector>

namespace steward::store::tests {

namespace {

sockaddr_un address(const std::string& path) {
  sockaddr_un a{};
  a.sun_family = AF_UNIX;
  if (path.size() >= sizeof a.sun_path) throw std::runtime_error{path + " is too long a path"};
  std::memcpy(a.sun_path, path.data(), path.size());
  return a;
}

int connect_to(const std::string& path) {
  const int made = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto where = address(path);
  if (::connect(made, reinterpret_cast<const sockaddr*>(&where), sizeof where) == 0) return made;
  ::close(made);
  return -1;
}

bool send_all(int to, const char* bytes, ssize_t size) {
  for (ssize_t sent = 0; sent < size;) {
    const auto now = ::send(to, bytes + sent, static_cast<size_t>(size - sent), MSG_NOSIGNAL);
    if (now <= 0) return false;
    sent += now;
  }
  return true;
}

} // namespace

cutting_proxy::cutting_proxy(std::string server_socket) : server_socket_(std::move(server_socket)) {
  listening_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto where = address((folder() / ".s.PGSQL.5432").string());
  if (::bind(listening_, reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0 ||
      ::listen(listening_, 16) != 0)
    throw std::runtime_error{"can't listen"};
  thread_ = std::thread{[this] { serve(); }};
}

cutting_proxy::~cutting_proxy() {
  done_ = true;
  thread_.join();
  ::close(listening_);
  for (const auto& l : lines_) close(l);
}

void cutting_proxy::cut(when how, std::string marker) {
  const std::lock_guard lock{mutex_};
  how_ = how;
  marker_ = std::move(marker);
  cuts_ = 0;
}

void cutting_proxy::serve() {
  while (!done_) {
    std::vector<pollfd> ends{{listening_, POLLIN, 0}};
    for (const auto& l : lines_) {
      ends.push_back({l.client, POLLIN, 0});
      ends.push_back({l.server, POLLIN, 0});
    }
    if (::poll(ends.data(), ends.size(), 20) <= 0) continue;
    size_t at = 1;
    for (auto l = lines_.begin(); l != lines_.end(); at += 2) {
      const bool alive = (ends[at].revents == 0 || forward_request(*l)) &&
                         (ends[at + 1].revents == 0 || forward_answer(*l));
      if (!alive) close(*l);
      l = alive ? std::next(l) : lines_.erase(l);
    }
    if (ends[0].revents != 0) accept();
  }
}

void cutting_proxy::accept() {
  const int client = ::accept(listening_, nullptr, nullptr);
  const int server = is_open_ ? connect_to(server_socket_) : -1;
  if (server >= 0)
    lines_.push_back({client, server});
  else
    ::close(client);
}

bool cutting_proxy::forward_request(line& l) {
  char bytes[65536];
  const auto size = ::recv(l.client, bytes, sizeof bytes, 0);
  if (size <= 0) return false;
  const std::lock_guard lock{mutex_};
  if (how_ != when::never &&
      std::string_view{bytes, static_cast<size_t>(size)}.find(marker_) != std::string_view::npos) {
    ++cuts_;
    if (std::exchange(how_, when::never) == when::before) return false;
    l.silent = true;
  }
  return send_all(l.server, bytes, size);
}

bool cutting_proxy::forward_answer(line& l) {
  char bytes[65536];
  const auto size = ::recv(l.server, bytes, sizeof bytes, 0);
  return size > 0 && !l.silent && send_all(l.client, bytes, size);
}

void cutting_proxy::close(const line& l) {
  ::close(l.client);
  ::close(l.server);
}

} // namespace steward::store::tests
