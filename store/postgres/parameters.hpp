#pragma once

#include "messages/ids.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Values for statements, in PostgreSQL's binary form: nothing is quoted, nothing is parsed, and
/// any bytes pass. A `column` holds one value for each row and becomes an array, which the
/// statement unnests: so a statement writes as many rows as there are, in one message.
namespace steward::store::postgres {

/// Bytes, where a bare string would be text.
struct blob {
  std::string_view bytes;
};

namespace wire {

// The element types of arrays, by their numbers in pg_type, which never change.
template <class Value>
struct type;
template <>
struct type<bool> {
  static constexpr uint32_t number = 16; // boolean
};
template <>
struct type<blob> {
  static constexpr uint32_t number = 17; // bytea
};
template <>
struct type<int64_t> {
  static constexpr uint32_t number = 20; // bigint
};
template <>
struct type<int16_t> {
  static constexpr uint32_t number = 21; // smallint
};
template <>
struct type<int32_t> {
  static constexpr uint32_t number = 23; // integer
};
template <>
struct type<std::string_view> {
  static constexpr uint32_t number = 25; // text
};
template <>
struct type<run_id> {
  static constexpr uint32_t number = 2950; // uuid
};

void put(std::string& out, uint32_t number);
void put(std::string& out, uint64_t number);

inline void put(std::string& out, bool value) { out += value ? '\1' : '\0'; }
inline void put(std::string& out, int64_t value) { put(out, static_cast<uint64_t>(value)); }
inline void put(std::string& out, int32_t value) { put(out, static_cast<uint32_t>(value)); }
inline void put(std::string& out, int16_t value) {
  out += static_cast<char>(static_cast<uint16_t>(value) >> 8);
  out += static_cast<char>(value & 0xff);
}
inline void put(std::string& out, std::string_view value) { out += value; }
inline void put(std::string& out, blob value) { out += value.bytes; }
inline void put(std::string& out, const run_id& value) { out += value.view(); }

void put_size(std::string& out, size_t size);
/// An array of one dimension around `elements`, each of which has its size before it.
std::string array(uint32_t type, size_t count, const std::string& elements);

} // namespace wire

/// One value for each row. Copies what it is given.
template <class Value>
class column {
public:
  /// A value, or an optional one: NULL.
  template <class Given>
  void add(const Given& given) {
    ++count_;
    if constexpr (requires { given.has_value(); }) {
      if (!given) return wire::put(elements_, uint32_t{0xffff'ffff}); // The size of NULL
      put(*given);
    } else {
      put(given);
    }
  }
  size_t size() const { return count_; }
  bool empty() const { return count_ == 0; }
  std::string array() const { return wire::array(wire::type<Value>::number, count_, elements_); }

private:
  void put(const Value& value) {
    scratch_.clear();
    wire::put(scratch_, value);
    wire::put_size(elements_, scratch_.size());
    elements_ += scratch_;
  }

  std::string elements_, scratch_;
  size_t count_ = 0;
};

/// $1, $2, ... of one execution, in order.
class parameters {
public:
  parameters() = default;
  template <class... Values>
  static parameters of(const Values&... values) {
    parameters all;
    (all.add(values), ...);
    return all;
  }

  template <class Value>
  void add(const column<Value>& values) {
    values_.push_back(values.array());
  }
  void add(std::string_view text) { values_.emplace_back(text); }
  void add(const std::string& text) { values_.push_back(text); }
  void add(int64_t value) { add_fixed(value); }
  void add(int32_t value) { add_fixed(value); }
  void add(int16_t value) { add_fixed(value); }
  void add(const run_id& value) { values_.emplace_back(value.view()); }
  void append(const parameters& more) {
    values_.insert(values_.end(), more.values_.begin(), more.values_.end());
  }

  const std::vector<std::string>& values() const { return values_; }
  size_t bytes() const {
    size_t sum = 0;
    for (const auto& value : values_) sum += value.size();
    return sum;
  }

private:
  template <class Value>
  void add_fixed(Value value) {
    std::string bytes;
    wire::put(bytes, value);
    values_.push_back(std::move(bytes));
  }

  std::vector<std::string> values_;
};

} // namespace steward::store::postgres
