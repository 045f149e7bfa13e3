#include "messages/ids.hpp"

namespace steward {

namespace {

constexpr char hex_digits[] = "0123456789abcdef";

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

constexpr bool dash_before(size_t byte) {
  return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

} // namespace

std::optional<run_id> run_id::parse(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  run_id id;
  size_t at = 0;
  for (size_t i = 0; i < 16; ++i) {
    if (dash_before(i) && text[at++] != '-') return std::nullopt;
    const int high = hex_digit(text[at]), low = hex_digit(text[at + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    id.bytes[i] = static_cast<uint8_t>(high * 16 + low);
    at += 2;
  }
  return id;
}

run_id run_id::make(int64_t time_us, uint64_t random_high, uint64_t random_low) {
  run_id id;
  const auto ms = static_cast<uint64_t>(time_us / 1000);
  for (size_t i = 0; i < 6; ++i) id.bytes[i] = static_cast<uint8_t>(ms >> (8 * (5 - i)));
  // Twelve bits of the microsecond keep ids of one millisecond in order (RFC 9562, method 3).
  const auto fraction = static_cast<uint64_t>(time_us % 1000) * 4096 / 1000;
  id.bytes[6] = static_cast<uint8_t>(0x70 | (fraction >> 8));
  id.bytes[7] = static_cast<uint8_t>(fraction);
  for (size_t i = 0; i < 8; ++i) id.bytes[8 + i] = static_cast<uint8_t>(random_low >> (8 * i));
  id.bytes[8] = static_cast<uint8_t>(0x80 | (random_high & 0x3f));
  return id;
}

std::string run_id::text() const {
  char out[36];
  char* to = out;
  for (size_t i = 0; i < 16; ++i) {
    if (dash_before(i)) *to++ = '-';
    *to++ = hex_digits[bytes[i] >> 4];
    *to++ = hex_digits[bytes[i] & 15];
  }
  return {out, sizeof out};
}

} // namespace steward
