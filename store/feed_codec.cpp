#include "store/feed_codec.hpp"

#include <algorithm>

namespace steward::store {

namespace {

constexpr uint64_t version = 1;

void put_number(std::string& out, uint64_t n) {
  while (n >= 0x80) {
    out += static_cast<char>(n | 0x80);
    n >>= 7;
  }
  out += static_cast<char>(n);
}

void put_text(std::string& out, std::string_view text) {
  put_number(out, text.size());
  out += text;
}

uint64_t zigzag(int64_t n) {
  return (static_cast<uint64_t>(n) << 1) ^ static_cast<uint64_t>(n >> 63);
}
int64_t unzigzag(uint64_t n) { return static_cast<int64_t>(n >> 1) ^ -static_cast<int64_t>(n & 1); }
/// Wraps around instead of overflowing, so that any two times survive the way there and back.
int64_t difference(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) - static_cast<uint64_t>(b));
}
int64_t sum(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
}

/// Reads from the front. After a wrong byte everything it returns is zero or empty.
struct cursor {
  std::string_view left;
  bool broken = false;

  uint64_t number() {
    uint64_t n = 0;
    for (unsigned shift = 0; shift < 64 && !left.empty(); shift += 7) {
      const auto byte = static_cast<uint8_t>(left.front());
      left.remove_prefix(1);
      n |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return n;
    }
    broken = true;
    left = {};
    return 0;
  }
  std::string_view text() {
    const auto size = number();
    if (size > left.size()) {
      broken = true;
      left = {};
      return {};
    }
    const auto result = left.substr(0, size);
    left.remove_prefix(size);
    return result;
  }
};

} // namespace

void encode_events(std::span<const feed_event> events, std::string& out) {
  const auto start_us = events.empty() ? 0 : events.front().time_us;
  put_number(out, version);
  put_number(out, events.size());
  put_number(out, zigzag(start_us));
  std::vector<std::string_view> types;
  for (const auto& e : events)
    if (std::find(types.begin(), types.end(), e.type) == types.end()) types.push_back(e.type);
  put_number(out, types.size());
  for (const auto type : types) put_text(out, type);
  for (const auto& e : events) {
    const auto at = std::find(types.begin(), types.end(), e.type) - types.begin();
    put_number(out, static_cast<uint64_t>(at));
    put_text(out, e.subject);
    put_number(out, zigzag(difference(e.time_us, start_us)));
    put_text(out, e.data);
  }
}

std::optional<std::vector<feed_event>> decode_events(std::string_view bytes, uint64_t first) {
  cursor in{bytes};
  if (in.number() != version) return std::nullopt;
  const auto count = in.number();
  const auto start_us = unzigzag(in.number());
  const auto type_count = in.number();
  // Each takes a byte at least, so a wrong count can't make this reserve more than was read.
  if (in.broken || count > bytes.size() || type_count > bytes.size()) return std::nullopt;
  std::vector<std::string_view> types;
  for (uint64_t i = 0; i < type_count; ++i) types.push_back(in.text());
  std::vector<feed_event> events;
  events.reserve(count);
  for (uint64_t i = 0; i < count; ++i) {
    const auto type = in.number();
    if (in.broken || type >= types.size()) return std::nullopt;
    auto& e = events.emplace_back();
    e.sequence = first + i;
    e.type = types[type];
    e.subject = in.text();
    e.time_us = sum(start_us, unzigzag(in.number()));
    e.data = in.text();
  }
  if (in.broken || !in.left.empty()) return std::nullopt;
  return events;
}

} // namespace steward::store
