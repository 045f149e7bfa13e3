#pragma once

#include "messages/reply.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace steward {

/// The answers of several nodes to one question, put together when all are there or when nobody
/// waits any longer: JSON {items: [{id, name, answer, problem}]}, or for metrics one text in
/// Prometheus' format, in which each sample has the label `node`. Thread-safe.
class gathered_answers : public std::enable_shared_from_this<gathered_answers> {
public:
  /// `nodes`: their ids and names.
  gathered_answers(std::string what, const std::map<int64_t, std::string>& nodes, reply_slot to);
  /// Where a node's answer goes.
  reply_slot part(int64_t id);
  /// Answers with what is there; what comes later is too late.
  void finish();

private:
  class sink;
  struct entry {
    std::string name;
    bool answered = false;
    reply what;
  };
  void answered(int64_t id, reply r);
  reply together() const;
  std::string as_json() const;
  std::string as_metrics() const;

  const std::string what_;
  const reply_slot to_;
  std::mutex mutex_;
  std::map<int64_t, entry> parts_;
  size_t missing_;
};
using gathered_ptr = std::shared_ptr<gathered_answers>;

} // namespace steward

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::gathered_ptr)
