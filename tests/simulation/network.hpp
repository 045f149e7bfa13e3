#pragma once

#include "cluster/transport.hpp"
#include "tests/simulation/agenda.hpp"
#include "tests/simulation/dice.hpp"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <vector>

namespace steward::simulation {

/// The network between the simulated servers. Frames take time and keep their order; a way that is
/// cut swallows them, in one direction or both, and a link whose side hears nothing goes down after
/// a while. What was under way when a link went down never arrives.
class network {
public:
  static constexpr int64_t silence_us = 1'400'000;

  network(dice& chance, agenda& later, std::function<int64_t()> now_us, size_t places)
      : chance_(chance), later_(later), now_us_(std::move(now_us)), places_(places),
        mute_(places, std::vector<bool>(places)) {}

  /// The transport of the server at that place; it is gone with the process (`cut`).
  std::unique_ptr<cluster::transport> connect(size_t place, std::shared_ptr<bool> cut,
                                              cluster::transport_events events);

  /// Frames from one place to another vanish, or no longer.
  void mute(size_t from, size_t to, bool silent);
  /// The process at that place stands still, or goes on: it says nothing meanwhile.
  void freeze(size_t place, bool frozen);

private:
  class end;
  struct link {
    uint64_t number = 0; ///< Of this link, among all there ever were.
    int64_t ids[2] = {0, 0};
    int64_t last_us[2] = {0, 0};
    std::deque<std::string> under_way[2]; ///< From the first place, and from the second.
    bool waits = false;                   ///< For silence to be noticed.
  };
  using pair = std::pair<size_t, size_t>; ///< The smaller first.

  bool hears(size_t from, size_t to) const { return !mute_[from][to] && !frozen_.contains(from); }
  bool acquainted(size_t a, size_t b) const;
  void settle();
  void settle(size_t a, size_t b);
  void drop(const pair& p);
  bool send(size_t from, int64_t to, std::string frame);
  void arrive(size_t from, size_t to, uint64_t number);

  dice& chance_;
  agenda& later_;
  std::function<int64_t()> now_us_;
  size_t places_;
  std::vector<std::vector<bool>> mute_;
  std::set<size_t> frozen_;
  std::map<size_t, end*> ends_;
  std::map<pair, link> links_;
  std::set<pair> coming_; ///< Links that are being made.
  uint64_t links_made_ = 0;
};

} // namespace steward::simulation
