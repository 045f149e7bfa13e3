#pragma once

#include "intelligence/salon/reading.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace steward::intelligence::salon {

/// Collects what a skill wants done (docs/agents.md, "Plans").
class plan {
public:
  /// A record as a whole; version 0: only if it is new.
  void put(std::string_view collection, std::string_view id, value data,
           std::optional<int64_t> if_version = {});
  /// Changes of a record (RFC 7396).
  void merge(std::string_view collection, std::string_view id, value changes,
             std::optional<int64_t> if_version = {});
  void remove(std::string_view collection, std::string_view id,
              std::optional<int64_t> if_version = {});
  void propose(value proposal) { proposals_.push_back(std::move(proposal)); }
  void say(value message) { messages_.push_back(std::move(message)); }
  /// What became of a decision; nothing if there is none (an empty id).
  void close(std::string_view decision_id, std::string_view status, std::string_view result,
             std::optional<double> revenue = {}, std::string_view booking_id = {});
  void tell(std::string_view event, std::string subject, value data);
  void answer(value what) { answer_ = std::move(what); }

  size_t writes() const { return writes_.size(); }
  size_t proposals() const { return proposals_.size(); }

  value take() const;

private:
  value writes_ = value::empty_array(), proposals_ = value::empty_array(),
        messages_ = value::empty_array(), outcomes_ = value::empty_array(),
        events_ = value::empty_array(), answer_;
};

/// A plan that does nothing but say why.
value refused(int status, std::string_view detail, std::string_view field = {});

value array_of(const std::vector<std::string>& texts);

} // namespace steward::intelligence::salon
