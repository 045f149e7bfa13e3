#include "actors/cluster/membership.hpp"

#include "actors/cluster/messages.hpp"
#include "cluster/assignment.hpp"
#include "supervision/supervisor.hpp"

#include <caf/all.hpp>
#include <spdlog/spdlog.h>

namespace steward {

namespace {

using tick_atom = caf::atom_constant<caf::atom("tick")>;
using std::chrono::milliseconds;

constexpr milliseconds said_again_after{2'000};
constexpr int64_t clock_tolerance_us = 2'000'000;
constexpr milliseconds shortest_turn{50}, longest_turn{1'000};

class membership_state {
public:
  using moment = caf::actor_clock::time_point; ///< No wall clock: it never jumps.

  membership_state(caf::event_based_actor* self, std::shared_ptr<node> n)
      : self_(self), node_(std::move(n)), cluster_(*node_->engine->cluster()),
        lease_(node_->settings.cluster.lease), lease_until_(now() + lease_) {
    // What an incarnation before this one was closing, and everything it had open, is read anew.
    for (shard s = 0; s < shard_count; ++s)
      if (node_->shards.at(s).here) open_.set(s);
    turn();
  }

  /// One that has handed everything over need not be waited for.
  ~membership_state() {
    if (draining_ && open_.none() && !closing_) cluster_.leave();
  }

  void tick(uint64_t epoch) {
    if (epoch == turn_) turn();
  }

  /// One look at the cluster, and what follows from it.
  void turn() {
    ++turn_;
    const auto asked = last_turn_ = now();
    auto seen = cluster_.renew();
    if (seen && seen->me != 0) lease_until_ = asked + lease_;
    if (seen && draining_ && is_active(*seen)) seen = cluster_.drain();
    if (seen && wants_change(*seen))
      seen = cluster_.settle([this](const auto& view) { return to_take(view); });
    if (!seen)
      cut_off(seen.error().reason);
    else if (!seen->incident.empty())
      stopped(*seen);
    else if (seen->me == 0)
      given_up();
    else
      member(*seen);
    if (seen) {
      compare_clocks(*seen);
      tell_router(*seen);
    }
    // Who was told may have crashed.
    if (closing_ && now() - closing_->said >= said_again_after) say_closing();
    const auto pause = std::min(longest_turn, lease_ / 6);
    self_->delayed_send(self_, pause, tick_atom::value, turn_);
  }

  /// Whoever says that there is news may say it often.
  void look() {
    if (now() - last_turn_ >= shortest_turn) return turn();
    self_->delayed_send(self_, shortest_turn, tick_atom::value, turn_);
  }

  void closed() {
    if (!closing_ || closing_->with != stage::tenants) return;
    if (!closing_->give_back) return finish();
    closing_->with = stage::journal;
    say_closing();
  }

  void released(const shards_released& m) {
    if (closing_ && closing_->with == stage::journal && m.done) finish(); // else it is said again
  }

  /// It is a wish, not one attempt: the database may be away just now.
  void drain(const reply_slot& slot) {
    draining_ = true;
    spdlog::info("cluster.draining");
    slot.answer({reply::kind::accepted, R"({"state":"draining"})", {}, {}, {}});
    turn();
  }

private:
  moment now() const { return self_->clock().now(); }

  enum class stage : uint8_t { tenants, journal };
  struct closing {
    shard_set which;
    bool give_back = false; ///< Else they are lost, or will be looked for again.
    stage with = stage::tenants;
    moment said{};
  };

  static cluster::shard_map map_of(const store::cluster_view& view) {
    cluster::shard_map map;
    for (const auto& m : view.members)
      if (m.state == store::member_state::active && m.expires_in.count() >= 0)
        map.nodes.insert(m.id);
    for (shard s = 0; s < shard_count; ++s)
      if (view.shards[s].node != 0) map.owners[s] = view.shards[s].node;
    return map;
  }

  static bool is_active(const store::cluster_view& view) {
    for (const auto& m : view.members)
      if (m.id == view.me) return m.state == store::member_state::active;
    return false;
  }

  std::vector<shard> to_take(const store::cluster_view& view) const {
    if (view.me == 0 || !view.incident.empty()) return {};
    auto take = cluster::moves_of(map_of(view), view.me).take;
    // What is still being closed from before can't be opened.
    if (closing_) std::erase_if(take, [this](shard s) { return closing_->which[s]; });
    return take;
  }

  bool wants_change(const store::cluster_view& view) const {
    if (view.me == 0) return false;
    for (const auto& m : view.members)
      if (m.expires_in.count() < 0 && m.id != view.me) return true;
    return !to_take(view).empty();
  }

  void member(const store::cluster_view& view) {
    if (std::exchange(was_cut_off_, false)) spdlog::info("cluster.back node={}", view.me);
    shard_set ours;
    for (shard s = 0; s < shard_count; ++s)
      if (view.shards[s].node == view.me) ours.set(s);
    if (!closing_) {
      if (const auto lost = open_ & ~ours; lost.any()) return close(view, lost, false);
      const auto moves = cluster::moves_of(map_of(view), view.me);
      shard_set give_up;
      for (const auto s : moves.give_up) give_up.set(s);
      if (give_up.any()) return close(view, give_up, true);
    }
    publish(view, closing_ ? ours & ~closing_->which : ours);
  }

  /// What is open is open to everybody at once; who is told of gained shards reads the store.
  void publish(const store::cluster_view& view, const shard_set& here) {
    const auto gained = here & ~open_;
    open_ = here;
    node_->counters.shards_here = static_cast<int64_t>(here.count());
    for (shard s = 0; s < shard_count; ++s)
      node_->shards.set(s, {view.shards[s].node, view.shards[s].epoch, here[s]});
    if (gained.none()) return;
    spdlog::info("cluster.shards gained={} has={}", gained.count(), open_.count());
    tell_others();
    if (const auto tenants = node_->tenants->get()) self_->send(tenants, shards_gained{});
  }

  void close(const store::cluster_view& view, const shard_set& which, bool give_back) {
    publish(view, open_ & ~which);
    begin_closing(which, give_back);
  }

  void begin_closing(const shard_set& which, bool give_back) {
    spdlog::info("cluster.shards {}={} has={}", give_back ? "given_up" : "lost", which.count(),
                 open_.count());
    closing_ = closing{which, give_back, stage::tenants, now()};
    say_closing();
  }

  /// To whom it is up to now.
  void say_closing() {
    closing_->said = now();
    const auto self = caf::actor_cast<caf::actor>(self_);
    if (closing_->with == stage::tenants) {
      if (const auto tenants = node_->tenants->get())
        self_->send(tenants, close_shards{closing_->which, self});
      return;
    }
    release_shards m;
    for (shard s = 0; s < shard_count; ++s)
      if (closing_->which[s]) m.shards.push_back(s);
    m.author = self;
    if (const auto journal = node_->journal->get()) self_->send(journal, std::move(m));
  }

  void finish() {
    const bool gave = closing_->give_back;
    closing_.reset();
    if (gave) tell_others();
    turn();
  }

  void close_everything(const char* why) {
    if (open_.none()) return;
    spdlog::warn("cluster.closed why=\"{}\"", why);
    for (shard s = 0; s < shard_count; ++s) {
      auto place = node_->shards.at(s);
      if (place.here) node_->shards.set(s, {0, place.epoch, false});
    }
    node_->counters.shards_here = 0;
    const auto lost = std::exchange(open_, {}) | (closing_ ? closing_->which : shard_set{});
    begin_closing(lost, false);
  }

  /// The database does not answer. What it granted holds until the lease is over.
  void cut_off(const std::string& why) {
    if (!std::exchange(was_cut_off_, true)) spdlog::warn("cluster.cut_off reason=\"{}\"", why);
    if (now() >= lease_until_) close_everything("the database did not answer for a lease");
  }

  void given_up() {
    close_everything("the others gave this server up: its lease was over");
    if (closing_) return;
    const auto joined = cluster_.join_again();
    if (joined) {
      lease_until_ = now() + lease_;
      spdlog::warn("cluster.joined_again node={}", joined->me);
      return self_->send(self_, look_again{});
    }
    if (joined.error().reason != refused_)
      spdlog::error("cluster.refused reason=\"{}\"", joined.error().reason);
    refused_ = joined.error().reason;
  }

  void stopped(const store::cluster_view& view) {
    if (std::exchange(incident_, view.incident) != view.incident)
      spdlog::critical("cluster.stopped reason=\"{}\"", view.incident);
    close_everything("the cluster has stopped");
  }

  /// Leases go by the database's clock alone, but what is to happen at a time happens by the clock
  /// of the node that has the tenant.
  void compare_clocks(const store::cluster_view& view) {
    const auto ahead_us = node_->outside.now_us() - view.clock_us;
    node_->counters.clock_ahead_us = ahead_us;
    const bool far = std::abs(ahead_us) > clock_tolerance_us;
    if (far && !clock_is_far_)
      spdlog::warn("cluster.clock ahead_s={} of=\"the database's\"", ahead_us / 1'000'000);
    clock_is_far_ = far;
  }

  void tell_router(const store::cluster_view& view) {
    if (const auto router = node_->router->get())
      self_->send(router, cluster_seen{std::make_shared<const store::cluster_view>(view)});
  }

  void tell_others() {
    if (const auto router = node_->router->get())
      self_->send(router, tell_node{0, "look_again", {}});
  }

  caf::event_based_actor* self_;
  std::shared_ptr<node> node_;
  store::membership& cluster_;
  const milliseconds lease_;
  moment lease_until_; ///< By this machine's clock, from before it was asked for.
  shard_set open_;
  std::optional<closing> closing_;
  uint64_t turn_ = 0;
  moment last_turn_{};
  bool was_cut_off_ = false, draining_ = false;
  std::string refused_, incident_;
  bool clock_is_far_ = false;
};

} // namespace

caf::behavior membership(caf::event_based_actor* self, std::shared_ptr<node> n) {
  auto common = supervision::prepare(self);
  auto s = std::make_shared<membership_state>(self, std::move(n));
  return caf::message_handler{
      [s](tick_atom, uint64_t turn) { s->tick(turn); },
      [s](look_again) { s->look(); },
      [s](shards_closed) { s->closed(); },
      [s](const shards_released& m) { s->released(m); },
      [s](drain_node, const reply_slot& slot) { s->drain(slot); },
  }
      .or_else(common);
}

} // namespace steward
