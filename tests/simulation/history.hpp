#pragma once

#include "tests/simulation/clients.hpp"
#include "tests/simulation/faults.hpp"
#include "tests/simulation/feed_readers.hpp"
#include "tests/simulation/memory_cluster.hpp"
#include "tests/simulation/network.hpp"
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

/// One history: a server on a disk, or several that are a cluster, their clients and a service, and
/// whatever goes wrong with them. All of it follows from the seed.
class history {
public:
  /// `keep`: how many of its last messages can be read afterwards. `servers`: more than one are a
  /// cluster.
  explicit history(uint64_t seed, sabotage s = sabotage::none, size_t keep = 0, size_t servers = 1);
  ~history();
  verdict tell();

private:
  class disk_line;
  class wall_clock;
  /// A machine with its process.
  struct server {
    size_t number = 0;
    process life;
    std::unique_ptr<wall_clock> wall;
    std::shared_ptr<disk_line> line; ///< Of the process that lives.
    std::shared_ptr<bool> cut;       ///< True once it has crashed.
    bool crash_due = false;
    bool frozen = false;       ///< It stands still, and goes on later.
    bool off_database = false; ///< What it says to the database goes nowhere.
    std::set<std::pair<run_id, effect_id>> told_timers; ///< By the present timers actor.
    caf::actor_id timers_actor = 0;
  };

  void deploy();
  void step(int64_t until_us);
  void deliver_one();
  void pass_time(int64_t until_us);
  /// The rest of the world goes on while a server's writer blocks.
  void live_for(const server& who, int64_t us);
  void boot(server& s);
  void crash(server& s);
  int64_t now_us() const { return servers_.front()->life.now_us(); }
  bool clustered() const { return servers_.size() > 1; }
  /// How many actors could run now, on all machines that go on.
  size_t ready() const;
  server& any_server();
  process* server_to_ask();

  // --- what goes wrong ---
  bool trouble() const { return now_us() < plan_.until_us; }
  void strike();
  void cut_something(server& s);
  void heal();
  void freeze(server& s, bool frozen);
  void kill_someone(server& s);
  void kill(server& s, const caf::actor& whom, const std::string& name);
  /// True when the message is not to be delivered now.
  bool disturb(server& s, const waiting_message& m);
  void damage_disk();

  // --- what is looked at ---
  static bool wakes_timers(const server& s, const waiting_message& m);
  void watch_timers(server& s, size_t n);
  bool at_rest() const;
  void check_at_rest();
  void count(server& s, const waiting_message& m);
  void remember(const std::string& what);
  std::string name_of(const server& s, caf::actor_id whom) const;
  std::string what_is_missing() const;

  const uint64_t seed_;
  const sabotage sabotage_;
  const size_t keep_;
  dice chance_;
  fault_plan plan_;
  const config::settings settings_;
  const std::shared_ptr<memory_disk> disk_;
  auditor audit_;
  agenda later_;
  network network_;
  memory_cluster cluster_;
  std::vector<std::unique_ptr<server>> servers_;
  service service_;
  clients clients_;
  feed_readers readers_;
  std::deque<std::pair<server*, caf::actor_addr>> lately_; ///< Who handled messages.
  size_t steps_ = 0;
  verdict verdict_;
  std::deque<std::string> last_;
};

} // namespace steward::simulation
