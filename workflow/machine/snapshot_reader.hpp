#pragma once

#include "workflow/machine/snapshot_links.hpp"
#include "workflow/machine/snapshot_shapes.hpp"
#include "workflow/machine/snapshot_values.hpp"

/// The archive that reads a run as snapshot_fields.hpp lists its parts.
namespace steward::workflow {

/// Throws `unreadable_snapshot` for whatever is not as the writer would write it.
class snapshot_reader {
public:
  static constexpr bool reads = true;
  snapshot_reader(const value& from, const shared_values& values, definition_links& links)
      : from_(&from), values_(values), links_(links) {}

  bool has(std::string_view key) const { return from_->find(key) != nullptr; }
  template <class T>
  void operator()(std::string_view key, T& x) {
    auto found = from_->find(key);
    if (!found) {
      if (std::is_pointer_v<T>) throw unreadable_snapshot{std::string{key} + " is not there"};
      x = T{};
      return;
    }
    auto around = std::exchange(key_, key);
    take(*found, x);
    key_ = around;
  }
  template <class T>
  void unless(T usual, std::string_view key, T& x) {
    if (has(key))
      (*this)(key, x);
    else
      x = usual;
  }
  /// `more` reads what else the object has.
  template <class T, class More>
  void object(const value& from, T& x, More&& more) {
    if (!from.is_object()) refuse();
    auto around = std::exchange(from_, &from);
    visit_fields(*this, x);
    more();
    from_ = around;
  }
  const value& list(std::string_view key) const {
    static const auto none = value::empty_array();
    auto found = from_->find(key);
    if (found && !found->is_array()) throw unreadable_snapshot{std::string{key} + " is no list"};
    return found ? *found : none;
  }

private:
  [[noreturn]] void refuse() const {
    throw unreadable_snapshot{"`" + std::string{key_} + "` is not what it should be"};
  }

  // The last choice of each.
  static constexpr auth_scheme last(auth_scheme) { return auth_scheme::oidc; }
  static constexpr try_state::phase last(try_state::phase) { return try_state::phase::done; }
  static constexpr extension_state::phase last(extension_state::phase) {
    return extension_state::phase::after;
  }
  static constexpr flow::kind last(flow::kind) { return flow::kind::jump; }
  static constexpr run_status last(run_status) { return run_status::completed; }

  template <class T>
  void take(const value& v, T& x) {
    if constexpr (std::same_as<T, bool>) {
      if (!v.is_bool()) refuse();
      x = v.as_bool();
    } else if constexpr (std::is_integral_v<T>) {
      if (!v.is_int() || !std::in_range<T>(v.as_int())) refuse();
      x = static_cast<T>(v.as_int());
    } else if constexpr (std::is_enum_v<T>) {
      if (!v.is_int() || v.as_int() < 0 || v.as_int() > static_cast<int64_t>(last(T{}))) refuse();
      x = static_cast<T>(v.as_int());
    } else if constexpr (std::same_as<T, value>) {
      x = values_.read(v);
    } else if constexpr (std::same_as<T, std::string>) {
      auto text = values_.read(v);
      if (!text.is_string()) refuse();
      x = text.as_string();
    } else if constexpr (std::same_as<T, event>) {
      auto read = v.is_string() ? decode_event(v.as_string()) : failed{std::string{}};
      if (!read) refuse();
      x = *std::move(read);
    } else if constexpr (std::same_as<T, const output_filter*>) {
      x = links_.filter(take_number(v));
    } else if constexpr (std::same_as<T, const extension*>) {
      x = links_.extension_at(take_number(v));
    } else if constexpr (shapes::is_optional<T>) {
      if (!v.is_array() || v.size() > 1) refuse();
      x.reset();
      if (v.size() == 1) take(v.items()[0], x.emplace());
    } else if constexpr (shapes::is_pointer<T>) {
      x = T{new typename T::element_type{}};
      take(v, *x);
    } else if constexpr (std::same_as<T, shapes::numbers>) {
      take_steps(v, x);
    } else if constexpr (shapes::is_pair<T>) {
      if (!v.is_array() || v.size() != 2) refuse();
      take(v.items()[0], x.first);
      take(v.items()[1], x.second);
    } else if constexpr (shapes::is_list<T>) {
      if (!v.is_array()) refuse();
      x.clear();
      for (const auto& item : v.items()) take_item(item, x);
    } else if constexpr (shapes::is_map<T>) {
      if (!v.is_array()) refuse();
      x.clear();
      for (const auto& item : v.items()) {
        auto entry = std::pair<std::string, typename T::mapped_type>{};
        take(item, entry);
        x.insert(std::move(entry));
      }
    } else {
      object(v, x, [] {});
    }
  }

  template <class List>
  void take_item(const value& v, List& x) {
    auto item = typename List::value_type{};
    take(v, item);
    x.push_back(std::move(item));
  }

  size_t take_number(const value& v) const {
    if (!v.is_int() || v.as_int() < 0) refuse();
    return static_cast<size_t>(v.as_int());
  }

  void take_steps(const value& v, shapes::numbers& numbers) const {
    if (!v.is_array() || v.size() % 2 != 0) refuse();
    numbers.clear();
    uint64_t key = 0, item = 0;
    for (size_t i = 0; i < v.size(); i += 2) {
      if (!v.items()[i].is_int() || !v.items()[i + 1].is_int()) refuse();
      key += static_cast<uint64_t>(v.items()[i].as_int());
      item += static_cast<uint64_t>(v.items()[i + 1].as_int());
      numbers.emplace_hint(numbers.end(), key, item);
    }
  }

  const value* from_;
  std::string_view key_;
  const shared_values& values_;
  definition_links& links_;
};

} // namespace steward::workflow
