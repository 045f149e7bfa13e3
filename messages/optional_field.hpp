#pragma once

#include <caf/error.hpp>
#include <caf/meta/load_callback.hpp>

#include <optional>

/// CAF 0.17 has its own optional and does not know the standard's. Found by the inspectors through
/// their namespace.
namespace caf {

template <class Inspector, class T>
typename Inspector::result_type inspect(Inspector& f, std::optional<T>& x) {
  bool there = x.has_value();
  T value = x.value_or(T{});
  return f(there, value, meta::load_callback([&]() -> error {
             if (there)
               x = std::move(value);
             else
               x.reset();
             return {};
           }));
}

} // namespace caf
