#pragma once

#include "messages/feed.hpp"
#include "tests/simulation/agenda.hpp"
#include "tests/simulation/auditor.hpp"
#include "tests/simulation/dice.hpp"
#include "tests/simulation/process.hpp"

#include <deque>

namespace steward::simulation {

/// Readers of the feed who lose their connections, are slow at times, and resume with the last
/// sequence that they saw: each must see every event that it wants, once, in order, and none that
/// is not durable.
class feed_readers {
public:
  /// `server`: one to read from, among those that live; null: nobody listens.
  feed_readers(dice& chance, agenda& later, auditor& audit, const memory_disk& disk,
               std::function<process*()> server, std::function<int64_t()> now_us)
      : chance_(chance), later_(later), audit_(audit), disk_(disk), server_(std::move(server)),
        now_us_(std::move(now_us)) {}

  void invite(const std::vector<tenant_id>& tenants);
  /// The process is gone, and what it sent and nobody has read.
  void disconnected(const process& from);
  /// From now on nobody leaves by himself or is slow.
  void calm() { calm_ = true; }
  /// All have seen all there is.
  bool done() const;

private:
  struct reader;
  class line;
  using reader_ptr = std::shared_ptr<reader>;

  void connect(const reader_ptr& r);
  void reconnect_later(const reader_ptr& r);
  void consume(const reader_ptr& r);
  void seen(reader& r, const feed_item& item);
  static caf::actor feed_of(const reader& r);
  const feed_event* next_wanted(const reader& r) const;

  dice& chance_;
  agenda& later_;
  auditor& audit_;
  const memory_disk& disk_;
  std::function<process*()> server_;
  std::function<int64_t()> now_us_;
  std::vector<reader_ptr> readers_;
  uint64_t subscriptions_ = 0;
  bool calm_ = false;
};

} // namespace steward::simulation
