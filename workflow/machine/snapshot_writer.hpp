#pragma once

#include "workflow/json.hpp"
#include "workflow/machine/snapshot_links.hpp"
#include "workflow/machine/snapshot_shapes.hpp"
#include "workflow/machine/snapshot_values.hpp"

/// Two archives that walk through a run as snapshot_fields.hpp lists its parts: the first counts
/// the values, the second writes.
namespace steward::workflow {

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

} // namespace steward::workflow
