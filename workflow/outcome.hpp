#pragma once

#include <utility>
#include <variant>

namespace steward {

/// Wraps a failure so that it can't be mistaken for a success of the same type.
template <class Error>
struct failed {
  Error error;
};
template <class Error>
failed(Error) -> failed<Error>;

/// Either a `Value` or the reason why there is none: what `std::expected` (C++23) will replace.
/// Reading the wrong side throws `std::bad_variant_access`, a programming error.
template <class Value, class Error>
class [[nodiscard]] outcome {
public:
  outcome(Value value) : sides_(std::in_place_index<0>, std::move(value)) {}
  template <class E>
  outcome(failed<E> failure) : sides_(std::in_place_index<1>, std::move(failure.error)) {}

  bool ok() const { return sides_.index() == 0; }
  explicit operator bool() const { return ok(); }

  Value& value() & { return std::get<0>(sides_); }
  const Value& value() const& { return std::get<0>(sides_); }
  /// By value: what is taken out of a temporary must not refer to it.
  Value value() && { return std::get<0>(std::move(sides_)); }
  Value& operator*() & { return value(); }
  const Value& operator*() const& { return value(); }
  Value operator*() && { return std::move(*this).value(); }
  Value* operator->() { return &value(); }
  const Value* operator->() const { return &value(); }

  Error& error() { return std::get<1>(sides_); }
  const Error& error() const { return std::get<1>(sides_); }

private:
  std::variant<Value, Error> sides_;
};

} // namespace steward
