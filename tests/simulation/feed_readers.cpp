#include "tests/simulation/feed_readers.hpp"

#include "workflow/json.hpp"

namespace steward::simulation {

struct feed_readers::reader {
  tenant_id tenant;
  std::vector<std::string> types; ///< Empty: all.
  std::optional<uint64_t> last;   ///< None: it wants only what is new.
  uint64_t connection = 0;        ///< Number of the present one; 0: none.
  process* server = nullptr;      ///< Of that connection.
  bool coming = false;            ///< It will connect.
  bool reading = false;           ///< It will look at what was sent.
  std::deque<std::shared_ptr<const feed_item>> queue;
  size_t bound = 4;
};

/// One connection: what the feed holds of a reader.
class feed_readers::line final : public feed_sink {
public:
  line(feed_readers& all, reader_ptr r, uint64_t number)
      : all_(all), reader_(std::move(r)), number_(number) {}
  ~line() override { close("dropped"); }
  bool push(std::shared_ptr<const feed_item> item) override {
    if (reader_->connection != number_ || room() == 0) return false;
    reader_->queue.push_back(std::move(item));
    all_.consume(reader_);
    return true;
  }
  size_t room() const override {
    return reader_->bound - std::min(reader_->bound, reader_->queue.size());
  }
  void close(std::string) override {
    if (reader_->connection == number_) all_.reconnect_later(reader_);
  }

private:
  feed_readers& all_;
  reader_ptr reader_;
  uint64_t number_;
};

void feed_readers::invite(const std::vector<tenant_id>& tenants) {
  for (const auto& tenant : tenants)
    for (const bool whole : {true, false}) {
      const auto r = std::make_shared<reader>();
      r->tenant = tenant;
      r->bound = static_cast<size_t>(chance_.between(1, 8));
      if (whole || chance_.coin()) r->last = 0;
      if (!whole && chance_.coin()) r->types = {"io.serverlessworkflow.workflow.completed.v1"};
      readers_.push_back(r);
      reconnect_later(r);
    }
}

void feed_readers::reconnect_later(const reader_ptr& r) {
  r->connection = 0;
  r->queue.clear(); // what was sent and not read is lost
  if (std::exchange(r->coming, true)) return;
  later_.add(now_us_() + chance_.pause(2'000'000) + 20'000, [this, r] {
    r->coming = false;
    connect(r);
  });
}

void feed_readers::connect(const reader_ptr& r) {
  r->server = server_();
  const auto feed = feed_of(*r);
  if (!feed) return reconnect_later(r);
  r->connection = ++subscriptions_;
  caf::anon_send(feed,
                 subscribe_feed{.subscription = r->connection,
                                .tenant = r->tenant,
                                .after = r->last,
                                .types = r->types,
                                .subject = {},
                                .run = {}},
                 feed_reader{std::make_shared<line>(*this, r, r->connection)});
}

caf::actor feed_readers::feed_of(const reader& r) {
  return r.server && r.server->up() ? r.server->actors().feed->get() : caf::actor{};
}

void feed_readers::disconnected(const process& from) {
  for (const auto& r : readers_)
    if (r->connection != 0 && r->server == &from) reconnect_later(r);
}

/// Reads what was sent, at its own pace.
void feed_readers::consume(const reader_ptr& r) {
  if (std::exchange(r->reading, true)) return;
  later_.add(now_us_() + (calm_ ? 0 : chance_.pause(300'000)), [this, r] {
    r->reading = false;
    while (!r->queue.empty()) {
      const auto item = std::move(r->queue.front());
      r->queue.pop_front();
      seen(*r, *item);
      if (calm_ || !chance_.one_in(40)) continue;
      const auto left = r->connection;
      reconnect_later(r); // it leaves
      if (const auto feed = feed_of(*r)) caf::anon_send(feed, unsubscribe_feed{left});
      return;
    }
    if (r->connection == 0) return;
    if (const auto feed = feed_of(*r)) caf::anon_send(feed, feed_drained{r->connection});
  });
}

void feed_readers::seen(reader& r, const feed_item& item) {
  if (item.sequence == 0) { // where the feed stands
    if (!r.last) {
      const auto newest = workflow::parse_json(item.json)->get("data").get("newest");
      r.last = static_cast<uint64_t>(newest.as_int());
    }
    return;
  }
  const auto* next = next_wanted(r);
  const auto about = " of '" + r.tenant + "' after " + std::to_string(*r.last) + ": " +
                     std::to_string(item.sequence);
  if (!next)
    audit_.note("the feed told what is not durable" + about);
  else if (item.sequence != next->sequence)
    audit_.note("the feed has a gap or goes back" + about);
  else if (item.json.find(next->data) == std::string::npos)
    audit_.note("the feed tells another event than it stored" + about);
  r.last = item.sequence;
}

const feed_event* feed_readers::next_wanted(const reader& r) const {
  const auto* t = disk_.tenant(r.tenant);
  if (!t) return nullptr;
  for (auto n = r.last.value_or(0); n < t->feed.size(); ++n)
    if (r.types.empty() || t->feed[n].type == r.types.front()) return &t->feed[n];
  return nullptr;
}

bool feed_readers::done() const {
  for (const auto& r : readers_)
    if (r->connection == 0 || !r->last || next_wanted(*r)) return false;
  return true;
}

} // namespace steward::simulation
