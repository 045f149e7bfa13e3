#pragma once

#include <caf/meta/type_name.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

/// Messages as bytes that servers of two versions understand. A message is its fields in the order
/// of its `inspect`, each behind its length: whoever knows more fields finds the others at their
/// defaults, whoever knows less passes over the rest. So fields are only ever added, at the end,
/// and numbers of enumerations as well.
///
///   field   = length (varint) bytes
///   bytes   = integers, enumerations, durations: 8, little endian; strings: themselves;
///             structures: fields; vectors: one field for each element; optional: nothing, or one
///             field
namespace steward::cluster {

void put_length(std::string& out, size_t length);
/// Takes the next field off the front; nothing when there is none. False: the bytes are broken.
bool take_field(std::string_view& in, std::optional<std::string_view>& field);

namespace wire {

template <class T>
struct is_vector : std::false_type {};
template <class T>
struct is_vector<std::vector<T>> : std::true_type {};
template <class T>
struct is_optional : std::false_type {};
template <class T>
struct is_optional<std::optional<T>> : std::true_type {};
template <class T>
struct is_duration : std::false_type {};
template <class R, class P>
struct is_duration<std::chrono::duration<R, P>> : std::true_type {};
template <class T>
struct is_byte_array : std::false_type {};
template <size_t N>
struct is_byte_array<std::array<uint8_t, N>> : std::true_type {};
template <class T>
constexpr bool is_number = std::is_integral_v<T> || std::is_enum_v<T> || is_duration<T>::value;

void put_number(std::string& out, uint64_t number);
bool take_number(std::string_view in, uint64_t& number);

template <class T>
uint64_t to_number(const T& x) {
  if constexpr (is_duration<T>::value)
    return static_cast<uint64_t>(x.count());
  else
    return static_cast<uint64_t>(x);
}

/// Says the name of a message; an inspector of CAF 0.17 that does nothing else.
struct namer {
  using result_type = std::string;
  template <class... Fields>
  std::string operator()(caf::meta::type_name_t name, Fields&&...) {
    return name.value;
  }
};

class writer {
public:
  using result_type = void;
  explicit writer(std::string& out) : out_(out) {}
  template <class... Fields>
  void operator()(const Fields&... fields) {
    (field(fields), ...);
  }

private:
  void field(const caf::meta::type_name_t&) {}
  template <class T>
  void field(const T& x) {
    std::string bytes;
    value(bytes, x);
    put_length(out_, bytes.size());
    out_ += bytes;
  }
  template <class T>
  static void value(std::string& out, const T& x) {
    if constexpr (std::is_same_v<T, std::string>) {
      out += x;
    } else if constexpr (is_number<T>) {
      put_number(out, to_number(x));
    } else if constexpr (is_byte_array<T>::value) {
      out.append(reinterpret_cast<const char*>(x.data()), x.size());
    } else if constexpr (is_vector<T>::value) {
      writer each{out};
      for (const auto& item : x) each.field(item);
    } else if constexpr (is_optional<T>::value) {
      writer each{out};
      if (x) each.field(*x);
    } else {
      writer each{out};
      inspect(each, const_cast<T&>(x)); // Inspectors are written once, for both directions.
    }
  }
  std::string& out_;
};

class reader {
public:
  using result_type = bool;
  explicit reader(std::string_view in) : in_(in) {}
  template <class... Fields>
  bool operator()(Fields&&... fields) {
    return (field(fields) && ...);
  }

private:
  bool field(caf::meta::type_name_t&) { return true; }
  template <class T>
  bool field(T& x) {
    std::optional<std::string_view> bytes;
    if (!take_field(in_, bytes)) return false;
    return !bytes || value(*bytes, x); // Not there: whoever wrote it did not know of it.
  }
  template <class T>
  static bool value(std::string_view in, T& x) {
    if constexpr (std::is_same_v<T, std::string>) {
      x = in;
      return true;
    } else if constexpr (is_number<T>) {
      uint64_t number = 0;
      if (!take_number(in, number)) return false;
      x = static_cast<T>(number);
      return true;
    } else if constexpr (is_byte_array<T>::value) {
      if (in.size() != x.size()) return false;
      std::copy(in.begin(), in.end(), reinterpret_cast<char*>(x.data()));
      return true;
    } else if constexpr (is_vector<T>::value) {
      x.clear();
      while (!in.empty()) {
        std::optional<std::string_view> bytes;
        if (!take_field(in, bytes) || !value(*bytes, x.emplace_back())) return false;
      }
      return true;
    } else if constexpr (is_optional<T>::value) {
      x.reset();
      if (in.empty()) return true;
      std::optional<std::string_view> bytes;
      return take_field(in, bytes) && value(*bytes, x.emplace());
    } else {
      reader each{in};
      return inspect(each, x);
    }
  }
  std::string_view in_;
};

} // namespace wire

/// As its `inspect` says, e.g. "start_run"; never changes.
template <class Message>
std::string name_of() {
  Message any;
  wire::namer names;
  return inspect(names, any);
}

template <class Message>
std::string encode(const Message& message) {
  std::string out;
  wire::writer all{out};
  inspect(all, const_cast<Message&>(message));
  return out;
}

/// Nothing when the bytes are broken.
template <class Message>
std::optional<Message> decode(std::string_view bytes) {
  Message message;
  wire::reader all{bytes};
  if (!inspect(all, message)) return std::nullopt;
  return message;
}

} // namespace steward::cluster
