#include "app/demo/server_process.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <poll.h>
#include <sstream>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace steward::app {

namespace {

using namespace std::chrono_literals;

constexpr std::string_view ready = "Steward is ready at ";

[[noreturn]] void become_server(const std::vector<std::string>& words, int out, int log,
                                pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(126); // it is gone already
  // Keys of a terminal are for the demo, which stops its server itself.
  setpgid(0, 0);
  dup2(out, STDOUT_FILENO);
  dup2(log, STDERR_FILENO);
  std::vector<char*> arguments;
  for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  execv("/proc/self/exe", arguments.data());
  _exit(127);
}

} // namespace

server_process::server_process(std::filesystem::path data) : data_(std::move(data)) {
  std::filesystem::create_directories(data_);
}

server_process::~server_process() {
  try {
    stop();
  } catch (const std::exception&) { // it ends with this process at the latest
  }
}

void server_process::start(const std::string& now) {
  const std::vector<std::string> words = {
      "steward",  "serve", "--dev",   "--data",       (data_ / "store").string(),
      "--listen", listen_, "--clock", "manual:" + now};
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error{"no pipe is to be had"};
  const auto log =
      open((data_ / "server.log").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  const auto parent = getpid();
  pid_ = log < 0 ? -1 : fork();
  if (pid_ == 0) become_server(words, ends[1], log, parent);
  close(ends[1]);
  if (log >= 0) close(log);
  out_ = ends[0];
  if (pid_ < 0)
    throw std::runtime_error{std::string{"no server can be started: "} + std::strerror(errno)};
  const auto line = ready_line(out_);
  const auto at = line.find(ready);
  if (at == line.npos) {
    if (pid_ > 0) kill(pid_, SIGKILL);
    wait_for_end();
    throw std::runtime_error{"the server did not start:\n" + log_end()};
  }
  url_ = line.substr(at + ready.size());
  url_ = url_.substr(0, url_.find_first_of("\r\n"));
  listen_ = url_.substr(url_.find("//") + 2);
}

std::string server_process::ready_line(int from) {
  std::string text;
  const auto give_up = std::chrono::steady_clock::now() + 60s;
  while (text.find('\n') == text.npos && std::chrono::steady_clock::now() < give_up) {
    pollfd one{from, POLLIN, 0};
    if (poll(&one, 1, 100) <= 0) continue;
    char bytes[512];
    const auto n = read(from, bytes, sizeof bytes);
    if (n <= 0) break;
    text.append(bytes, static_cast<size_t>(n));
  }
  return text;
}

void server_process::kill_after(std::chrono::milliseconds delay) {
  if (killer_.joinable() || pid_ < 0) return;
  // `pid_` stays this process's child, if only a dead one, until `finish_kill` has joined.
  killer_ = std::thread{[delay, pid = pid_] {
    std::this_thread::sleep_for(delay);
    kill(pid, SIGKILL);
  }};
}

bool server_process::finish_kill() {
  if (!killer_.joinable()) return false;
  killer_.join();
  wait_for_end();
  return true;
}

bool server_process::has_ended() {
  if (pid_ < 0) return true;
  if (waitpid(pid_, nullptr, WNOHANG) != pid_) return false;
  pid_ = -1;
  wait_for_end();
  return true;
}

void server_process::wait_for_end() {
  if (pid_ > 0)
    while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
  pid_ = -1;
  if (out_ >= 0) close(out_);
  out_ = -1;
}

void server_process::stop() {
  if (finish_kill() || pid_ < 0) return;
  kill(pid_, SIGTERM);
  for (int i = 0; i < 200; ++i) {
    if (has_ended()) return;
    std::this_thread::sleep_for(50ms);
  }
  kill(pid_, SIGKILL);
  wait_for_end();
}

std::string server_process::log_end() const {
  std::ifstream file{data_ / "server.log"};
  std::ostringstream text;
  text << file.rdbuf();
  const auto all = text.str();
  return all.size() <= 2000 ? all : all.substr(all.size() - 2000);
}

} // namespace steward::app
