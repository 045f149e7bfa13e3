#pragma once

#include "workflow/machine/snapshot_fields.hpp"

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// What the archives of snapshots (snapshot_writer.hpp, snapshot_reader.hpp) have in common: the
/// shapes of members that they tell apart.
namespace steward::workflow {

namespace shapes {
template <class>
constexpr bool is_optional = false;
template <class T>
constexpr bool is_optional<std::optional<T>> = true;
template <class>
constexpr bool is_pointer = false;
template <class T>
constexpr bool is_pointer<std::unique_ptr<T>> = true;
template <class T>
constexpr bool is_pointer<std::shared_ptr<T>> = true;
template <class>
constexpr bool is_pair = false;
template <class A, class B>
constexpr bool is_pair<std::pair<A, B>> = true;
template <class>
constexpr bool is_list = false;
template <class T>
constexpr bool is_list<std::vector<T>> = true;
template <class T>
constexpr bool is_list<std::deque<T>> = true;
/// Of maps whose values are worth counting; `consumed_`, of numbers alone, has a form of its own.
template <class>
constexpr bool is_map = false;
template <class T>
constexpr bool is_map<std::map<std::string, T, std::less<>>> = true;
using numbers = std::map<uint64_t, uint64_t>;
} // namespace shapes

template <class Archive, class T>
void visit_fields(Archive& a, T& x) {
  if constexpr (part<T, event_consumption> || part<T, interpreter>)
    snapshot_access::fields(a, x);
  else
    fields(a, x);
}

} // namespace steward::workflow
