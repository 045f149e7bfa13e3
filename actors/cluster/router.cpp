#include "actors/cluster/router.hpp"

#include "actors/cluster/deliveries.hpp"
#include "actors/cluster/documents.hpp"
#include "actors/cluster/gathered_answers.hpp"
#include "actors/cluster/messages.hpp"
#include "cluster/envelopes.hpp"
#include "messages/type_ids.hpp"
#include "supervision/supervisor.hpp"

#include <caf/all.hpp>
#include <spdlog/spdlog.h>

#include <map>

namespace steward {

namespace {

using try_atom = caf::atom_constant<caf::atom("try")>;
using frame_atom = caf::atom_constant<caf::atom("frame")>;
using up_atom = caf::atom_constant<caf::atom("up")>;
using down_atom = caf::atom_constant<caf::atom("down")>;
using out_atom = caf::atom_constant<caf::atom("out")>;
using gathered_atom = caf::atom_constant<caf::atom("gathered")>;
using std::chrono::milliseconds;
using namespace cluster;

constexpr size_t most_under_way = 10'000;
constexpr size_t most_bytes = 64u << 20;
constexpr milliseconds patience{1'500}; ///< For a tenant that nobody has just now.
constexpr milliseconds between_tries{50};
constexpr milliseconds answers_within{1'800}; ///< Of all nodes.

/// Brings an answer back to the node that asked.
class remote_sink final : public reply_sink {
public:
  remote_sink(caf::actor router, int64_t to, uint64_t id)
      : router_(std::move(router)), to_(to), id_(id) {}
  void answer(reply r) override {
    remote_answer a;
    a.id = id_;
    a.what = r.what;
    a.json = std::move(r.json);
    a.location = std::move(r.location);
    a.content_type = std::move(r.content_type);
    a.why = std::move(r.why);
    a.etag = std::move(r.etag);
    caf::anon_send(router_, out_atom::value, to_, to_frame(a));
  }

private:
  caf::actor router_;
  int64_t to_;
  uint64_t id_;
};

class router_state {
public:
  using moment = caf::actor_clock::time_point;

  router_state(caf::event_based_actor* self, std::shared_ptr<node> n,
               const transport_factory& make_transport)
      : self_(self), node_(std::move(n)), last_id_(static_cast<uint64_t>(node_->outside.now_us())) {
    const auto handle = caf::actor_cast<caf::actor>(self_);
    transport_ = make_transport(
        {[handle](int64_t from, std::string frame) {
           caf::anon_send(handle, frame_atom::value, from, std::move(frame));
         },
         [handle](int64_t node) { caf::anon_send(handle, up_atom::value, node); },
         [handle](int64_t node) { caf::anon_send(handle, down_atom::value, node); }});
    if (const auto membership = node_->membership->get()) self_->send(membership, look_again{});
  }

  // --- requests for others ---

  void pass(pass_on& m) {
    const auto size = m.body.size();
    if (under_way_.size() + waiting_.size() >= most_under_way || bytes_ + size > most_bytes)
      return m.slot.answer(reply::error({ec::overloaded,
                                         "too many requests for other servers are under way",
                                         {},
                                         milliseconds{1000}}));
    bytes_ += size;
    attempt({std::move(m), now() + patience});
  }

  void try_again() {
    trying_ = false;
    for (auto& r : std::exchange(waiting_, {})) attempt(std::move(r));
  }

  // --- the transport's side ---

  void frame(int64_t from, const std::string& bytes) {
    const auto body = std::string_view{bytes}.substr(bytes.empty() ? 0 : 1);
    const char tag = bytes.empty() ? '\0' : bytes.front();
    if (tag == remote_request::tag) {
      if (const auto m = decode<remote_request>(body)) return serve(from, *m);
    } else if (tag == remote_answer::tag) {
      if (auto m = decode<remote_answer>(body)) return answered(from, *m);
    } else if (tag == remote_notice::tag) {
      if (const auto m = decode<remote_notice>(body)) return noticed(from, *m);
    }
    // A newer server may say more than this one understands; it does not wait for an answer.
    spdlog::debug("cluster.unknown_frame from={} bytes={}", from, bytes.size());
  }

  void up(int64_t node) {
    spdlog::info("cluster.link_up node={}", node);
    linked_.insert(node);
    node_->counters.links = static_cast<int64_t>(linked_.size());
    newest_of_.erase(node);
    try_again();
  }

  void down(int64_t node) {
    spdlog::warn("cluster.link_down node={}", node);
    linked_.erase(node);
    node_->counters.links = static_cast<int64_t>(linked_.size());
    std::vector<uint64_t> lost;
    for (const auto& [id, r] : under_way_)
      if (r.sent_to == node) lost.push_back(id);
    for (const auto id : lost)
      end(under_way_.extract(id).mapped(),
          reply::error({ec::unavailable,
                        "the connection to the server that has this tenant was lost; repeat "
                        "the request, with its Idempotency-Key if it has one",
                        {},
                        milliseconds{1000}}));
    if (const auto membership = node_->membership->get()) self_->send(membership, look_again{});
  }

  /// A frame that must not be lost while there is a link.
  void out(int64_t to, std::string bytes) {
    if (transport_->send(to, bytes) || !transport_->linked(to)) return;
    self_->delayed_send(self_, between_tries, out_atom::value, to, std::move(bytes));
  }

  // --- the cluster ---

  void seen(const cluster_seen& m) {
    view_ = m.view;
    std::vector<peer> others;
    for (const auto& member : view_->members)
      if (member.id != view_->me) others.push_back({member.id, member.address});
    if (view_->me != me_ || others != peers_) transport_->know(view_->me, others);
    if (view_->me != me_) newest_of_.clear();
    me_ = view_->me;
    peers_ = std::move(others);
    try_again();
  }

  void tell(const tell_node& m) {
    const auto bytes = to_frame(remote_notice{m.name, m.body});
    if (m.node != 0) {
      transport_->send(m.node, bytes);
      return;
    }
    for (const auto node : linked_) transport_->send(node, bytes);
  }

  void tell(const tell_owner& m) {
    const auto at = node_->shards.at(shard_of(m.tenant));
    if (at.node != 0 && at.node != me_)
      transport_->send(at.node, to_frame(remote_notice{m.name, m.body}));
  }

  /// Puts the question to every node, and their answers together.
  void ask_all(const ask_cluster& m, const reply_slot& slot) {
    if (!view_) return slot.answer(not_seen());
    std::map<int64_t, std::string> names;
    for (const auto& member : view_->members) names[member.id] = member.name;
    const auto all = std::make_shared<gathered_answers>(m.what, names, slot);
    const ask_node question{m.what};
    for (const auto& member : view_->members) {
      const auto part = all->part(member.id);
      if (member.id == me_) {
        if (const auto gateway = node_->gateway->get()) self_->send(gateway, question, part);
        continue;
      }
      request r{passed_on(question, {}, part), now(), member.id};
      bytes_ += r.what.body.size();
      const auto id = ++last_id_;
      if (transport_->send(member.id,
                           to_frame(remote_request{id, r.what.name, {}, 0, r.what.body})))
        under_way_.emplace(id, std::move(r));
      else
        end(r, reply::error(ec::unavailable, "there is no link to this node"));
    }
    // Who has not answered by then is missing in the answer.
    self_->delayed_send(self_, answers_within, gathered_atom::value, all);
  }

  void show(const reply_slot& slot) const {
    if (!view_) return slot.answer(not_seen());
    slot.answer(reply::ok(cluster_document(node_->settings.cluster, *view_, linked_)));
  }

private:
  moment now() const { return self_->clock().now(); }

  static reply not_seen() {
    return reply::error(
        {ec::unavailable, "the cluster has not been seen yet", {}, milliseconds{1000}});
  }

  struct request {
    pass_on what;
    moment until; ///< So long it goes after its tenant.
    int64_t sent_to = 0;
  };

  void end(request& r, reply answer) {
    bytes_ -= r.what.body.size();
    r.what.slot.answer(std::move(answer));
  }

  /// Sends it to who has the tenant; if that can't be now, a little later. Each sending has an id
  /// of its own, for who sees an id again takes it for a repetition.
  void attempt(request r) {
    if (r.what.slot.answered()) return end(r, {});
    const auto at = node_->shards.at(shard_of(r.what.tenant));
    if (at.here) { // It has come here meanwhile.
      bool known = false;
      if (!deliver(*node_, r.what.name, r.what.body, r.what.slot, known))
        return end(r, reply::error(ec::unavailable, "the message can't be read"));
      bytes_ -= r.what.body.size(); // the slot is the actor's now
      return;
    }
    if (at.node != 0 && at.node != me_ && now() < r.until) {
      const auto id = ++last_id_;
      const remote_request m{id, r.what.name, r.what.tenant, at.epoch, r.what.body};
      if (transport_->send(at.node, to_frame(m))) {
        r.sent_to = at.node;
        under_way_.emplace(id, std::move(r));
        node_->counters.requests_forwarded.fetch_add(1, std::memory_order_relaxed);
        return;
      }
    }
    if (now() >= r.until)
      return end(r, reply::error({ec::unavailable,
                                  at.node == 0 ? "no server has this tenant just now"
                                               : "the server that has this tenant can't be reached "
                                                 "just now",
                                  {},
                                  milliseconds{1000}}));
    waiting_.push_back(std::move(r));
    try_later();
  }

  void try_later() {
    if (std::exchange(trying_, true)) return;
    self_->delayed_send(self_, between_tries, try_atom::value);
  }

  void serve(int64_t from, const remote_request& m) {
    auto& newest = newest_of_[from];
    if (m.id <= newest) return; // It was here before.
    newest = m.id;
    const auto at = node_->shards.at(shard_of(m.tenant));
    const bool for_node = m.tenant.empty();
    if (!for_node && (!at.here || at.epoch != m.epoch)) {
      remote_answer a;
      a.id = m.id;
      a.moved = true;
      a.owner = at.here ? me_ : at.node == me_ ? 0 : at.node; // What it closes, it has no more.
      a.epoch = at.epoch;
      return out(from, to_frame(a));
    }
    const reply_slot slot{
        std::make_shared<remote_sink>(caf::actor_cast<caf::actor>(self_), from, m.id)};
    node_->counters.requests_served.fetch_add(1, std::memory_order_relaxed);
    bool known = false;
    if (deliver(*node_, m.name, m.body, slot, known)) return;
    slot.answer(reply::error(
        {ec::unavailable,
         known ? "the message '" + m.name + "' can't be read by the server that has this tenant"
               : "the server that has this tenant does not know the message '" + m.name +
                     "': is it of another version?",
         {},
         milliseconds{1000}}));
  }

  void answered(int64_t from, remote_answer& m) {
    const auto found = under_way_.find(m.id);
    if (found == under_way_.end() || found->second.sent_to != from) return; // of an earlier link
    auto r = std::move(under_way_.extract(found).mapped());
    if (!m.moved)
      return end(r, {m.what, std::move(m.json), std::move(m.location), std::move(m.content_type),
                     std::move(m.why), std::move(m.etag)});
    // It was not carried out.
    node_->counters.requests_moved.fetch_add(1, std::memory_order_relaxed);
    if (m.owner != 0)
      node_->shards.learn(shard_of(r.what.tenant), m.owner, m.epoch);
    else if (const auto membership = node_->membership->get())
      self_->send(membership, look_again{});
    r.sent_to = 0;
    waiting_.push_back(std::move(r));
    try_later();
  }

  /// One that is not known is of a newer version, and of no use here.
  void noticed(int64_t from, const remote_notice& m) {
    if (m.name == "look_again") {
      if (const auto membership = node_->membership->get()) self_->send(membership, look_again{});
    } else if (m.name == name_of<feed_grown>()) {
      if (auto grown = decode<feed_grown>(m.body)) give(node_->feed, std::move(*grown));
    } else if (m.name == name_of<feed_steps>()) {
      if (auto steps = decode<feed_steps>(m.body)) give(node_->feed, std::move(*steps));
    } else if (m.name == name_of<watch_feed>()) {
      if (auto watch = decode<watch_feed>(m.body)) {
        watch->node = from;
        if (node_->shards.here(watch->tenant)) give(node_->feed, std::move(*watch));
      }
    }
  }

  template <class Message>
  void give(const node::slot& to, Message m) {
    if (const auto handle = to->get()) self_->send(handle, std::move(m));
  }

  caf::event_based_actor* self_;
  std::shared_ptr<node> node_;
  std::unique_ptr<transport> transport_;
  std::shared_ptr<const store::cluster_view> view_;
  int64_t me_ = 0;
  std::vector<peer> peers_;
  std::set<int64_t> linked_;
  std::map<uint64_t, request> under_way_; ///< Sent, not answered; by the id of the sending.
  std::vector<request> waiting_;          ///< Not sent: there is nobody to send it to.
  size_t bytes_ = 0;                      ///< Of what is under way.
  uint64_t last_id_; ///< Begins with the time: more than an earlier incarnation used.
  std::map<int64_t, uint64_t> newest_of_; ///< The highest id of a request, by node.
  bool trying_ = false;
};

} // namespace

caf::behavior router(caf::event_based_actor* self, std::shared_ptr<node> n,
                     const transport_factory& make_transport) {
  auto common = supervision::prepare(self);
  auto s = std::make_shared<router_state>(self, std::move(n), make_transport);
  return caf::message_handler{
      [s](pass_on& m) { s->pass(m); },
      [s](const tell_node& m) { s->tell(m); },
      [s](const tell_owner& m) { s->tell(m); },
      [s](const cluster_seen& m) { s->seen(m); },
      [s](show_cluster, const reply_slot& slot) { s->show(slot); },
      [s](const ask_cluster& m, const reply_slot& slot) { s->ask_all(m, slot); },
      [](gathered_atom, const gathered_ptr& all) { all->finish(); },
      [s](try_atom) { s->try_again(); },
      [s](frame_atom, int64_t from, const std::string& bytes) { s->frame(from, bytes); },
      [s](up_atom, int64_t node) { s->up(node); },
      [s](down_atom, int64_t node) { s->down(node); },
      [s](out_atom, int64_t to, std::string& bytes) { s->out(to, std::move(bytes)); },
  }
      .or_else(common);
}

} // namespace steward
