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
  /// `server`: one to ask, among those that live; null: nobody listens.
  clients(dice& chance, agenda& later, auditor& audit, std::function<process*()> server,
          std::function<int64_t()> now_us)
      : chance_(chance), later_(later), audit_(audit), server_(std::move(server)),
        now_us_(std::move(now_us)) {}

  /// So many who start a run each, in the first `within_us`; some have more wishes after that.
  void invite(size_t starters, const std::vector<tenant_id>& tenants, int64_t within_us);
  /// The process is gone, and the answers to everything that it was asked with it.
  void disconnected(const process& from);
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

  using sending = std::function<void(process&, reply_slot)>;
  void ask(const sending& send, told then);
  /// Asks until there is an answer that tells something.
  void insist(sending send, std::function<void(const reply&)> then);
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
  std::function<process*()> server_;
  std::function<int64_t()> now_us_;
  size_t wishes_ = 0; ///< Not fulfilled yet.
  uint64_t asked_ = 0;
  struct question {
    const process* to;
    told then;
  };
  std::map<uint64_t, question> open_; ///< Requests that are not answered, by number.
};

} // namespace steward::simulation
