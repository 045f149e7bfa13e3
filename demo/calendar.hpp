#pragma once

#include "demo/visits.hpp"

#include <map>

namespace steward::demo {

/// A place for an appointment.
struct slot {
  size_t staff = 0, service = 0;
  int64_t start_us = 0, end_us = 0; ///< Of the service itself; its buffer comes after.
};

/// Who is free when: the book at the reception. A slot is taken with its buffer; it has to lie
/// within one shift, with its buffer, and not in a break.
class calendar {
public:
  explicit calendar(const salon& s) : salon_(&s), taken_(s.staff.size()) {}

  bool is_free(const slot& wanted) const;
  void take(const slot& s);
  /// What is not taken stays so.
  void release(const slot& s);

  /// Where the visit could take place, best first, at most `most`: at the wished time with the
  /// staff member liked best, then near it, then with others. Nothing before `earliest_us`.
  std::vector<slot> offers(const wanted_visit& v, int64_t earliest_us, size_t most) const;

private:
  const salon* salon_;
  std::vector<std::map<int64_t, int64_t>> taken_; ///< By staff member: begin to end.
};

/// The time that the staff work on those days, breaks taken out.
int64_t working_us(const salon& s, int64_t from_day, int64_t to_day);

} // namespace steward::demo
