#pragma once

#include "actors/node.hpp"
#include "app/tree.hpp"
#include "messages/type_ids.hpp"

#include <caf/all.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include <optional>

/// The server as a process of the simulated machine.
namespace steward::simulation {

/// One message that could be delivered next.
struct waiting_message {
  caf::scheduled_actor* receiver = nullptr;
  caf::mailbox_element* element = nullptr;

  caf::actor handle() const { return caf::actor_cast<caf::actor>(receiver); }
  /// Its content, if it is this message and nothing else.
  template <class Message>
  const Message* is() const {
    const auto& content = element->content();
    return content.match_elements<Message>() ? &content.get_as<Message>(0) : nullptr;
  }
};

/// The whole tree except the gateway, on CAF's deterministic scheduler: nothing happens and no time
/// passes unless it is told to. Its actor system outlives crashes, its actors do not.
class process {
public:
  process();
  ~process();

  void boot(const config::settings& settings, world& outside, std::shared_ptr<store::engine> engine,
            app::transport_factory transport, cluster::transport_factory links = {});
  /// Everything that lives in the process is gone. What it still says while it is taken apart must
  /// not be heard: cut its lines first.
  void crash();
  bool up() const { return static_cast<bool>(root_); }
  /// The root gave up, as after too many crashes in a row.
  bool gave_up() const { return root_ended_ && *root_ended_; }

  // --- messages ---

  /// How many actors are ready to run.
  size_t ready() const { return sched_.jobs.size(); }
  /// The next message of the n-th of those actors that are ready to run.
  std::optional<waiting_message> peek(size_t n);
  /// Lets that actor handle one message.
  void deliver(size_t n);
  /// The same message again, at that time.
  void repeat(const waiting_message& m, int64_t at_us);
  /// Takes the message away; it comes at that time.
  /// It is lost.
  void discard(const waiting_message& m);
  static bool sender_has_ended(const waiting_message& m);
  void put_off(const waiting_message& m, int64_t at_us);
  /// The actor ends before it sees another message. One that is inside a handler ends after it.
  void kill(const caf::actor& whom);
  const caf::actor& root() const { return root_; }
  /// The messages of that type in the mailbox, oldest first.
  template <class Message>
  static std::vector<Message> waiting(const caf::actor& whom) {
    std::vector<Message> list;
    auto* a = caf::actor_cast<caf::abstract_actor*>(whom);
    auto* receiver = dynamic_cast<caf::scheduled_actor*>(a);
    // One that sleeps has none, and touching its mailbox would keep it asleep.
    if (!receiver || receiver->mailbox().closed() || receiver->mailbox().blocked()) return list;
    receiver->mailbox().fetch_more();
    auto& normal =
        std::get<caf::scheduled_actor::normal_queue_index>(receiver->mailbox().queue().queues());
    for (auto left = normal.total_task_size(); left > 0; --left) { // once around
      auto element = normal.take_front();
      const auto& content = element->content();
      if (content.template match_elements<Message>())
        list.push_back(content.template get_as<Message>(0));
      normal.push_back(std::move(element));
    }
    return list;
  }

  // --- time: microseconds since the history began ---

  int64_t now_us() const;
  std::optional<int64_t> next_timer_us() const;
  /// Delayed messages that come due on the way are put into their mailboxes.
  void advance_to(int64_t us);

  // --- what the gateway does ---

  node& actors() const { return *node_; }
  template <class Message>
  void ask_tenant(Message message, reply_slot slot) {
    const auto way = node_->tenant_doors->find(message.tenant);
    const auto handle = way ? way->actor() : caf::actor{};
    if (!handle) return ask(node_->tenants->get(), std::move(message), std::move(slot));
    auto admitted = way->try_enter(node_->outside.now_us());
    if (!admitted) return slot.answer(reply::error(ec::overloaded, "at the limit"));
    caf::anon_send(handle, std::move(message), std::move(slot), std::move(admitted.pass));
  }
  template <class Message>
  static void ask(const caf::actor& whom, Message message, reply_slot slot) {
    if (whom) caf::anon_send(whom, std::move(message), std::move(slot));
  }
  caf::actor at(const std::string& path) const { return node_->services->slot(path)->get(); }

private:
  caf::actor_clock::time_point moment(int64_t us) const;
  bool deliver_one();

  caf::actor_system_config config_;
  std::unique_ptr<caf::actor_system> system_;
  caf::scheduler::test_coordinator& sched_;
  caf::actor_clock::time_point began_;
  std::shared_ptr<node> node_;
  caf::actor root_;
  std::shared_ptr<bool> root_ended_;
};

} // namespace steward::simulation
