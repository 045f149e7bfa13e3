#pragma once

#include "actors/local_messages.hpp"
#include "actors/node.hpp"

#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <thread>

namespace steward::app {

/// A question to the actors from a thread that may block: the command line's way to them.
class question {
public:
  question() : sink_(std::make_shared<promise_sink>()), slot_(sink_) {}
  const reply_slot& slot() const { return slot_; }

  /// Nothing if no answer came in time. Call it once.
  std::optional<reply> wait(std::chrono::milliseconds limit) {
    auto answer = sink_->promise.get_future();
    slot_ = {};
    if (answer.wait_for(limit) != std::future_status::ready) return std::nullopt;
    return answer.get();
  }

private:
  struct promise_sink final : reply_sink {
    void answer(reply r) override { promise.set_value(std::move(r)); }
    std::promise<reply> promise;
  };
  std::shared_ptr<promise_sink> sink_;
  reply_slot slot_;
};

/// Sends the message with a reply slot to the actor in that slot of the directory, once it is
/// there, and waits.
template <class Message>
reply ask(const node::slot& to, Message message, std::chrono::milliseconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  auto handle = to->get();
  for (; !handle && std::chrono::steady_clock::now() < deadline; handle = to->get())
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  question q;
  if (handle) caf::anon_send(handle, std::move(message), q.slot());
  auto answer = q.wait(limit);
  return answer ? std::move(*answer)
                : reply::error(ec::unavailable, "no answer came within the time allowed");
}

} // namespace steward::app
