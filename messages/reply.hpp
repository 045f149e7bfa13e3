#pragma once

#include "messages/failure.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <string>

namespace steward {

/// What a request is answered with. `json` is one whole JSON document.
struct reply {
  enum class kind : uint8_t { ok, created, accepted, failed, no_content };
  kind what = kind::ok;
  std::string json;
  std::string location;     ///< Path of what was made, or empty.
  std::string content_type; ///< Empty: application/json.
  failure why;              ///< When failed.
  std::string etag = {};    ///< Entity tag of what is shown, or empty.

  static reply ok(std::string json) { return {kind::ok, std::move(json), {}, {}, {}}; }
  static reply error(failure f) { return {kind::failed, {}, {}, {}, std::move(f)}; }
  static reply error(ec code, std::string detail) {
    return error(failure{code, std::move(detail), {}, {}});
  }
};

/// Takes one answer, on whatever thread it is ready; must not block. The gateway implements it by
/// posting to its own thread, the command line by fulfilling a promise.
class reply_sink {
public:
  virtual ~reply_sink() = default;
  virtual void answer(reply r) = 0;
};

/// The right to answer one request, once. Copies share it; the first `answer` counts. When the last
/// copy goes away unused (its actor crashed, its message was dropped) the caller is told
/// `unavailable`, so a lost reply can't hang a client. Never leaves its node: a request that was
/// forwarded is answered through the node that took it.
class reply_slot {
public:
  reply_slot() = default;
  explicit reply_slot(std::shared_ptr<reply_sink> sink)
      : state_(std::make_shared<state>(std::move(sink))) {}

  void answer(reply r) const {
    if (state_ && !state_->done.exchange(true)) state_->sink->answer(std::move(r));
  }
  explicit operator bool() const { return state_ != nullptr; }
  bool answered() const { return !state_ || state_->done.load(); }

private:
  struct state {
    explicit state(std::shared_ptr<reply_sink> s) : sink(std::move(s)) {}
    ~state() {
      if (!done)
        sink->answer(reply::error(
            {ec::unavailable,
             "the server lost this request while a part of it restarted; repeat it, with its "
             "Idempotency-Key if it has one",
             {},
             std::chrono::milliseconds{1000}}));
    }
    std::shared_ptr<reply_sink> sink;
    std::atomic<bool> done = false;
  };
  std::shared_ptr<state> state_;
};

} // namespace steward
