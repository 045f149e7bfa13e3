#include "actors/journal_writer.hpp"

#include "actors/cluster/messages.hpp"
#include "actors/local_messages.hpp"
#include "actors/timers.hpp"
#include "supervision/supervisor.hpp"

#include <spdlog/spdlog.h>

#include <deque>

namespace steward {

namespace {

using flush_atom = caf::atom_constant<caf::atom("flush")>;

class writer_state {
public:
  writer_state(caf::event_based_actor* self, std::shared_ptr<node> n)
      : self_(self), node_(std::move(n)) {
    auto opened = node_->engine->open_writer();
    if (!opened) throw std::runtime_error("the store can't be opened: " + opened.error().reason);
    writer_ = std::move(*opened);
    // One that crashed may not have told what it had committed.
    if (const auto feed = node_->feed->get()) self_->send(feed, read_again_atom::value);
  }

  void enqueue(commit_request request) {
    if (waiting_.size() >= node_->settings.store.queue_batches) {
      tell(request, {batch_result::kind::unavailable, {}, 0, "too many writes are waiting"});
      return;
    }
    waiting_.push_back(std::move(request));
    // The flush lines up behind everything that is in the mailbox already: that is the group.
    if (waiting_.size() == 1) self_->send(self_, flush_atom::value);
  }

  /// Behind everything that came before.
  void release(const release_shards& m) {
    while (!waiting_.empty()) flush();
    self_->send(m.author, shards_released{writer_->release(m.shards)});
  }

  void flush() {
    if (waiting_.empty()) return; // A release was quicker.
    const size_t count = std::min(waiting_.size(), node_->settings.store.group_batches);
    group_.clear();
    for (size_t i = 0; i < count; ++i) group_.push_back(&waiting_[i].batch);
    const auto started_us = node_->outside.now_us();
    auto report = writer_->commit(group_);
    count_commit(count, node_->outside.now_us() - started_us);
    for (size_t i = 0; i < count; ++i) {
      if (report.results[i].what == batch_result::kind::unavailable)
        note_failure(report.results[i]);
      tell(waiting_[i], report.results[i]);
    }
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(count));
    if (!report.published.empty() && node_->feed_is_read)
      if (auto feed = node_->feed->get())
        self_->send(feed, feed_committed{std::make_shared<const std::vector<feed_chunk>>(
                              std::move(report.published))});
    if (!waiting_.empty()) self_->send(self_, flush_atom::value);
  }

private:
  static void tell(commit_request& request, const batch_result& result) {
    if (request.completion) request.completion->done(result);
  }

  void count_commit(size_t batches, int64_t elapsed_us) {
    node_->counters.commits.fetch_add(1, std::memory_order_relaxed);
    node_->counters.batches.fetch_add(batches, std::memory_order_relaxed);
    node_->counters.commit_us.fetch_add(static_cast<uint64_t>(elapsed_us),
                                        std::memory_order_relaxed);
  }

  /// One line a second is enough to know that the disk is full.
  void note_failure(const batch_result& result) {
    node_->counters.commit_failures.fetch_add(1, std::memory_order_relaxed);
    const auto now_us = node_->outside.now_us();
    if (now_us - last_note_us_ < 1'000'000) return;
    last_note_us_ = now_us;
    spdlog::error("store.commit.failed reason=\"{}\"", result.reason);
  }

  caf::event_based_actor* self_;
  std::shared_ptr<node> node_;
  std::unique_ptr<store::writer> writer_;
  std::deque<commit_request> waiting_;
  std::vector<const write_batch*> group_;
  int64_t last_note_us_ = 0;
};

} // namespace

caf::behavior journal_writer(caf::event_based_actor* self, std::shared_ptr<node> n) {
  auto state = std::make_shared<writer_state>(self, std::move(n));
  return caf::message_handler{
      [state](commit_request& request) { state->enqueue(std::move(request)); },
      [state](const release_shards& m) { state->release(m); },
      [state](flush_atom) { state->flush(); },
  }
      .or_else(supervision::prepare(self));
}

} // namespace steward
