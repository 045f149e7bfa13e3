#include "workflow/value.hpp"

#include "workflow/value_nodes.hpp"

#include <cmath>
#include <cstring>
#include <limits>
#include <memory>

namespace steward::workflow {

namespace {

[[noreturn]] void wrong_kind(const char* expected) {
  throw std::logic_error(std::string("the value is not ") + expected);
}

} // namespace

// --- lifetime ------------------------------------------------------------------------------------

value::value(bool b) noexcept {
  raw_.i = b ? 1 : 0;
  set_kind(kind::boolean);
}

value::value(int64_t i) noexcept {
  raw_.i = i;
  set_kind(kind::integer);
}

value::value(uint64_t i) noexcept {
  if (i <= static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
    raw_.i = static_cast<int64_t>(i);
    set_kind(kind::integer);
  } else {
    raw_.d = static_cast<double>(i);
    set_kind(kind::number);
  }
}

value::value(double d) noexcept {
  raw_.d = d;
  set_kind(kind::number);
}

value::value(std::string_view s) {
  set_kind(kind::string);
  if (s.size() <= inline_capacity) {
    if (!s.empty()) std::memcpy(&raw_, s.data(), s.size()); // an empty view may point nowhere
    raw_.length = static_cast<uint8_t>(s.size());
  } else {
    raw_.p = string_node::make(s);
    raw_.tag |= heap_bit;
  }
}

value value::array(std::vector<value> items) {
  auto result = empty_array();
  if (!items.empty()) {
    auto fresh = std::make_unique<array_node>();
    fresh->adopt(std::move(items));
    result.raw_.p = fresh.release();
    result.raw_.tag |= heap_bit;
  }
  return result;
}

value value::object(std::vector<member> members) {
  auto result = empty_object();
  if (!members.empty()) {
    auto fresh = std::make_unique<object_node>();
    fresh->adopt(std::move(members));
    result.raw_.p = fresh.release();
    result.raw_.tag |= heap_bit;
  }
  return result;
}

value value::object(std::initializer_list<member> members) {
  return object(std::vector<member>(members));
}

value value::empty_array() {
  auto result = value{};
  result.set_kind(kind::array);
  return result;
}

value value::empty_object() {
  auto result = value{};
  result.set_kind(kind::object);
  return result;
}

value::value(const value& other) noexcept : raw_(other.raw_) {
  if (on_heap()) raw_.p->refs.fetch_add(1, std::memory_order_relaxed);
}

value::value(value&& other) noexcept : raw_(other.raw_) { other.raw_ = raw{}; }

value& value::operator=(const value& other) noexcept {
  auto copy = other; // first: `other` may live inside what this value holds
  return *this = std::move(copy);
}

value& value::operator=(value&& other) noexcept {
  std::swap(raw_, other.raw_);
  if (&other != this) {
    auto dropped = raw{};
    std::swap(dropped, other.raw_);
    auto old = value{};
    old.raw_ = dropped;
  }
  return *this;
}

value::~value() {
  if (on_heap()) release();
}

void value::release() noexcept {
  auto* n = raw_.p;
  // Who holds the only reference can't be raced by another thread: it would need a reference too.
  if (n->refs.load(std::memory_order_acquire) != 1 &&
      n->refs.fetch_sub(1, std::memory_order_acq_rel) != 1)
    return;
  switch (type()) {
  case kind::string:
    string_node::destroy(static_cast<string_node*>(n));
    break;
  case kind::array:
    delete static_cast<array_node*>(n);
    break;
  default:
    delete static_cast<object_node*>(n);
    break;
  }
}

value::array_node& value::own_array() {
  if (!is_array()) wrong_kind("an array");
  if (on_heap() && raw_.p->refs.load(std::memory_order_acquire) == 1)
    return *static_cast<array_node*>(raw_.p);
  auto fresh = std::make_unique<array_node>();
  if (on_heap()) fresh->copy(*static_cast<const array_node*>(raw_.p));
  auto* n = fresh.release();
  if (on_heap()) release();
  raw_.p = n;
  raw_.tag |= heap_bit;
  return *n;
}

value::object_node& value::own_object() {
  if (!is_object()) wrong_kind("an object");
  if (on_heap() && raw_.p->refs.load(std::memory_order_acquire) == 1)
    return *static_cast<object_node*>(raw_.p);
  auto fresh = std::make_unique<object_node>();
  if (on_heap()) fresh->copy(*static_cast<const object_node*>(raw_.p));
  auto* n = fresh.release();
  if (on_heap()) release();
  raw_.p = n;
  raw_.tag |= heap_bit;
  return *n;
}

// --- reading -------------------------------------------------------------------------------------

bool value::as_bool() const {
  if (!is_bool()) wrong_kind("a boolean");
  return raw_.i != 0;
}

int64_t value::as_int() const {
  if (!is_int()) wrong_kind("an integer");
  return raw_.i;
}

double value::as_double() const {
  if (is_int()) return static_cast<double>(raw_.i);
  if (type() != kind::number) wrong_kind("a number");
  return raw_.d;
}

std::string_view value::as_string() const& {
  if (!is_string()) wrong_kind("a string");
  if (on_heap()) return static_cast<const string_node*>(raw_.p)->text();
  return {reinterpret_cast<const char*>(&raw_), raw_.length};
}

std::span<const value> value::items() const& {
  if (!is_array()) wrong_kind("an array");
  if (!on_heap()) return {};
  return static_cast<const array_node*>(raw_.p)->items;
}

std::span<const member> value::members() const& {
  if (!is_object()) wrong_kind("an object");
  if (!on_heap()) return {};
  return static_cast<const object_node*>(raw_.p)->members;
}

size_t value::size() const noexcept {
  switch (type()) {
  case kind::string:
    return on_heap() ? static_cast<const string_node*>(raw_.p)->size : raw_.length;
  case kind::array:
    return on_heap() ? static_cast<const array_node*>(raw_.p)->items.size() : 0;
  case kind::object:
    return on_heap() ? static_cast<const object_node*>(raw_.p)->members.size() : 0;
  default:
    return 0;
  }
}

const value* value::find(std::string_view key) const& noexcept {
  if (!is_object() || !on_heap()) return nullptr;
  const auto& object = *static_cast<const object_node*>(raw_.p);
  auto at = object.position(key);
  return at == object_node::none ? nullptr : &object.members[at].item;
}

value value::get(std::string_view key) const {
  const auto* found = find(key);
  return found ? *found : value{};
}

uint32_t value::depth() const noexcept {
  if (!is_array() && !is_object()) return 0;
  return on_heap() ? static_cast<const container_node*>(raw_.p)->depth : 1;
}

uint64_t value::weight() const noexcept {
  switch (type()) {
  case kind::string:
    return size() + 2;
  case kind::array:
  case kind::object:
    return on_heap() ? static_cast<const container_node*>(raw_.p)->weight : 2;
  default:
    return 6;
  }
}

// --- changing ------------------------------------------------------------------------------------

void value::push_back(value item) {
  auto& own = own_array();
  own.make_room();
  own.count_in(item, 1);
  own.items.push_back(std::move(item));
}

void value::set_item(size_t index, value item) {
  if (index >= size()) throw std::logic_error("the array has no such index");
  own_array().replace(index, std::move(item));
}

void value::set(std::string_view key, value item) {
  auto& own = own_object();
  auto at = own.position(key);
  if (at != object_node::none) return own.replace(at, std::move(item));
  auto fresh = member{value{key}, std::move(item)};
  own.count_in(fresh.item, fresh.key.weight() + 2);
  own.append(std::move(fresh));
}

void value::erase(std::string_view key) {
  if (!find(key)) return;
  own_object().erase(key);
}

// --- equality ------------------------------------------------------------------------------------

namespace {

/// Exact: no rounding of large integers to doubles.
bool equal_numbers(int64_t i, double d) {
  constexpr auto edge = 9223372036854775808.0; // 2^63
  return d >= -edge && d < edge && d == std::trunc(d) && static_cast<int64_t>(d) == i;
}

} // namespace

bool operator==(const value& a, const value& b) {
  using kind = value::kind;
  if (a.is_number() && b.is_number()) {
    if (a.is_int()) return b.is_int() ? a.raw_.i == b.raw_.i : equal_numbers(a.raw_.i, b.raw_.d);
    return b.is_int() ? equal_numbers(b.raw_.i, a.raw_.d) : a.raw_.d == b.raw_.d;
  }
  if (a.type() != b.type()) return false;
  switch (a.type()) {
  case kind::null:
    return true;
  case kind::boolean:
    return a.raw_.i == b.raw_.i;
  case kind::string:
    return a.as_string() == b.as_string();
  case kind::array: {
    auto x = a.items(), y = b.items();
    if (x.size() != y.size()) return false;
    if (x.data() == y.data()) return true;
    for (size_t i = 0; i < x.size(); ++i)
      if (!(x[i] == y[i])) return false;
    return true;
  }
  default: {
    auto x = a.members();
    if (x.size() != b.size()) return false;
    if (x.data() == b.members().data()) return true;
    for (const auto& m : x) {
      const auto* other = b.find(m.key.as_string());
      if (!other || !(m.item == *other)) return false;
    }
    return true;
  }
  }
}

// --- budget --------------------------------------------------------------------------------------

namespace {
thread_local allocation_budget* innermost = nullptr;
}

allocation_budget::allocation_budget(size_t bytes) noexcept : limit_(bytes), outer_(innermost) {
  innermost = this;
}

allocation_budget::~allocation_budget() { innermost = outer_; }

void allocation_budget::charge(size_t bytes) {
  if (!innermost) return;
  if (bytes > innermost->limit_ - innermost->used_)
    throw budget_exceeded("the values need more than " + std::to_string(innermost->limit_) +
                          " bytes of memory");
  innermost->used_ += bytes;
}

} // namespace steward::workflow
