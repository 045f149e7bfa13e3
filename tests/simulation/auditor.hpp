#pragma once

#include "connectors/http_transport.hpp"
#include "tests/simulation/memory_store.hpp"
#include "tests/simulation/process.hpp"
#include "workflow/machine.hpp"

#include <map>
#include <set>

namespace steward::simulation {

/// Watches one history from outside the process: sees what becomes durable, what reaches the
/// outside world and what is said inside, and notes whatever must not be. It keeps a machine for
/// each run, fed with what is durable of it: what that machine wants may have effects, nothing
/// else may.
class auditor {
public:
  /// `limits` as the runs have them.
  auditor(const memory_disk& disk, workflow::machine_limits limits);

  std::vector<std::string> violations;
  void note(std::string violation) { violations.push_back(std::move(violation)); }
  bool content() const { return violations.empty(); }

  /// The wall clock shows that; it may have shown a later time before.
  void clock_shows(int64_t wall_us) { latest_us_ = std::max(latest_us_, wall_us); }

  // --- as it happens ---

  void committed(std::span<const write_batch* const> group, const store::commit_report& report);
  void called(const connectors::http_order& order, const std::string& key);
  /// Before it is delivered.
  void message(const waiting_message& m);
  /// In the order in which the timers told them, each for the first time.
  void timers_told(const std::vector<timer_due>& told);
  /// A client was told that there is this run, or that it has ended.
  void promised(const tenant_id& tenant, const run_id& run, bool ended);
  void cancel_asked(const run_id& run) { cancels_asked_.insert(run); }

  // --- when nothing is under way, and after a crash ---

  /// What is on disk replays to what was seen; nothing that was promised is lost.
  void check_disk();
  /// Everything has ended as it may.
  void check_end();

private:
  struct seen_run {
    tenant_id tenant;
    std::shared_ptr<workflow::machine> machine;
    int64_t time_us = 0;
    bool ended = false;
    unsigned starts_told = 0, ends_told = 0;
    std::map<effect_id, std::string> calls;              ///< Idempotency key of each it wanted.
    std::map<effect_id, workflow::start_child> children; ///< That it wanted.
    std::map<effect_id, int64_t> timers;                 ///< Due time of each it ever had.
  };

  void applied(const tenant_id& tenant, const write_op& op);
  void inserted(const tenant_id& tenant, const run_row& row);
  void journaled(const append_journal& op);
  void feed(seen_run& run, const workflow::event& e);
  void published(const publish_event& e);
  void compare(const run_row& row, const workflow::machine& m);
  seen_run* known(const run_id& run, const std::string& who);

  const memory_disk& disk_;
  workflow::machine_limits limits_;
  bool rows_lag_; ///< Long work is cut: in the middle of it a row lags behind its journal.
  int64_t latest_us_ = 0;
  std::map<run_id, seen_run> runs_;
  std::map<std::pair<run_id, effect_id>, run_id> children_; ///< By parent and effect.
  std::set<std::pair<tenant_id, run_id>> promised_;
  std::set<std::pair<run_id, effect_id>> told_; ///< Timers, in whatever life of whom.
  std::set<run_id> cancels_asked_;
  std::map<std::string, std::string> step_of_key_, key_of_step_;
};

/// The definition of a stored workflow, read once in the life of the test program.
std::shared_ptr<const workflow::definition> definition_of(const std::string& source);

} // namespace steward::simulation
