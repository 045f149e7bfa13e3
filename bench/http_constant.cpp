// The raw limit of the HTTP server: every request is answered with the same small document.
//   http_constant [port] [direct|thread]
// `thread` sends each answer through a reply slot from another thread, as actors do. Prints where
// it listens; ends with its standard input.
#include "gateway/server.hpp"

#include <condition_variable>
#include <iostream>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace steward;
using namespace steward::gateway;

constexpr const char* document = R"({"status":"ok"})";

/// Stands in for the actors: answers whole groups of slots from a thread of its own.
class answering_thread {
public:
  answering_thread() : thread_{[this] { run(); }} {}
  ~answering_thread() {
    {
      const std::lock_guard lock{mutex_};
      ended_ = true;
    }
    changed_.notify_one();
    thread_.join();
  }
  void add(reply_slot slot) {
    bool first = false;
    {
      const std::lock_guard lock{mutex_};
      first = slots_.empty();
      slots_.push_back(std::move(slot));
    }
    if (first) changed_.notify_one();
  }

private:
  void run() {
    std::vector<reply_slot> group;
    std::unique_lock lock{mutex_};
    while (true) {
      changed_.wait(lock, [this] { return ended_ || !slots_.empty(); });
      if (ended_) return;
      group.swap(slots_);
      lock.unlock();
      for (const auto& slot : group) slot.answer(reply::ok(document));
      group.clear();
      lock.lock();
    }
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<reply_slot> slots_;
  bool ended_ = false;
  std::thread thread_;
};

class constant_handler : public request_handler {
public:
  explicit constant_handler(answering_thread* other) : other_(other) {}
  void handle(const request_view&, exchange& x) override {
    if (other_ != nullptr) return other_->add(x.later());
    http_answer a;
    a.body = document;
    x.answer(std::move(a));
  }

private:
  answering_thread* other_;
};

} // namespace

int main(int argc, char** argv) {
  config::gateway_settings settings;
  settings.port = static_cast<uint16_t>(argc > 1 ? std::stoi(argv[1]) : 0);
  const bool threaded = argc > 2 && std::string{argv[2]} == "thread";
  std::unique_ptr<answering_thread> other;
  if (threaded) other = std::make_unique<answering_thread>();
  constant_handler handler{other.get()};
  http_server server;
  const auto at = server.start(settings, handler);
  if (!at.ok()) {
    std::cerr << at.error() << "\n";
    return 1;
  }
  std::cout << at->host << ":" << at->port << std::endl;
  std::cin.get();
  server.stop();
  return 0;
}
