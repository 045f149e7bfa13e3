#pragma once

#include "messages/events.hpp"
#include "workflow/expression.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace steward {

/// Finds the listeners that an event could concern: by its type, then by the value that a key's
/// program gives for it. A program is evaluated once for an event, however many listeners use it,
/// and what it gives is looked up: listeners with other values cost nothing.
class event_index {
public:
  explicit event_index(workflow::evaluation_budget budget) : budget_(budget) {}

  /// The listener must not be in it.
  void add(const listener_key& who, const std::vector<workflow::event_route>& routes);
  /// With the routes that it was added with.
  void remove(const listener_key& who, const std::vector<workflow::event_route>& routes);

  /// Those with a route that the event passes. A program that fails, or spends its budget, gives no
  /// value, so its listeners are not concerned.
  std::set<listener_key> concerned(const workflow::value& event, int64_t now_us) const;

private:
  using listeners = std::multiset<listener_key>; // two routes may end in one place
  struct program {
    workflow::expression code;
    std::map<std::string, listeners, std::less<>> by_value; ///< By the value's canonical text.
  };
  struct routes_of_type {
    listeners any;                        ///< Without a key.
    std::map<std::string, program> keyed; ///< By the program's text.
  };
  /// The key of a route that the index uses: the first whose program needs nothing but the event.
  struct usable_key {
    std::string from;                          ///< The program's text.
    std::string value;                         ///< Canonical text of what it must give.
    std::optional<workflow::expression> fresh; ///< Compiled, when it is not known yet.
  };
  static std::optional<usable_key> find_key(const routes_of_type& known,
                                            const workflow::event_route& route);

  workflow::evaluation_budget budget_;
  std::map<std::string, routes_of_type, std::less<>> by_type_; ///< Empty: any type.
};

} // namespace steward
