#pragma once

#include "messages/ids.hpp"
#include "messages/optional_field.hpp"

#include <caf/meta/type_name.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// The live feed: what the feed actor (slot "feed") and its subscribers say to each other.
namespace steward {

/// One CloudEvent, rendered once and shared by all who read it.
struct feed_item {
  uint64_t sequence = 0; ///< 0: progress or a notice, which has none.
  std::string json;
};

/// One reader of the feed; the gateway's sessions implement it. Called on the feed actor's thread;
/// must not block.
class feed_sink {
public:
  virtual ~feed_sink() = default;
  /// Queues the item, or returns false when the reader's bound is reached; then it is closed.
  virtual bool push(std::shared_ptr<const feed_item> item) = 0;
  /// How many items it would take now.
  virtual size_t room() const = 0;
  virtual void close(std::string reason) = 0;
};
/// Carries a sink to the feed actor of the same node.
struct feed_reader {
  std::shared_ptr<feed_sink> sink;
};

/// Asks for a tenant's events. The first item is `dev.steward.feed.opened.v1` with the oldest and
/// newest sequence; then, without a gap, what comes after `after` (none: only what is new).
struct subscribe_feed {
  uint64_t subscription = 0; ///< Chosen by the subscriber, unique on its node.
  tenant_id tenant;
  std::optional<uint64_t> after;
  std::vector<std::string> types; ///< Exact types, or prefixes that end in `*`; empty: all.
  std::string subject;            ///< Exact, or a prefix that ends in `*`; empty: all.
  std::string run;                ///< A run's id: its tasks' progress too, without sequence.
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, subscribe_feed& x) {
    return f(caf::meta::type_name("subscribe_feed"), x.subscription, x.tenant, x.after, x.types,
             x.subject, x.run);
  }
};
/// The reader has gone.
struct unsubscribe_feed {
  uint64_t subscription = 0;
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, unsubscribe_feed& x) {
    return f(caf::meta::type_name("unsubscribe_feed"), x.subscription);
  }
};
/// The reader's queue has run empty: more of the past may be sent. Sinks tell it each time.
struct feed_drained {
  uint64_t subscription = 0;
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, feed_drained& x) {
    return f(caf::meta::type_name("feed_drained"), x.subscription);
  }
};

// --- between the feeds of two nodes; both may be lost ---

/// There are readers of that tenant on `node` (set by who takes it): tell it what grows.
struct watch_feed {
  tenant_id tenant;
  int64_t node = 0;
  std::vector<std::string> runs; ///< Whose steps are watched, too.
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, watch_feed& x) {
    return f(caf::meta::type_name("watch_feed"), x.tenant, x.node, x.runs);
  }
};
/// Steps of a run that is watched there.
struct feed_steps {
  tenant_id tenant;
  std::string run;
  std::vector<std::string> types, documents; ///< One of each for each step.
  std::vector<int64_t> times_us;
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, feed_steps& x) {
    return f(caf::meta::type_name("feed_steps"), x.tenant, x.run, x.types, x.documents, x.times_us);
  }
};
/// The tenant's feed goes up to there.
struct feed_grown {
  tenant_id tenant;
  uint64_t newest = 0;
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, feed_grown& x) {
    return f(caf::meta::type_name("feed_grown"), x.tenant, x.newest);
  }
};

} // namespace steward
