#include "actors/feed.hpp"

#include "actors/cloud_event.hpp"
#include "actors/cluster/messages.hpp"
#include "actors/local_messages.hpp"
#include "actors/timers.hpp"
#include "supervision/supervisor.hpp"

#include <algorithm>
#include <deque>
#include <map>

namespace steward {

namespace {

using look_atom = caf::atom_constant<caf::atom("look")>;

constexpr std::chrono::milliseconds between_looks{1'000}, watch_time{3'500};
constexpr size_t ring_items = 4096;
constexpr size_t page_items = 256;

bool matches(const std::string& pattern, const std::string& text) {
  if (!pattern.empty() && pattern.back() == '*')
    return text.compare(0, pattern.size() - 1, pattern, 0, pattern.size() - 1) == 0;
  return pattern == text;
}

class feed_state {
public:
  feed_state(caf::event_based_actor* self, std::shared_ptr<node> n)
      : self_(self), node_(std::move(n)) {}

  ~feed_state() {
    for (auto& [tenant, nodes] : watchers_)
      for (auto& [node, w] : nodes) change_watched(w, {});
    for (auto& [id, r] : readers_) {
      r.sink->close("the feed restarts; resume after the last sequence you saw");
      unwatch(r);
    }
  }

  void committed(const feed_committed& m) {
    for (const auto& chunk : *m.chunks) {
      if (!chunk.events.empty()) tell_watchers(chunk.tenant, chunk.events.back().sequence);
      auto& t = tenants_[chunk.tenant];
      for (const auto& e : chunk.events) append(t, m.chunks, e);
      if (t.readers.empty()) continue;
      // Rendered only now: nobody may ever ask.
      const auto readers = t.readers;
      for (const auto id : readers) bring(id);
    }
  }

  // --- readers of tenants that are on other nodes, and those of others here ---

  /// Another node has readers of a tenant that is here. It says so again before `watch_time` is
  /// over.
  void watched_from(const watch_feed& m) {
    auto& w = watchers_[m.tenant][m.node];
    w.until = now() + watch_time;
    std::set<run_id> runs;
    for (const auto& text : m.runs)
      if (const auto run = run_id::parse(text)) runs.insert(*run);
    change_watched(w, std::move(runs));
    node_->feed_is_read = true;
    look_for_watches();
  }

  /// More was committed there. It is read from the store, like everything of other nodes.
  void grown(const feed_grown& m) {
    const auto found = tenants_.find(m.tenant);
    if (found == tenants_.end()) return;
    found->second.newest = std::max(found->second.newest, m.newest);
    const auto readers = found->second.readers;
    for (const auto id : readers) bring(id);
  }

  /// What other nodes tell may be lost, and tenants move: now and then the store is asked.
  void look() {
    looking_ = false;
    const auto at = now();
    for (auto& [tenant, nodes] : watchers_) {
      for (auto& [node, w] : nodes)
        if (w.until < at) change_watched(w, {});
      std::erase_if(nodes, [&](const auto& each) { return each.second.until < at; });
    }
    std::erase_if(watchers_, [](const auto& each) { return each.second.empty(); });
    for (const auto& [tenant, t] : tenants_)
      if (!t.readers.empty() && !is_told(tenant, t)) watch(tenant);
    node_->feed_is_read = !readers_.empty() || !watchers_.empty();
    if (node_->feed_is_read) look_for_watches();
  }

  /// The writer is a new one: what its predecessor committed last it may have told nobody.
  void doubt() {
    ++doubts_;
    look_for_watches();
  }

  /// Of a run on another node.
  void steps(const feed_steps& m) {
    if (m.types.size() != m.documents.size() || m.types.size() != m.times_us.size()) return;
    std::vector<run_progress::item> items;
    for (size_t i = 0; i < m.types.size(); ++i)
      items.push_back({m.types[i], m.documents[i], m.times_us[i]});
    if (const auto run = run_id::parse(m.run))
      progress({m.tenant, *run, std::make_shared<const std::vector<run_progress::item>>(items)});
  }

  void progress(const run_progress& m) {
    tell_watchers(m);
    const auto found = tenants_.find(m.tenant);
    if (found == tenants_.end()) return;
    const auto run = m.run.text();
    std::vector<uint64_t> to;
    for (const auto id : found->second.readers)
      if (readers_.at(id).wants.run == run) to.push_back(id);
    if (to.empty()) return;
    for (const auto& step : *m.items) {
      const auto item = notice_event(m.tenant, run + "/" + std::to_string(++notices_), step.type,
                                     "runs/" + run, step.time_us, step.json);
      for (const auto id : to)
        if (readers_.contains(id) && !readers_.at(id).sink->push(item)) drop_slow(id);
    }
  }

  void subscribe(subscribe_feed& wants, const feed_reader& who) {
    if (readers_.contains(wants.subscription)) return;
    const auto id = wants.subscription;
    auto& r = readers_[id];
    r.sink = who.sink;
    r.wants = std::move(wants);
    tenants_[r.wants.tenant].readers.insert(id);
    node_->feed_is_read = true;
    look_for_watches();
    if (const auto run = run_id::parse(r.wants.run)) {
      r.watched = run;
      node_->watched.add(*run);
    }
    if (!node_->shards.here(r.wants.tenant)) watch(r.wants.tenant);
    ask(id, 0, 0);
  }

  void unsubscribe(uint64_t id) {
    const auto found = readers_.find(id);
    if (found == readers_.end()) return;
    unwatch(found->second);
    const auto tenant = tenants_.find(found->second.wants.tenant);
    tenant->second.readers.erase(id);
    readers_.erase(found);
    node_->feed_is_read = !readers_.empty() || !watchers_.empty();
  }

  /// Sends the reader what it lacks, as far as it takes it.
  void bring(uint64_t id) {
    const auto found = readers_.find(id);
    if (found == readers_.end()) return;
    auto& r = found->second;
    auto& t = tenants_.at(r.wants.tenant);
    if (!r.opened || r.asking) return;
    while (r.next <= t.newest) {
      if (t.ring.empty() || r.next < t.ring.front().event->sequence ||
          r.next > t.ring.back().event->sequence) {
        if (r.sink->room() > 0) ask(id, r.next - 1, page_items);
        return; // it asks again when drained
      }
      auto& held = t.ring[r.next - t.ring.front().event->sequence];
      if (wanted(r, *held.event)) {
        if (!held.item) held.item = cloud_event(r.wants.tenant, *held.event);
        if (!r.current && r.sink->room() == 0) return; // it asks again when drained
        if (!r.sink->push(held.item)) return drop_slow(id);
      }
      ++r.next;
    }
    r.current = true;
  }

private:
  using moment = caf::actor_clock::time_point;
  moment now() const { return self_->clock().now(); }

  struct watcher {
    moment until;
    std::set<run_id> runs; ///< Whose steps it wants.
  };

  void change_watched(watcher& w, std::set<run_id> runs) {
    for (const auto& run : runs) node_->watched.add(run);
    for (const auto& run : w.runs) node_->watched.remove(run);
    w.runs = std::move(runs);
  }

  void tell_watchers(const run_progress& m) {
    const auto found = watchers_.find(m.tenant);
    const auto router = node_->router->get();
    if (found == watchers_.end() || !router) return;
    feed_steps steps{m.tenant, m.run.text(), {}, {}, {}};
    for (const auto& item : *m.items) {
      steps.types.push_back(item.type);
      steps.documents.push_back(item.json);
      steps.times_us.push_back(item.time_us);
    }
    for (const auto& [node, w] : found->second)
      if (w.runs.contains(m.run))
        self_->send(router,
                    tell_node{node, cluster::name_of<feed_steps>(), cluster::encode(steps)});
  }

  struct tenant_feed;

  /// What is committed for it comes here by itself: it lives here, and the store was asked since it
  /// came and since the writer began.
  bool is_told(const tenant_id& tenant, const tenant_feed& t) const {
    return t.doubts == doubts_ && node_->shards.here(tenant) &&
           t.epoch == node_->shards.at(shard_of(tenant)).epoch;
  }

  void look_for_watches() {
    const bool idle =
        !node_->shards.clustered() && std::ranges::all_of(tenants_, [this](const auto& each) {
          return each.second.readers.empty() || is_told(each.first, each.second);
        });
    if (idle || std::exchange(looking_, true)) return;
    self_->delayed_send(self_, between_looks, look_atom::value);
  }

  void watch(const tenant_id& tenant) {
    const auto router = node_->router->get();
    watch_feed wish{tenant, 0, {}};
    for (const auto id : tenants_[tenant].readers)
      if (const auto& run = readers_.at(id).wants.run; !run.empty()) wish.runs.push_back(run);
    if (router)
      self_->send(router,
                  tell_owner{tenant, cluster::name_of<watch_feed>(), cluster::encode(wish)});
    const auto loader = node_->loader->get();
    if (!loader) return;
    const auto home = node_->shards.at(shard_of(tenant));
    self_->request(loader, caf::infinite, read_feed{tenant, 0, 0})
        .then(
            [this, tenant, home, doubts = doubts_](const feed_page& page) {
              if (page.failed) return; // The next look asks again.
              auto& t = tenants_[tenant];
              t.doubts = doubts;
              t.epoch = home.here ? home.epoch : 0;
              grown({tenant, page.bounds.newest});
            },
            [](caf::error&) {});
  }

  void tell_watchers(const tenant_id& tenant, uint64_t newest) {
    if (watchers_.empty()) return;
    const auto found = watchers_.find(tenant);
    const auto router = node_->router->get();
    if (found == watchers_.end() || !router) return;
    for (const auto& [node, w] : found->second)
      self_->send(router, tell_node{node, cluster::name_of<feed_grown>(),
                                    cluster::encode(feed_grown{tenant, newest})});
  }

  struct held_event {
    std::shared_ptr<const std::vector<feed_chunk>> commit; ///< Owns the event.
    const feed_event* event;
    std::shared_ptr<const feed_item> item; ///< Rendered when the first reader wants it.
  };
  struct tenant_feed {
    std::deque<held_event> ring; ///< Consecutive sequences, up to `newest`.
    uint64_t newest = 0;
    uint64_t epoch = 0;  ///< Of its shard when the store was last asked; 0: it was elsewhere.
    uint64_t doubts = 0; ///< How many there had been then.
    std::set<uint64_t> readers;
  };
  struct reader {
    std::shared_ptr<feed_sink> sink;
    subscribe_feed wants;
    std::optional<run_id> watched;
    uint64_t next = 1;    ///< The sequence it gets next.
    bool opened = false;  ///< It knows the bounds.
    bool asking = false;  ///< A page from the store is on its way.
    bool current = false; ///< It has caught up once: from here on it must keep up.
  };

  static bool wanted(const reader& r, const feed_event& e) {
    if (!r.wants.subject.empty() && !matches(r.wants.subject, e.subject)) return false;
    if (r.wants.types.empty()) return true;
    for (const auto& type : r.wants.types)
      if (matches(type, e.type)) return true;
    return false;
  }

  static void append(tenant_feed& t, const std::shared_ptr<const std::vector<feed_chunk>>& commit,
                     const feed_event& e) {
    if (!t.ring.empty() && e.sequence != t.ring.back().event->sequence + 1) t.ring.clear();
    t.ring.push_back({commit, &e, nullptr});
    t.newest = std::max(t.newest, e.sequence);
    if (t.ring.size() > ring_items) t.ring.pop_front();
  }

  void ask(uint64_t id, uint64_t after, size_t limit) {
    auto& r = readers_.at(id);
    const auto loader = node_->loader->get();
    if (!loader)
      return close(id, "the store is restarting; resume after the last sequence you saw");
    r.asking = true;
    self_->request(loader, caf::infinite, read_feed{r.wants.tenant, after, limit})
        .then([this, id, limit](feed_page& page) { answered(id, page, limit > 0); },
              [this, id](caf::error&) {
                close(id, "the store is restarting; resume after the last sequence you saw");
              });
  }

  void answered(uint64_t id, feed_page& page, bool asked_for_events) {
    const auto found = readers_.find(id);
    if (found == readers_.end()) return;
    if (page.failed) return close(id, "the store can't be read now; resume later");
    auto& r = found->second;
    auto& t = tenants_.at(r.wants.tenant);
    r.asking = false;
    t.newest = std::max(t.newest, page.bounds.newest);
    if (!r.opened) {
      r.opened = true;
      r.next = r.wants.after ? *r.wants.after + 1 : page.bounds.newest + 1;
      const auto bounds = "{\"oldest\":" + std::to_string(page.bounds.oldest) +
                          ",\"newest\":" + std::to_string(page.bounds.newest) + "}";
      const auto opened =
          notice_event(r.wants.tenant, "opened/" + std::to_string(id), "dev.steward.feed.opened.v1",
                       "", node_->outside.now_us(), bounds);
      if (!r.sink->push(opened)) return drop_slow(id);
    }
    if (asked_for_events && page.events->empty())
      return close(id, "the events after " + std::to_string(r.next - 1) + " are missing");
    for (const auto& e : *page.events) {
      if (e.sequence < r.next) continue;
      if (wanted(r, e)) {
        if (r.sink->room() == 0) return; // the rest is asked for again when drained
        if (!r.sink->push(cloud_event(r.wants.tenant, e))) return drop_slow(id);
      }
      r.next = e.sequence + 1;
    }
    bring(id);
  }

  void drop_slow(uint64_t id) {
    const auto& r = readers_.at(id);
    close(id, "slow reader: resume with after=" + std::to_string(r.next - 1));
  }

  void close(uint64_t id, const std::string& reason) {
    const auto found = readers_.find(id);
    if (found == readers_.end()) return;
    found->second.sink->close(reason);
    unsubscribe(id);
  }

  void unwatch(reader& r) {
    if (r.watched) node_->watched.remove(*r.watched);
    r.watched.reset();
  }

  caf::event_based_actor* self_;
  std::shared_ptr<node> node_;
  std::map<tenant_id, tenant_feed> tenants_;
  std::map<uint64_t, reader> readers_;
  uint64_t notices_ = 0;
  /// Nodes with readers of tenants that are here, and until when they said so.
  std::map<tenant_id, std::map<int64_t, watcher>> watchers_;
  bool looking_ = false;
  uint64_t doubts_ = 0; ///< How often a writer began.
};

} // namespace

caf::behavior feed(caf::event_based_actor* self, std::shared_ptr<node> n) {
  auto state = std::make_shared<feed_state>(self, std::move(n));
  return caf::message_handler{
      [state](const feed_committed& m) { state->committed(m); },
      [state](const run_progress& m) { state->progress(m); },
      [state](subscribe_feed& m, const feed_reader& who) { state->subscribe(m, who); },
      [state](const unsubscribe_feed& m) { state->unsubscribe(m.subscription); },
      [state](const feed_drained& m) { state->bring(m.subscription); },
      [state](const watch_feed& m) { state->watched_from(m); },
      [state](const feed_grown& m) { state->grown(m); },
      [state](const feed_steps& m) { state->steps(m); },
      [state](look_atom) { state->look(); },
      [state](read_again_atom) { state->doubt(); },
  }
      .or_else(supervision::prepare(self));
}

} // namespace steward
