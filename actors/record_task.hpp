#pragma once

#include "actors/local_messages.hpp"

#include <functional>

/// What the records actor says to itself.
namespace steward {

struct record_task;
using record_task_ptr = std::shared_ptr<record_task>;

/// Something to be written for somebody who waits for it.
struct record_task {
  std::function<void(const record_task_ptr&)> attempt; ///< From reading to commit.
  std::function<reply(const batch_result&)> tell;      ///< Once it is durable.
  tenant_id tenant;
  std::string collection;
  reply_slot slot;
  ticket pass;
  std::shared_ptr<void> turn; ///< With the record that it changes; goes with the task.
  unsigned attempts = 0;
  bool may_race = false;   ///< The version that the commit asked for was read here: read it again.
  bool tell_later = false; ///< What is told has to be read from the store.
};

/// To the actor, from a completion: what the commit did not want as it was, or what is to be told
/// from the store.
struct task_settled {
  record_task_ptr task;
  batch_result result;
};

/// To the actor, from a turn that is over: the next one that waits for this record may begin.
struct record_turn_over {
  std::string record;
};

} // namespace steward

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::record_turn_over)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::task_settled)
