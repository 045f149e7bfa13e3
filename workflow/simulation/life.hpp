#pragma once

#include "workflow/machine.hpp"

namespace steward::workflow::simulation {

/// Who looks on while a run goes on; never while it is replayed.
class audience {
public:
  virtual ~audience() = default;
  virtual void on_step(const step& s, const machine& m) = 0;
};

/// Everything that can be seen of a command, as one line.
std::string describe(const command& c);
/// An instant as the time since another: "3d 04:05:06.789".
std::string offset_text(int64_t us);

/// One run with its journal, as a server would have it: the machine may be lost at any time, the
/// journal's text stays.
class life {
public:
  life(std::shared_ptr<const definition> d, machine_limits limits, value secrets, audience& watch);

  const machine& now() const { return machine_; }
  /// Journals the event, which must be wanted, and applies it.
  std::vector<command> take(const event& e);
  /// Loses the machine and rebuilds it from the journal, then once more from a snapshot. Says how
  /// they differ, if they do.
  std::optional<std::string> rebuild();
  size_t journal_entries() const { return journal_.size(); }
  uint64_t steps() const { return trail_.steps; }

private:
  /// What the machine told of itself and asked for since the start, in one number.
  struct trail {
    uint64_t steps = 0;
    uint64_t digest = 0xcbf29ce484222325u;
    void add(std::string_view text);
  };
  class observer;

  std::vector<command> apply(machine& m, const event& e, trail& into, audience* watch) const;
  std::optional<std::string> go_on_from_snapshot();

  std::shared_ptr<const definition> what_;
  machine_limits limits_;
  value secrets_;
  audience& watch_;
  machine machine_;
  trail trail_;
  std::vector<std::string> journal_;
};

} // namespace steward::workflow::simulation
