#pragma once

#include "workflow/outcome.hpp"

#include <cstdint>
#include <initializer_list>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace steward::workflow {

struct member;

/// One JSON value: 16 bytes, immutable once shared, cheap to copy (a reference count), safe to
/// read and copy from any thread. The whole engine speaks it; text appears at the HTTP and disk
/// edges only (`workflow/json.hpp`).
///
/// Numbers are 64-bit integers where they fit, doubles otherwise; `1` and `1.0` are equal.
/// Objects keep the order of insertion; equality ignores it. Short strings live inside the value.
///
/// Fails: a value nested deeper than `max_depth` throws `depth_exceeded` when it is built; building
/// inside an `allocation_budget` that is spent throws `budget_exceeded`. Both are caught where an
/// expression or a document is evaluated and become errors of the run, never of the process.
class value {
public:
  enum class kind : uint8_t { null, boolean, integer, number, string, array, object };
  static constexpr uint32_t max_depth = 10'100;

  value() noexcept { set_kind(kind::null); }
  value(std::nullptr_t) noexcept : value() {}
  value(bool b) noexcept;
  value(int i) noexcept : value(static_cast<int64_t>(i)) {}
  value(unsigned i) noexcept : value(static_cast<int64_t>(i)) {}
  value(int64_t i) noexcept;
  value(uint64_t i) noexcept; ///< Becomes a double past 2^63-1.
  value(double d) noexcept;   ///< Kept as a double, even when it is whole.
  value(std::string_view s);
  value(const std::string& s) : value(std::string_view{s}) {}
  value(const char* s) : value(std::string_view{s}) {}

  static value array(std::vector<value> items);
  static value array(std::initializer_list<value> items) { return array(std::vector<value>(items)); }
  /// Of two members with one key, the later wins and takes the place of the earlier.
  static value object(std::vector<member> members);
  static value object(std::initializer_list<member> members);
  static value empty_array();
  static value empty_object();

  value(const value& other) noexcept;
  value(value&& other) noexcept;
  value& operator=(const value& other) noexcept;
  value& operator=(value&& other) noexcept;
  ~value();

  kind type() const noexcept { return static_cast<kind>(raw_.tag & 0x0f); }
  bool is_null() const noexcept { return type() == kind::null; }
  bool is_bool() const noexcept { return type() == kind::boolean; }
  bool is_int() const noexcept { return type() == kind::integer; }
  /// An integer or a double.
  bool is_number() const noexcept { return type() == kind::integer || type() == kind::number; }
  bool is_string() const noexcept { return type() == kind::string; }
  bool is_array() const noexcept { return type() == kind::array; }
  bool is_object() const noexcept { return type() == kind::object; }

  // Accessors of the wrong kind throw std::logic_error.
  bool as_bool() const;
  int64_t as_int() const;     ///< Of an integer only.
  double as_double() const;   ///< Of either number kind.
  /// Valid while this very value lives and is not assigned to: short strings are stored in it.
  std::string_view as_string() const&;
  std::string_view as_string() && = delete;
  std::span<const value> items() const&;     ///< Of an array.
  std::span<const member> members() const&;  ///< Of an object, in order of insertion.

  /// Elements of an array, members of an object, bytes of a string; 0 otherwise.
  size_t size() const noexcept;
  /// The member of that key, or null if there is none or this is not an object.
  const value* find(std::string_view key) const& noexcept;
  /// The member of that key, or JSON null.
  value get(std::string_view key) const;
  /// 0 for a scalar, 1 + the deepest child otherwise.
  uint32_t depth() const noexcept;
  /// About the bytes of its JSON text, known without a walk. A part that is shared counts each time
  /// it appears: `[x,x]` nested sixty times is small in memory, and yet must never be written out.
  /// Saturates at 2^62.
  uint64_t weight() const noexcept;

  // These change this handle only: the content is copied first unless nobody else holds it, so
  // building in a loop on an unshared value is linear.
  void push_back(value item);                  ///< On an array.
  void set_item(size_t index, value item);     ///< On an array, index < size().
  void set(std::string_view key, value item);  ///< On an object: replaces or appends.
  void erase(std::string_view key);            ///< On an object.

  friend bool operator==(const value& a, const value& b);

private:
  static constexpr size_t inline_capacity = 14;
  struct node;        // header of every heap block: reference count
  struct string_node; // bytes behind the header
  struct container_node;
  struct array_node;  // std::vector<value>
  struct object_node; // std::vector<member>, plus a hash index when it is large

  // Bytes 0..7 hold a number or a pointer; a short string uses bytes 0..13 and `length`.
  struct raw {
    union {
      int64_t i;
      double d;
      node* p;
      char text[8];
    };
    char more_text[6];
    uint8_t length;
    uint8_t tag; // kind, | heap_bit when `p` is owned
  } raw_{};
  static constexpr uint8_t heap_bit = 0x10;

  void set_kind(kind k) noexcept { raw_.tag = static_cast<uint8_t>(k); }
  bool on_heap() const noexcept { return (raw_.tag & heap_bit) != 0; }
  void release() noexcept;
  array_node& own_array();
  object_node& own_object();
};
static_assert(sizeof(void*) == 8);

/// One key and its value.
struct member {
  value key; ///< Always a string.
  value item;
  member(std::string_view k, value v) : key(k), item(std::move(v)) {}
  member(const char* k, value v) : key(k), item(std::move(v)) {}
  member(value k, value v) : key(std::move(k)), item(std::move(v)) {}
};

struct depth_exceeded : std::runtime_error {
  depth_exceeded() : std::runtime_error("the value is nested too deeply") {}
};
struct budget_exceeded : std::runtime_error {
  explicit budget_exceeded(const std::string& what) : std::runtime_error(what) {}
};

/// While one lives, heap bytes that values allocate on this thread are counted against it; past
/// `bytes` the allocation throws `budget_exceeded`. Budgets nest; the innermost counts.
class allocation_budget {
public:
  explicit allocation_budget(size_t bytes) noexcept;
  ~allocation_budget();
  allocation_budget(const allocation_budget&) = delete;
  allocation_budget& operator=(const allocation_budget&) = delete;
  size_t used() const noexcept { return used_; }

  /// Charges the innermost budget of this thread, if there is one.
  static void charge(size_t bytes);

private:
  size_t limit_;
  size_t used_ = 0;
  allocation_budget* outer_;
};

} // namespace steward::workflow
