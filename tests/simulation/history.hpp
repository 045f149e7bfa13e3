#pragma once

#include "tests/simulation/clients.hpp"
#include "tests/simulation/faults.hpp"
#include "tests/simulation/feed_readers.hpp"
#include "tests/simulation/service.hpp"

#include <deque>

namespace steward::simulation {

/// What one history came to.
struct verdict {
  uint64_t seed = 0;
  std::vector<std::string> violations; ///< The first ones; empty: all was well.
  size_t messages = 0, runs = 0, crashes = 0, kills = 0;
  uint64_t fingerprint = 0;               ///< Equal for equal histories.
  std::vector<std::string> last_messages; ///< Only when asked for.
  std::string text() const;
};

/// One history: a server on a disk, its clients and a service, and whatever goes wrong with them.
/// All of it follows from the seed.
class history {
public:
  /// `keep`: how many of its last messages can be read afterwards.
  explicit history(uint64_t seed, sabotage s = sabotage::none, size_t keep = 0);
  ~history();
  verdict tell();

private:
  class disk_line;
  class wall_clock;

  void deploy();
  void step(int64_t until_us);
  void deliver_one();
  void pass_time(int64_t until_us);
  /// The rest of the world goes on while somebody blocks.
  void live_for(int64_t us);
  void boot();
  void crash();
  bool going_on() const { return audit_.content() && !crash_due_; }

  // --- what goes wrong ---
  bool trouble() const { return server_.now_us() < plan_.until_us; }
  void strike();
  void kill_someone();
  void kill(const caf::actor& whom, const std::string& name);
  /// True when the message is not to be delivered now.
  bool disturb(const waiting_message& m);
  void damage_disk();

  // --- what is looked at ---
  bool wakes_timers(const waiting_message& m) const;
  void watch_timers(size_t n);
  bool at_rest() const;
  void check_at_rest();
  void count(const waiting_message& m);
  void remember(const std::string& what);
  std::string name_of(caf::actor_id whom) const;
  std::string what_is_missing() const;

  const uint64_t seed_;
  const sabotage sabotage_;
  const size_t keep_;
  dice chance_;
  fault_plan plan_;
  const config::settings settings_;
  const std::shared_ptr<memory_disk> disk_;
  auditor audit_;
  process server_;
  agenda later_;
  std::unique_ptr<wall_clock> wall_;
  service service_;
  clients clients_;
  feed_readers readers_;
  std::shared_ptr<disk_line> line_; ///< Of the process that lives.
  std::shared_ptr<bool> cut_;       ///< True once it has crashed.
  bool crash_due_ = false;
  std::set<std::pair<run_id, effect_id>> told_timers_; ///< By the present timers actor.
  caf::actor_id timers_actor_ = 0;
  std::deque<caf::actor_addr> lately_; ///< Who handled messages.
  size_t steps_ = 0;
  verdict verdict_;
  std::deque<std::string> last_;
};

} // namespace steward::simulation
