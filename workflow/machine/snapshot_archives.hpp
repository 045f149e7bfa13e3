#pragma once

#include "workflow/machine/snapshot_fields.hpp"
#include "workflow/machine/snapshot_links.hpp"
#include "workflow/machine/snapshot_values.hpp"

#include <array>
#include <utility>

/// The three archives that walk through the parts of a run as snapshot_fields.hpp lists them: one
/// counts the values, one writes, one reads.
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

/// Tells every value to `value_sharing`.
class snapshot_counter {
public:
  static constexpr bool reads = false;
  explicit snapshot_counter(value_sharing& values) : values_(values) {}

  template <class T>
  void operator()(std::string_view, const T& x) {
    count(x);
  }
  template <class T>
  void unless(T, std::string_view, const T&) {}

  template <class T>
  void count(const T& x) {
    if constexpr (std::same_as<T, value>) {
      values_.count(x);
    } else if constexpr (shapes::is_optional<T> || shapes::is_pointer<T>) {
      if (x) count(*x);
    } else if constexpr (shapes::is_pair<T>) {
      count(x.first);
      count(x.second);
    } else if constexpr (shapes::is_list<T> || shapes::is_map<T>) {
      for (const auto& item : x) count(item);
    } else if constexpr (std::is_class_v<T> && !std::same_as<std::remove_const_t<T>, std::string> &&
                         !std::same_as<T, shapes::numbers> && !std::same_as<T, event>) {
      visit_fields(*this, x);
    }
  }
  void count(const std::vector<bool>&) {}

private:
  value_sharing& values_;
};

class snapshot_writer {
public:
  static constexpr bool reads = false;
  snapshot_writer(std::string& out, const value_sharing& values, definition_links& links)
      : out_(out), values_(values), links_(links) {}

  template <class T>
  void operator()(std::string_view key, const T& x) {
    if (is_as_it_begins(x)) return;
    begin_member(key);
    put(x);
  }
  template <class T>
  void unless(T usual, std::string_view key, const T& x) {
    if (x == usual) return;
    begin_member(key);
    put(x);
  }

  /// An object of the part's members, and of what `more` adds.
  template <class T, class More>
  void object(const T& x, More&& more) {
    out_ += '{';
    visit_fields(*this, x);
    more();
    out_ += '}';
  }
  template <class Items, class Put>
  void list(const Items& items, Put&& put_item) {
    auto separator = "";
    out_ += '[';
    for (const auto& item : items) {
      out_ += std::exchange(separator, ",");
      put_item(item);
    }
    out_ += ']';
  }
  void begin_member(std::string_view key) {
    if (out_.back() != '{') out_ += ',';
    append_json_string(out_, key);
    out_ += ':';
  }

private:
  template <class T>
  static bool is_as_it_begins(const T& x) {
    if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T>)
      return x == T{};
    else if constexpr (std::same_as<T, value>)
      return x.is_null();
    else if constexpr (shapes::is_optional<T> || shapes::is_pointer<T>)
      return !x;
    else if constexpr (std::same_as<T, deadline>)
      return x.due_us == deadline::never && x.timer == 0 && x.since_us == 0;
    else if constexpr (requires { x.empty(); })
      return x.empty();
    else
      return false;
  }

  template <class T>
  void put(const T& x) {
    if constexpr (std::same_as<T, bool>) {
      out_ += x ? "true" : "false";
    } else if constexpr (std::is_integral_v<T>) {
      out_ += std::to_string(x);
    } else if constexpr (std::is_enum_v<T>) {
      out_ += std::to_string(static_cast<unsigned>(x));
    } else if constexpr (std::same_as<T, value>) {
      values_.write(out_, x);
    } else if constexpr (std::same_as<T, std::string>) {
      write_snapshot_text(out_, x);
    } else if constexpr (std::same_as<T, event>) {
      append_json_string(out_, encode_event(x));
    } else if constexpr (std::same_as<T, const output_filter*>) {
      put(links_.number_of(x));
    } else if constexpr (std::same_as<T, const extension*>) {
      put(links_.number_of(x));
    } else if constexpr (shapes::is_optional<T>) {
      out_ += '[';
      if (x) put(*x);
      out_ += ']';
    } else if constexpr (shapes::is_pointer<T>) {
      put(*x);
    } else if constexpr (std::same_as<T, shapes::numbers>) {
      put_steps(x);
    } else if constexpr (shapes::is_pair<T>) {
      out_ += '[';
      put(x.first);
      out_ += ',';
      put(x.second);
      out_ += ']';
    } else if constexpr (shapes::is_list<T> || shapes::is_map<T>) {
      list(x, [this](const auto& item) { put(item); });
    } else {
      object(x, [] {});
    }
  }

  /// Each number as what it adds to the one before: they grow by little.
  void put_steps(const shapes::numbers& numbers) {
    uint64_t key = 0, item = 0;
    list(numbers, [&](const auto& n) {
      put(n.first - std::exchange(key, n.first));
      out_ += ',';
      put(static_cast<int64_t>(n.second - std::exchange(item, n.second)));
    });
  }

  std::string& out_;
  const value_sharing& values_;
  definition_links& links_;
};

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
