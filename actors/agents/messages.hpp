#pragma once

#include "agents/gate.hpp"
#include "agents/task_queue.hpp"
#include "messages/agents.hpp"
#include "store/store.hpp"

#include <caf/all.hpp>

/// What the actors behind agents say among themselves, on one node (docs/agents.md).
namespace steward {

// --- to the agenda, and by it ---

/// From an actor that is found at `path` (supervision/services.hpp): send `reminder_due` then. One
/// reminder for each path; a new one takes its place, and says that the last one is dealt with.
struct remind {
  std::string path;
  int64_t due_us = 0; ///< INT64_MAX: never, for now.
};
struct reminder_due {
  int64_t due_us = 0;
};

// --- to the desk, for a thinker: whatever reads the store or takes long ---

/// -> considered: what was observed, and what should be done about it, made ready to commit.
struct consider {
  tenant_id tenant;
  std::shared_ptr<const agents::deciding> how;
  workflow::value trigger, settings;
  /// Written whatever is decided, and seen by what is decided.
  std::vector<agents::planned_write> first;
  bool by_itself = false; ///< Nobody waits for it: an agent executes.
  bool again = false;     ///< What came of the last time did not fit what was stored by then.
};
struct considered {
  std::string error;        ///< Why there is no plan, for people; empty: there is one.
  bool unavailable = false; ///< The store could not be read: it is not the decider's fault.
  std::shared_ptr<agents::plan> plan;
  std::shared_ptr<std::vector<write_op>> ops; ///< Of `first` and of the plan's writes.
  /// Of those whom the plan writes to, by id; and what is stored of decisions that it closes.
  std::shared_ptr<std::map<std::string, agents::customer_facts>> customers;
  std::shared_ptr<std::map<std::string, workflow::value>> decisions;
  double took_ms = 0;
};
/// -> documents: records as they are, null where there is none.
struct read_documents {
  tenant_id tenant;
  std::vector<std::pair<std::string, std::string>> which; ///< Collection and id.
};
/// -> documents: those that a filter finds.
struct search_documents {
  tenant_id tenant;
  std::string collection, filter, sort;
  size_t limit = 1;
};
struct documents {
  bool failed = false;
  std::shared_ptr<std::vector<workflow::value>> found;
};
/// -> gate_read: all that a gate is rebuilt from.
struct read_gate {
  tenant_id tenant;
};
struct gate_read {
  bool failed = false;
  std::shared_ptr<agents::stored_gate> stored;
  std::set<std::string> missing; ///< Base collections that are not there.
};

// --- between a tenant's gate and its agents ---

/// To the tenant: these are its agents; others are stopped.
struct agents_declared {
  std::vector<std::string> names;
};
/// To the gate, from an agent. -> agent_terms
struct ask_terms {
  std::string agent;
  bool executes = false; ///< It wants a place in its queue, and begins when it has one.
};
struct agent_terms {
  bool declared = false;
  std::string refusal; ///< Why it may not look and decide now; empty: it may.
  int64_t interval_us = 0, last_execution_us = 0; ///< Interval 0: not by the clock.
  int64_t wait_us = 0;                            ///< Its queue is full: ask again after that.
  const agents::queue_terms* queue = nullptr;
  uint64_t event_cursor = 0; ///< The newest event that it has dealt with.
  std::shared_ptr<const agents::deciding> how;
  workflow::value settings;
};
/// To the gate, from an agent that has looked and decided. -> execution_done
struct execution {
  std::string agent;
  int64_t began_us = 0, next_us = 0; ///< `next_us` 0: as it was.
  considered result;
  uint64_t event = 0; ///< Its place in the inbox; dealt with by this. 0: none.
};
struct execution_done {
  bool conflict = false; ///< What it saw has changed meanwhile: look again.
  bool refused = false;  ///< It was paused meanwhile: nothing was done.
};
/// To an agent: its terms may be others now.
using begin_anew_atom = caf::atom_constant<caf::atom("beginanew")>;
/// To an agent: look now, whatever the time.
using execute_atom = caf::atom_constant<caf::atom("execute")>;

} // namespace steward

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::remind)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::reminder_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::consider)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::considered)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::read_documents)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::search_documents)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::documents)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::read_gate)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::gate_read)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::agents_declared)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::ask_terms)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::agent_terms)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::execution)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::execution_done)
