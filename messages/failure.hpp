#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace steward {

/// Why something was not done, named by what the caller can do about it. Append only: the numbers
/// travel between nodes.
enum class ec : uint8_t {
  none = 0,            ///< Required by CAF.
  invalid_request,     ///< The request is malformed. Retrying can't help.
  invalid_definition,  ///< The workflow definition has problems; see them.
  unprocessable,       ///< Well-formed, but it contradicts what it refers to.
  not_found,           ///< No such run, workflow or path.
  conflict,            ///< The state does not allow it; reload and decide again.
  overloaded,          ///< Past the tenant's limits; try again after `retry_after`.
  unavailable,         ///< A dependency is down or slow. Retry with backoff.
  forbidden,           ///< Not allowed to this caller.
  corrupt_data,        ///< Stored data failed a check. Needs a person.
  shutting_down,       ///< Nothing was changed.
  expression,          ///< An expression that was sent is wrong, or failed.
  precondition_failed, ///< What the caller made a condition (If-Match) does not hold.
};
std::string_view to_string(ec code);

/// One thing wrong in a request, for RFC 9457's `errors` member.
struct field_problem {
  std::string pointer; ///< JSON pointer, or the name of a parameter or header.
  std::string detail;
  std::string expected;
  uint64_t line = 0, column = 0; ///< 0 when there is no place.
  int64_t offset = -1;           ///< In bytes; -1: not said.
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, field_problem& x) {
    return f(x.pointer, x.detail, x.expected, x.line, x.column, x.offset);
  }
};

struct failure {
  ec code = ec::unavailable;
  std::string detail; ///< One sentence: what was tried and why it was refused. No secrets.
  std::vector<field_problem> problems;
  std::chrono::milliseconds retry_after{0}; ///< 0: not said.
  template <class Inspector>
  friend typename Inspector::result_type inspect(Inspector& f, failure& x) {
    return f(x.code, x.detail, x.problems, x.retry_after);
  }
};

} // namespace steward
