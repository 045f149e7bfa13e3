#include "actors/feed.hpp"

#include "actors/cloud_event.hpp"
#include "actors/local_messages.hpp"
#include "supervision/supervisor.hpp"

#include <deque>
#include <map>

namespace steward {

namespace {

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
    for (auto& [id, r] : readers_) {
      r.sink->close("the feed restarts; resume after the last sequence you saw");
      unwatch(r);
    }
  }

  void committed(const feed_committed& m) {
    for (const auto& chunk : *m.chunks) {
      auto& t = tenants_[chunk.tenant];
      for (const auto& e : chunk.events) append(t, m.chunks, e);
      if (t.readers.empty()) continue;
      // Rendered only now: nobody may ever ask.
      const auto readers = t.readers;
      for (const auto id : readers) bring(id);
    }
  }

  void progress(const run_progress& m) {
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
    if (const auto run = run_id::parse(r.wants.run)) {
      r.watched = run;
      node_->watched.add(*run);
    }
    ask(id, 0, 0);
  }

  void unsubscribe(uint64_t id) {
    const auto found = readers_.find(id);
    if (found == readers_.end()) return;
    unwatch(found->second);
    const auto tenant = tenants_.find(found->second.wants.tenant);
    tenant->second.readers.erase(id);
    readers_.erase(found);
    node_->feed_is_read = !readers_.empty();
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
  struct held_event {
    std::shared_ptr<const std::vector<feed_chunk>> commit; ///< Owns the event.
    const feed_event* event;
    std::shared_ptr<const feed_item> item; ///< Rendered when the first reader wants it.
  };
  struct tenant_feed {
    std::deque<held_event> ring; ///< Consecutive sequences, up to `newest`.
    uint64_t newest = 0;
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
  }
      .or_else(supervision::prepare(self));
}

} // namespace steward
