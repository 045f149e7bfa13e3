#pragma once

#include "actors/local_messages.hpp"

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

} // namespace steward
