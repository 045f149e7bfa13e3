#pragma once

#include "tests/simulation/agenda.hpp"
#include "tests/simulation/auditor.hpp"
#include "tests/simulation/dice.hpp"
#include "tests/simulation/workflows.hpp"

#include <functional>
#include <memory>

namespace steward::simulation {

/// The people and programs who use the server: they start runs, control them, look at them, and
/// repeat what was not answered as real ones do. A crash of the process breaks their connections.
class clients {
public:
  clients(dice& chance, agenda& later, auditor& audit, process& server)
      : chance_(chance), later_(later), audit_(audit), server_(server) {}

  /// So many who start a run each, in the first `within_us`; some have more wishes after that.
  void invite(size_t starters, const std::vector<tenant_id>& tenants, int64_t within_us);
  /// The process is gone, and the answers to everything that was asked with it.
  void disconnected();
  /// All have what they wanted.
  bool done() const { return wishes_ == 0; }

private:
  /// One who wants a run to be started.
  struct starter {
    tenant_id tenant;
    const sample_workflow* workflow = nullptr;
    std::string input, key; ///< Without a key it asks only once.
    std::chrono::milliseconds wait{0};
    std::optional<run_id> run;
  };
  using starter_ptr = std::shared_ptr<starter>;
  /// What came back: null when the connection broke.
  using told = std::function<void(const reply*)>;

  void ask(const std::function<void(reply_slot)>& send, told then);
  /// Asks until there is an answer that tells something.
  void insist(std::function<void(reply_slot)> send, std::function<void(const reply&)> then);
  static bool says_nothing(const reply& r);

  void start(const starter_ptr& s);
  void started(const starter_ptr& s, const reply& r);
  void control(const starter_ptr& s, run_action action, std::function<void()> then);
  void look_at(const starter_ptr& s);
  /// Something to be done later; the history is not over before it is.
  void later(int64_t pause_us, std::function<void()> what);

  dice& chance_;
  agenda& later_;
  auditor& audit_;
  process& server_;
  size_t wishes_ = 0; ///< Not fulfilled yet.
  uint64_t asked_ = 0;
  std::map<uint64_t, told> open_; ///< Requests that are not answered, by number.
};

} // namespace steward::simulation
