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
  enum class kind : uint8_t { authentication, error, retry, timeout, function, catalog };

  /// `use` is the section's place, or null. Reports what is malformed or not supported in it.
  reusables(problem_list& problems, const place* use);
  reusables(const reusables&) = delete;
  reusables& operator=(const reusables&) = delete;

  /// The definition that the text at `reference` names; none, and a problem, if there is none.
  std::optional<place> find(problem_list& problems, const place& reference, kind what);

  /// The same for a name that is a part of the text.
  std::optional<place> find_named(problem_list& problems, const place& reference, kind what,
                                  std::string_view name);
  /// The same as its position in `all`.
  std::optional<size_t> find_index(problem_list& problems, const place& reference, kind what);
  bool has(kind what, std::string_view name) const;

  /// Definitions of a kind, in order.
  std::vector<place> all(kind what) const;
  /// Those that no reference has asked for yet.
  std::vector<place> unreferenced(kind what) const;

  /// `use.extensions`, if it is there.
  const std::optional<place>& extensions() const { return extensions_; }
  /// Names in `use.secrets`.
  const std::vector<std::string>& secrets() const { return secrets_; }

private:
  std::optional<size_t> find_index(problem_list& problems, const place& reference, kind what,
                                   std::string_view name);
  void read_secrets(problem_list& problems, const place& where);

  // In the order of `kind`. Places of definitions point to these, so this object must not move.
  std::array<std::optional<place>, 6> sections_;
  std::array<std::set<std::string, std::less<>>, 6> referenced_;
  std::optional<place> extensions_;
  std::vector<std::string> secrets_;
};

} // namespace steward::workflow::reader
