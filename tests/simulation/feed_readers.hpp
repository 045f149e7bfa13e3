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
  feed_readers(dice& chance, agenda& later, auditor& audit, const memory_disk& disk,
               process& server)
      : chance_(chance), later_(later), audit_(audit), disk_(disk), server_(server) {}

  void invite(const std::vector<tenant_id>& tenants);
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
  const feed_event* next_wanted(const reader& r) const;

  dice& chance_;
  agenda& later_;
  auditor& audit_;
  const memory_disk& disk_;
  process& server_;
  std::vector<reader_ptr> readers_;
  uint64_t subscriptions_ = 0;
  bool calm_ = false;
};

} // namespace steward::simulation
