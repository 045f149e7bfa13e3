#pragma once

#include "gateway/answer.hpp"
#include "gateway/request.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace steward::gateway {

using clock_time = std::chrono::steady_clock::time_point;

/// The requests of one connection that are in work, in the order in which they came. Answers may
/// come in any order; they go out in that of the requests.
class pipeline {
public:
  struct entry {
    std::string path;           ///< Of the request, without its query.
    std::string headers;        ///< To add to the answer.
    std::string bytes;          ///< The answer, once it is ready before its turn.
    std::string_view method;    ///< Of static storage; "other" when it is not a usual one.
    clock_time since, deadline; ///< When it came; until when its answer is waited for.
    uint16_t route = 0xffff;
    bool head = false, keep_alive = true, http10 = false, ready = false, counted = true;
  };

  /// Takes a request in and answers its number.
  uint64_t open(const request_view& request, bool keep_alive, clock_time now);
  /// Takes in what is no answer to a request of its own (an error, a 100 Continue), whole.
  void add_bytes(std::string_view bytes);

  /// The entry that still waits for its answer, or null.
  entry* waiting(uint64_t number);
  /// Renders the answer: into `out` when it is its turn, with all that were ready after it; else
  /// into the entry. `number` must be waiting.
  void settle(uint64_t number, const http_answer& answer, std::string_view date, std::string& out);
  /// Forgets the last one taken in: its connection is used for something else.
  void withdraw_last();

  /// A request whose deadline has passed, or 0.
  uint64_t overdue(clock_time now) const;
  /// From now on every answer says that the connection closes.
  void close_after_all();
  bool empty() const { return count_ == 0; }
  size_t size() const { return count_; }

private:
  entry& at(uint64_t number) { return ring_[number % ring_.size()]; }
  const entry& at(uint64_t number) const { return ring_[number % ring_.size()]; }
  entry& push();
  void drain(std::string& out);

  std::vector<entry> ring_; ///< Entries keep the memory of their strings.
  uint64_t first_ = 1;
  size_t count_ = 0;
};

/// The path of a request target.
std::string_view path_of(std::string_view target);

} // namespace steward::gateway
