#pragma once

#include "actors/local_messages.hpp"
#include "actors/node.hpp"

#include <caf/actor.hpp>
#include <caf/send.hpp>

namespace steward {

/// Tells the author of a batch what became of it, as `batch_done`; a writer that crashed with it
/// leaves that unknown (`lost`).
class tell_batch final : public commit_completion {
public:
  explicit tell_batch(caf::actor author, uint64_t number = 0)
      : author_(std::move(author)), number_(number) {}
  ~tell_batch() override {
    if (!told_) caf::anon_send(author_, batch_done{number_, {}, true});
  }
  void done(const batch_result& result) noexcept override {
    told_ = true;
    caf::anon_send(author_, batch_done{number_, result, false});
  }

private:
  caf::actor author_;
  uint64_t number_;
  bool told_ = false;
};

/// Asks the journal for `batch_done` once everything that it was sent before is on disk. Whoever
/// takes over from actors that crashed looks into the store only then: their last batches may still
/// be on their way, and with them what nobody else knows of. False: there is no journal now.
inline bool ask_settled(const node& n, const tenant_id& tenant, const caf::actor& who) {
  const auto journal = n.journal->get();
  if (!journal) return false;
  caf::anon_send(journal, commit_request{{tenant, {}}, std::make_shared<tell_batch>(who)});
  return true;
}

/// Disarms a timer once its row is surely gone; until then it is told again and again.
class disarm_after final : public commit_completion {
public:
  disarm_after(node::slot timers, disarm_timer timer) : timers_(std::move(timers)), timer_(timer) {}
  void done(const batch_result& result) noexcept override {
    if (result.what != batch_result::kind::committed) return;
    if (const auto timers = timers_->get()) caf::anon_send(timers, timer_);
  }

private:
  node::slot timers_;
  disarm_timer timer_;
};

} // namespace steward
