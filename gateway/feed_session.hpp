#pragma once

#include "gateway/handler.hpp"
#include "gateway/outbox.hpp"
#include "messages/feed.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace steward::gateway {

struct feed_limits {
  size_t items = 1024;
  size_t bytes = 4 << 20;
};

/// What waits for one reader of the feed, between the feed's actor, which puts it in, and the I/O
/// thread, which writes it out. Thread-safe. Past its bound it closes itself: the reader is told
/// why and from where to resume, and nobody else waits for it.
class feed_session {
public:
  feed_session(const feed_opening& opening, const feed_limits& limits, std::shared_ptr<outbox> wake,
               uint64_t connection);

  bool push(std::shared_ptr<const feed_item> item);
  size_t room() const;
  /// Only the first reason counts.
  void close(std::string reason);

  /// Appends at most about `bytes` of what waits to `out`, as it goes over the wire. Answers
  /// whether anything was there. I/O thread only.
  bool take(std::string& out, size_t bytes);
  /// Why it was closed, once nothing that was queued before remains (a slow reader's queue is
  /// dropped). I/O thread only.
  std::optional<std::string> closed() const;
  bool empty() const;

  feed_form form() const { return form_; }
  uint64_t subscription() const { return subscription_; }

  /// What answers the request, before any item.
  static std::string opening_bytes(const feed_opening& opening, std::string_view date);
  /// The last words to a reader.
  std::string closing_bytes(std::string_view reason) const;

private:
  std::string resume_hint() const;
  void wake_up();

  const feed_form form_;
  const uint64_t subscription_;
  const feed_limits limits_;
  const std::shared_ptr<outbox> wake_;
  const uint64_t connection_;
  mutable std::mutex mutex_; // guards what follows
  std::deque<std::shared_ptr<const feed_item>> items_;
  size_t bytes_ = 0;
  uint64_t taken_sequence_; ///< The last one given to the I/O thread, or seen before.
  bool woken_ = false;      ///< The I/O thread knows that there is something.
  bool closed_ = false;
  std::string reason_;
};

/// The handle the feed's actor gets. When its last copy goes away (the actor has died) the reader
/// is told to resume, for no more would come.
std::shared_ptr<feed_sink> make_sink(std::shared_ptr<feed_session> session);

} // namespace steward::gateway
