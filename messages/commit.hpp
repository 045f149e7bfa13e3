#pragma once

#include "messages/write_batch.hpp"

#include <memory>

/// What is said to the journal writer (slot "store/journal") and by it. All of it stays on its
/// node: a tenant and the writer of its commits live together.
namespace steward {

/// Told once what became of a batch, on the writer's thread, after the group is on disk; must not
/// block. Dropped untold when the writer crashed: its destructor has to count that as unavailable.
class commit_completion {
public:
  virtual ~commit_completion() = default;
  virtual void done(const batch_result& result) noexcept = 0;
};

struct commit_request {
  write_batch batch;
  std::shared_ptr<commit_completion> completion; ///< May be null: nobody waits.
};

/// To the feed: what one commit published.
struct feed_committed {
  std::shared_ptr<const std::vector<feed_chunk>> chunks;
};

} // namespace steward
