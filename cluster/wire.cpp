#include "cluster/wire.hpp"

namespace steward::cluster {

void put_length(std::string& out, size_t length) {
  for (; length >= 0x80; length >>= 7) out += static_cast<char>(length | 0x80);
  out += static_cast<char>(length);
}

bool take_field(std::string_view& in, std::optional<std::string_view>& field) {
  field.reset();
  if (in.empty()) return true;
  uint64_t length = 0;
  for (unsigned shift = 0;; shift += 7) {
    if (in.empty() || shift > 56) return false;
    const auto byte = static_cast<unsigned char>(in.front());
    in.remove_prefix(1);
    length |= uint64_t{byte & 0x7fu} << shift;
    if (byte < 0x80) break;
  }
  if (length > in.size()) return false;
  field = in.substr(0, length);
  in.remove_prefix(length);
  return true;
}

namespace wire {

void put_number(std::string& out, uint64_t number) {
  for (int i = 0; i < 8; ++i) out += static_cast<char>(number >> (8 * i));
}

bool take_number(std::string_view in, uint64_t& number) {
  if (in.size() != 8) return false;
  number = 0;
  for (size_t i = 0; i < 8; ++i) number |= uint64_t{static_cast<unsigned char>(in[i])} << (8 * i);
  return true;
}

} // namespace wire

} // namespace steward::cluster
