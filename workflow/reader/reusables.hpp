#pragma once

#include "workflow/reader/problem_list.hpp"

#include <array>
#include <optional>
#include <set>

namespace steward::workflow::reader {

/// The `use` section: definitions that tasks refer to by name. A definition is read again at each
/// reference, because the variables that it may use are those of the task that refers to it.
class reusables {
public:
  enum class kind : uint8_t { authentication, error, retry, timeout };

  /// `use` is the section's place, or null. Reports what is malformed or not supported in it.
  reusables(problem_list& problems, const place* use);
  reusables(const reusables&) = delete;
  reusables& operator=(const reusables&) = delete;

  /// The definition that the text at `reference` names; none, and a problem, if there is none.
  std::optional<place> find(problem_list& problems, const place& reference, kind what);

  /// Definitions of a kind that no reference has asked for yet.
  std::vector<place> unreferenced(kind what) const;

private:
  std::vector<place> all(kind what) const;

  // In the order of `kind`. Places of definitions point to these, so this object must not move.
  std::array<std::optional<place>, 4> sections_;
  std::array<std::set<std::string, std::less<>>, 4> referenced_;
};

} // namespace steward::workflow::reader
