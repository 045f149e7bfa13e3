#include "store/postgres/parameters.hpp"

#include <stdexcept>

namespace steward::store::postgres::wire {

void put(std::string& out, uint32_t number) {
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(number >> shift);
}

void put(std::string& out, uint64_t number) {
  for (int shift = 56; shift >= 0; shift -= 8) out += static_cast<char>(number >> shift);
}

void put_size(std::string& out, size_t size) {
  constexpr size_t field_max = 1u << 30; // PostgreSQL's own bound
  if (size >= field_max) throw std::length_error{"a value is larger than a database can hold"};
  put(out, static_cast<uint32_t>(size));
}

std::string array(uint32_t type, size_t count, const std::string& elements) {
  std::string out;
  out.reserve(elements.size() + 20);
  put(out, uint32_t{count == 0 ? 0u : 1u}); // dimensions
  put(out, uint32_t{1});                    // there may be NULLs
  put(out, type);
  if (count == 0) return out;
  put(out, static_cast<uint32_t>(count));
  put(out, uint32_t{1}); // lower bound
  out += elements;
  return out;
}

} // namespace steward::store::postgres::wire
