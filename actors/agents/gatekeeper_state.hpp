#pragma once

#include "actors/agents/courier.hpp"
#include "actors/agents/messages.hpp"
#include "actors/inbox_messages.hpp"
#include "actors/local_messages.hpp"
#include "actors/node.hpp"
#include "messages/events.hpp"

#include <deque>
#include <functional>

namespace steward {

/// A request in the gatekeeper's line: it has the gate for itself from its begin to `finish`.
struct gate_turn {
  std::function<void()> begin;
  std::function<void(const reply&)> answer; ///< May be null: nobody waits.
};

/// To the gate, from itself: is the courier back?
using courier_atom = caf::atom_constant<caf::atom("courier")>;
/// To the gate, from a reply_slot of its own.
struct gate_told {
  uint64_t number = 0;
  reply answer;
};

class gatekeeper_state {
public:
  gatekeeper_state(caf::event_based_actor* self, std::shared_ptr<node> n, tenant_id id,
                   caf::actor tenant, std::string path);

  void request(change_agents& m, const reply_slot& slot, const ticket& pass);
  caf::result<agent_terms> terms(const ask_terms& m);
  caf::result<execution_done> executed(const execution& m);
  void reminded();
  void settled(const batch_done& m);
  void read_again();
  void run_started(const std::string& decision_id, const std::string& error);
  void reported(const delivery_report& m);
  void told(const gate_told& m);
  void courier_down();
  void asked(const event_due& m);
  /// Whether all agents of the server are paused is looked at anew.
  void look_at_pause() {
    if (gate_) gate_->pause_server(node_->agents_paused);
  }

private:
  using slot_and_pass = std::pair<reply_slot, ticket>;
  using committed_function = std::function<void(const batch_result&)>;

  // --- turns ---
  void line_up(gate_turn turn);
  void next();
  void finish(const reply& r);
  void fail(const failure& why) { finish(reply::error(why)); }
  void load();
  void add_missing();
  int64_t ticks_us() const;

  // --- what a turn does ---
  /// Commits what the step came to, with `ops` before it; `then` is told if it was committed or
  /// refused. The gate becomes `draft` with it.
  void commit(agents::gate draft, agents::step s, std::vector<write_op> ops,
              committed_function then);
  void after(agents::step& s);
  void consider_plan(consider m, std::function<void(considered&)> then);
  void read(std::vector<std::pair<std::string, std::string>> which,
            std::function<void(std::vector<workflow::value>&)> then);
  void search(search_documents m, std::function<void(std::vector<workflow::value>&)> then);
  /// Applies a plan to the gate: judges its proposals, says its messages, closes its decisions.
  static void apply(agents::gate& draft, agents::step& s, const std::string& agent,
                    const considered& c);
  agents::step new_step();
  /// A change that needs nothing but the gate and the body.
  using gate_change = std::function<agents::gate::answered(agents::gate&, agents::step&)>;
  void change_gate(const gate_change& f);

  void perform(const agents_action what, const std::string& name, const std::string& body,
               const std::string& key);
  void create_decision(const workflow::value& body);
  void patch_decision(const std::string& id, const workflow::value& body);
  void answer_approval(const std::string& id, const workflow::value& body);
  void create_outreach(const workflow::value& body);
  void patch_outreach(const std::string& id, const workflow::value& body);
  void propose(const std::string& agent, agents::proposal p, const std::string& customer,
               const std::string& shown, bool by_person);
  void outreach_changed(const std::string& id, const workflow::value& stored,
                        const workflow::value& body, unsigned attempt = 0,
                        const std::string& undecided = {});
  void perform_action(const std::string& name, const workflow::value& body, const std::string& key);
  void carry_out_action(const std::string& name, const workflow::value& body, const std::string& id,
                        const std::string& digest, unsigned attempt);
  void forget_results();
  void install(const std::string& name, const std::string& body);
  void carry_out_writes(const std::string& decision_id);
  void deploy(agents::pack_ptr pack, size_t next, std::function<void()> then);
  void commit_pack(agents::pack_ptr pack, uint64_t newest_event);
  void execute_task(const std::string& queue, const workflow::value& body);
  void send_notification(const workflow::value& body);

  // --- the inbox ---
  std::vector<write_op> missing_collections() const;
  void listen();
  std::vector<write_op> listener_ops(agents::gate& draft, agents::step& s, uint64_t newest) const;
  void tell_listeners(const std::vector<agents::pack_ptr>& before);
  /// The courier that is there now; when it goes, what it had is sent again.
  caf::actor find_courier();
  /// What was reported could not be written down: it is said again a moment later.
  void tell_again(const delivery_report& m, const reply& r);
  void find_newest(std::function<void(uint64_t)> then);
  void next_question();
  void put_question(const workflow::value& event, uint64_t sequence);
  void question_seen(uint64_t sequence);
  void send_alert(const std::string& id, const std::string& url, const workflow::value& document);
  void alert_reported(const delivery_report& m);

  void deliver_message(const std::string& id, const workflow::value& document);
  void write_outreach(const std::string& id, const workflow::value& stored,
                      const workflow::value& change, const char* event, const std::string& error);
  void called_back(agents_action what, const workflow::value& body);
  void refuse_call(const std::string& why, const workflow::value& form);
  void answer_call(const workflow::value& form);
  void find_called(agents_action what, const workflow::value& form);
  void unexpected(const std::string& from, const workflow::value& form);
  void remind_me();
  void declare_agents();

  caf::event_based_actor* self_;
  std::shared_ptr<node> node_;
  tenant_id id_;
  caf::actor tenant_;
  std::string path_;
  std::optional<agents::gate> gate_; ///< As committed; none until it is read.
  std::deque<gate_turn> line_;
  bool busy_ = false, loading_ = false;
  std::function<void(const reply&)> answer_; ///< Of the turn under way.

  struct committing {
    uint64_t number = 0;
    agents::gate gate;
    agents::step step;
    committed_function then;
  };
  std::optional<committing> under_way_;
  uint64_t commits_ = 0;
  int64_t reminded_for_ = 0;
  uint64_t questions_ = 0;
  std::map<uint64_t, std::function<void(const reply&)>> waiting_; ///< For `gate_told`.
  std::deque<event_due>
      asked_;             ///< Questions of workflows, in order; the inbox has a bound for them.
  uint64_t answered_ = 0; ///< The newest that was taken.
  bool asking_ = false;   ///< The first of them has a turn, or is in the line for it.
  bool watches_courier_ = false;
  bool wants_courier_ = false;    ///< It was not there when something was to be sent.
  std::set<std::string> missing_; ///< Of the base collections: those that are not there yet.
  std::map<std::string, agents::task_queue> queues_;
  int64_t cleared_us_ = 0; ///< When old results of actions were last taken out.
  int64_t refused_us_ = 0; ///< When a forged callback was last written down.
};

} // namespace steward

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::gate_told)
