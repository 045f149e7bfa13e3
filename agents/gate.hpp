#pragma once

#include "agents/agent_record.hpp"
#include "agents/alerts.hpp"
#include "agents/audit_chain.hpp"
#include "agents/pack.hpp"
#include "agents/rules.hpp"
#include "agents/shared_map.hpp"
#include "agents/step.hpp"
#include "messages/ids.hpp"

#include <set>

namespace steward::agents {

/// What is known of somebody who is to be written to, read just before.
struct customer_facts {
  bool known = false; ///< There is a record of them.
  bool opted_out = false;
  std::set<std::string, std::less<>> refused_channels;
  std::string name, phone, email, language, zone;
};

/// What a gate is rebuilt from.
struct stored_gate {
  std::vector<pack_ptr> packs;
  workflow::value governance;                ///< The document; null: none yet.
  std::vector<workflow::value> agent_states; ///< Documents, as all below.
  std::vector<workflow::value> decisions;    ///< Open ones, and those that acted within a day.
  std::vector<workflow::value> approvals;    ///< Pending ones.
  std::vector<workflow::value> unsent;       ///< Messages that no service has taken over yet.
  std::vector<workflow::value> alerts; ///< Raised ones, and those whose webhook was not sent yet.
  workflow::value last_audit, day;
};

/// The gate of one tenant: all that its agents decide passes here, is judged, written down, done
/// or left to a person. A state machine without clock, store or thread: each call adds to a `step`
/// what has to be committed; whoever drives it keeps the gate as it was until that has happened (it
/// is cheap to copy). Documents are those of the seed, field by field (docs/agents.md).
class gate {
public:
  gate(tenant_id tenant, const stored_gate& stored, int64_t now_us);

  // --- what agents do ---

  /// Why that agent may not look and decide now; nothing: it may.
  std::optional<std::string> refuses_execution(const std::string& agent, int64_t now_us) const;
  /// An agent has looked and decided; `error`: it could not.
  void executed(step& s, const std::string& agent, int64_t began_us, double took_ms,
                const std::string& error);
  void scheduled(const std::string& agent, int64_t next_us);
  /// It has dealt with that event of the inbox; false: it had before.
  bool saw_event(step& s, const std::string& agent, uint64_t sequence);
  struct judged {
    std::string id;          ///< Of the decision; empty: it was passed over, ...
    std::string passed_over; ///< ... and why.
    int64_t again_at_us = 0; ///< When it may be proposed again, when that is known.
  };
  /// Judges it, writes it down, does it or asks for approval. What a person proposes needs nobody's
  /// approval.
  judged propose(step& s, const std::string& agent, const proposal& p,
                 const customer_facts& customer, bool by_person = false);
  /// A reply or a notice, which no limit counts.
  void tell(step& s, const planned_message& m, const customer_facts& customer);
  /// What came of a decision. `document` is it as stored, for one that is closed and left memory.
  /// Not of a question: its approval is answered.
  void turned_out(step& s, const planned_outcome& o, const workflow::value& document);

  // --- what became of what was done ---

  void delivered(step& s, const std::string& decision_id, const std::string& error);

  // --- what people do ---

  using answered = outcome<workflow::value, failure>;
  answered act_on_approval(step& s, const std::string& id, const workflow::value& body,
                           const workflow::value& stored, const customer_facts& customer);
  /// A run wants an approval (`call: steward.approval`): the event that says so, from the inbox.
  /// Answered by the event `dev.steward.approval.answered.v1`.
  void ask_for_run(step& s, const workflow::value& event);
  answered change_agent(step& s, const std::string& name, const workflow::value& body);
  answered configure_agent(step& s, const std::string& name, const workflow::value& body);
  answered reset_breaker(step& s, const std::string& name);
  answered change_rules(step& s, const workflow::value& body);
  workflow::value rules_document() const;
  void installed(step& s, pack_ptr p);

  void audit(step& s, std::string_view event_type, std::string_view severity,
             const std::string& actor, const std::string& action, const std::string& resource_type,
             const std::string& resource_id, workflow::value details);

  /// All agents of the server are paused, or no more.
  void pause_server(bool paused);

  // --- time ---

  /// Expires and escalates approvals, closes decisions nothing came of, carries out what was
  /// approved and had to wait.
  /// `customers`: those of `waiting_for`, by decision; read just before.
  void time_passes(step& s, const std::map<std::string, customer_facts>& customers);
  /// Raises and resolves alerts; last of all in a step.
  void watch(step& s);
  /// Decisions that would be carried out now, and whom they write to.
  std::map<std::string, std::string> waiting_for(int64_t now_us) const;
  /// When that is next due; INT64_MAX: not by itself.
  int64_t next_due_us() const;

  // --- looking ---

  const tenant_id& tenant() const { return tenant_; }
  const std::vector<pack_ptr>& packs() const { return packs_; }
  const rules& owner_rules() const { return rules_; }
  const std::map<std::string, agent_record>& agents() const { return agents_; }
  const workflow::value* open_decision(const std::string& id) const;
  const workflow::value* pending_approval(const std::string& id) const;
  /// Adds to the step what had begun when the server stopped, and was not done yet: writes and
  /// runs.
  void go_on(step& s) const;
  size_t approvals_pending() const { return approvals_->size(); }
  const deciding* answers() const;
  const action_declaration* action(std::string_view name) const;
  /// Settings of the pack that has it, with the owner's in place of its own.
  workflow::value settings() const;
  std::string day_of(int64_t us) const; ///< On the tenant's calendar.
  governance::governor& limits() { return governor_; }
  enum class breaker_now : uint8_t { closed, half_open, open };
  breaker_now breaker_state(const std::string& agent, int64_t now_us) {
    using state = governance::circuit_breaker::state;
    const auto is = governor_.breaker(agent).at(now_us);
    return is == state::open        ? breaker_now::open
           : is == state::half_open ? breaker_now::half_open
                                    : breaker_now::closed;
  }

  std::set<std::string, std::less<>> connected_channels; ///< Others have their messages kept only.

private:
  struct decision {
    workflow::value document;
    bool waits = false; ///< Approved, and to be done at `again_us`.
    int64_t again_us = 0;
    customer_facts customer;
  };

  agent_record& agent_of(const std::string& name, int64_t now_us);
  void put_agent(step& s, const std::string& name);
  void put_decision(step& s, decision& d);
  void forget_decision(const std::string& id);
  governance::action_request request_of(const workflow::value& made,
                                        const customer_facts& customer) const;
  /// Begins what was decided, or says when to try again.
  void begin(step& s, decision& d);
  void act(step& s, decision& d);
  /// Empty when it was written; else why it could not be.
  std::string write_message(step& s, const planned_message& m, const customer_facts& customer,
                            const std::string& decision_id, const std::string& notice);
  void ask(step& s, decision& d, governance::autonomy level, int64_t lasts_us);
  void answer_run(step& s, const workflow::value& decision);
  std::vector<condition> conditions(int64_t now_us);
  void settle(step& s, const planned_outcome& o, const workflow::value& document);
  void close(step& s, decision& d, const std::string& status, const std::string& result);
  void earn(step& s, const std::string& decision_type, governance::earned_autonomy::move move);
  void put_rules(step& s);
  void apply_rules();
  workflow::value& day(int64_t now_us);
  void count_day(step& s, const std::string& agent, const std::string& type, double potential,
                 double actual, int64_t count);

  tenant_id tenant_;
  std::vector<pack_ptr> packs_;
  rules rules_;
  workflow::schedule::time_zone zone_;
  std::string currency_;
  governance::governor governor_;
  std::map<std::string, governance::earned_autonomy> earned_; ///< By decision type.
  std::map<std::string, agent_record> agents_;
  shared_map<std::string, decision> open_;
  shared_map<std::string, std::string> keys_;          ///< Of open decisions: key -> id.
  shared_map<std::string, workflow::value> approvals_; ///< Pending ones.
  audit_chain audit_;
  alert_watch alerts_;
  bool server_paused_ = false;
  workflow::value day_;
};

/// Of the decision that such a question becomes: always the same one.
std::string question_id(const workflow::value& event);

/// Of a record of collection `customers`; null: there is none.
customer_facts facts_of(const workflow::value& record);

} // namespace steward::agents
