#include "actors/event_index.hpp"

#include "workflow/json.hpp"

#include <algorithm>
#include <cmath>

namespace steward {

namespace {

using workflow::value;

class no_variables final : public workflow::variable_source {
public:
  value lookup(std::string_view) const override { return {}; }
};

/// The same text for equal values: 1 is 1.0, and the order of members does not matter.
value canonical(const value& v) {
  constexpr double exact = 9007199254740992; // 2^53
  if (v.is_number() && !v.is_int()) {
    const auto number = v.as_double();
    if (std::trunc(number) == number && std::abs(number) <= exact)
      return static_cast<int64_t>(number);
  }
  if (v.is_array()) {
    std::vector<value> items;
    for (const auto& item : v.items()) items.push_back(canonical(item));
    return value::array(std::move(items));
  }
  if (v.is_object()) {
    std::map<std::string_view, value> sorted;
    for (const auto& [key, item] : v.members()) sorted.emplace(key.as_string(), canonical(item));
    auto object = value::empty_object();
    for (const auto& [key, item] : sorted) object.set(key, item);
    return object;
  }
  return v;
}

std::string canonical_text(const value& v) { return workflow::to_json(canonical(v)); }

template <class Listeners>
void erase_one(Listeners& from, const listener_key& who) {
  if (const auto found = from.find(who); found != from.end()) from.erase(found);
}

} // namespace

std::optional<event_index::usable_key> event_index::find_key(const routes_of_type& known,
                                                             const workflow::event_route& route) {
  for (const auto& [from, expected] : route.keys) {
    if (known.keyed.contains(from)) return usable_key{from, canonical_text(expected), {}};
    if (auto code = workflow::expression::compile(from); code && code->free_variables().empty())
      return usable_key{from, canonical_text(expected), std::move(*code)};
  }
  return std::nullopt;
}

void event_index::add(const listener_key& who, const std::vector<workflow::event_route>& routes) {
  for (const auto& route : routes) {
    auto& of_type = by_type_[route.type];
    auto key = find_key(of_type, route);
    if (!key) {
      of_type.any.insert(who);
      continue;
    }
    if (key->fresh) of_type.keyed.emplace(key->from, program{std::move(*key->fresh), {}});
    of_type.keyed.at(key->from).by_value[key->value].insert(who);
  }
}

void event_index::remove(const listener_key& who,
                         const std::vector<workflow::event_route>& routes) {
  for (const auto& route : routes) {
    const auto of_type = by_type_.find(route.type);
    if (of_type == by_type_.end()) continue;
    auto& [any, keyed] = of_type->second;
    const auto key = find_key(of_type->second, route);
    if (!key) {
      erase_one(any, who);
    } else if (const auto p = keyed.find(key->from); p != keyed.end()) {
      auto& by_value = p->second.by_value;
      if (const auto equal = by_value.find(key->value); equal != by_value.end()) {
        erase_one(equal->second, who);
        if (equal->second.empty()) by_value.erase(equal);
      }
      if (by_value.empty()) keyed.erase(p);
    }
    if (any.empty() && keyed.empty()) by_type_.erase(of_type);
  }
}

std::set<listener_key> event_index::concerned(const value& event, int64_t now_us) const {
  std::set<listener_key> found;
  const auto look = [&](std::string_view type) {
    const auto of_type = by_type_.find(type);
    if (of_type == by_type_.end()) return;
    found.insert(of_type->second.any.begin(), of_type->second.any.end());
    for (const auto& [text, p] : of_type->second.keyed) {
      const auto given = p.code.evaluate_one(event, no_variables{}, now_us, budget_);
      if (!given) continue;
      const auto equal = p.by_value.find(canonical_text(*given));
      if (equal != p.by_value.end()) found.insert(equal->second.begin(), equal->second.end());
    }
  };
  look("");
  if (const auto type = event.get("type"); type.is_string() && type.size() > 0)
    look(type.as_string());
  return found;
}

} // namespace steward
