#include "workflow/json.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>

namespace steward::workflow {

namespace {

/// Bytes of the well-formed UTF-8 sequence at `p`, or 0.
size_t utf8_sequence(const char* p, const char* end) noexcept {
  auto at = [&](ptrdiff_t i) { return static_cast<unsigned char>(p[i]); };
  auto tail = [&](ptrdiff_t i) { return (at(i) & 0xc0) == 0x80; };
  auto left = end - p;
  if (left < 1) return 0;
  auto lead = at(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead <= 0xdf) return left >= 2 && tail(1) ? 2 : 0;
  if (lead >= 0xe0 && lead <= 0xef) {
    if (left < 3 || !tail(1) || !tail(2)) return 0;
    if (lead == 0xe0 && at(1) < 0xa0) return 0; // overlong
    if (lead == 0xed && at(1) > 0x9f) return 0; // surrogate
    return 3;
  }
  if (lead >= 0xf0 && lead <= 0xf4) {
    if (left < 4 || !tail(1) || !tail(2) || !tail(3)) return 0;
    if (lead == 0xf0 && at(1) < 0x90) return 0; // overlong
    if (lead == 0xf4 && at(1) > 0x8f) return 0; // past U+10FFFF
    return 4;
  }
  return 0;
}

void append_utf8(std::string& out, uint32_t c) {
  auto put = [&](uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xc0 | (c >> 6));
    put(0x80 | (c & 0x3f));
  } else if (c < 0x10000) {
    put(0xe0 | (c >> 12));
    put(0x80 | ((c >> 6) & 0x3f));
    put(0x80 | (c & 0x3f));
  } else {
    put(0xf0 | (c >> 18));
    put(0x80 | ((c >> 12) & 0x3f));
    put(0x80 | ((c >> 6) & 0x3f));
    put(0x80 | (c & 0x3f));
  }
}

/// Bytes that a string may hold as they are, without a closer look.
constexpr auto plain_bytes = [] {
  auto table = std::array<bool, 256>{};
  for (size_t c = 0x20; c < 0x80; ++c) table[c] = c != '"' && c != '\\';
  return table;
}();

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Containers are kept on a stack of their own instead of the native one: the items (and keys) of
/// all open containers lie in `parts_`, and each open container knows where its own begin.
class json_reader {
public:
  json_reader(std::string_view text, const json_limits& limits)
      : begin_(text.data()), at_(begin_), end_(begin_ + text.size()),
        depth_limit_(std::min(limits.depth, value::max_depth)), non_finite_(limits.non_finite) {
    parts_.reserve(32);
    open_.reserve(8);
  }

  outcome<value, json_error> read() {
    if (end_ - at_ >= 3 && std::memcmp(at_, "\xef\xbb\xbf", 3) == 0) at_ += 3; // byte order mark
    if (!read_document()) return failed{json_error{reason_, static_cast<size_t>(at_ - begin_)}};
    return std::move(parts_.back());
  }

private:
  struct open_container {
    size_t first_part;
    bool is_object;
  };

  bool fail(const char* reason) {
    reason_ = reason;
    return false;
  }

  void skip_space() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) ++at_;
  }

  bool next_is(char c) {
    skip_space();
    if (at_ == end_ || *at_ != c) return false;
    ++at_;
    return true;
  }

  bool read_document() {
    for (;;) {
      // Here a value begins.
      skip_space();
      if (at_ == end_) return fail("the text ends where a value was expected");
      auto opened = false;
      if (*at_ == '[' || *at_ == '{') {
        if (open_.size() >= depth_limit_) return fail("the text is nested too deeply");
        auto is_object = *at_++ == '{';
        open_.push_back({parts_.size(), is_object});
        opened = !next_is(is_object ? '}' : ']');
        if (!opened) close();
        if (opened && is_object && !read_key()) return false;
      } else if (!read_scalar()) {
        return false;
      }
      if (opened) continue;
      // Here a value has ended, and with it perhaps the containers around it.
      for (;;) {
        skip_space();
        if (open_.empty()) return at_ == end_ || fail("there is more text behind the value");
        auto is_object = open_.back().is_object;
        if (at_ == end_) return fail("the text ends inside of an array or object");
        if (*at_ == ',') {
          ++at_;
          if (is_object && !read_key()) return false;
          break;
        }
        if (*at_ != (is_object ? '}' : ']'))
          return fail(is_object ? "expected ',' or '}'" : "expected ',' or ']'");
        ++at_;
        close();
      }
    }
  }

  /// Makes the innermost container of its parts.
  void close() {
    auto [first, is_object] = open_.back();
    open_.pop_back();
    auto from = parts_.begin() + static_cast<ptrdiff_t>(first);
    auto made = value{};
    if (is_object) {
      auto members = std::vector<member>{};
      members.reserve((parts_.size() - first) / 2);
      for (auto part = from; part != parts_.end(); part += 2)
        members.emplace_back(std::move(part[0]), std::move(part[1]));
      made = value::object(std::move(members));
    } else {
      made = value::array(
          std::vector<value>(std::move_iterator(from), std::move_iterator(parts_.end())));
    }
    parts_.resize(first);
    parts_.push_back(std::move(made));
  }

  bool read_key() {
    skip_space();
    if (at_ == end_ || *at_ != '"') return fail("expected a key in double quotes");
    return read_string() && (next_is(':') || fail("expected ':'"));
  }

  bool read_scalar() {
    if (non_finite_ && read_non_finite()) return true;
    switch (*at_) {
    case '"':
      return read_string();
    case 't':
      return read_word("true", true);
    case 'f':
      return read_word("false", false);
    case 'n':
      return read_word("null", nullptr);
    default:
      return read_number();
    }
  }

  bool read_non_finite() {
    constexpr auto infinity = std::numeric_limits<double>::infinity();
    auto at = at_ + (*at_ == '-' || *at_ == '+' ? 1 : 0);
    auto is_letter = [](char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; };
    auto word = std::string{};
    for (; at != end_ && is_letter(*at) && word.size() < 9; ++at)
      word += static_cast<char>(*at | 0x20);
    if (word != "nan" && word != "inf" && word != "infinity") return false;
    if (at != end_ && (is_letter(*at) || is_digit(*at))) return false;
    auto number = word == "nan" ? std::numeric_limits<double>::quiet_NaN() : infinity;
    parts_.emplace_back(*at_ == '-' ? -number : number);
    at_ = at;
    return true;
  }

  template <class T>
  bool read_word(std::string_view word, T meaning) {
    if (static_cast<size_t>(end_ - at_) < word.size() || std::string_view(at_, word.size()) != word)
      return fail("expected a value");
    at_ += word.size();
    parts_.emplace_back(meaning);
    return true;
  }

  bool read_number() {
    auto start = at_;
    if (*at_ == '-') ++at_;
    if (at_ == end_ || !is_digit(*at_)) return fail("expected a value");
    auto digits = at_;
    uint64_t whole = 0;
    while (at_ != end_ && is_digit(*at_)) whole = whole * 10 + static_cast<uint64_t>(*at_++ - '0');
    if (*digits == '0' && at_ - digits > 1) return fail("a number must not begin with a zero");
    auto length = at_ - digits;
    auto fraction = at_ != end_ && *at_ == '.';
    if (fraction && !skip_digits()) return fail("expected a digit behind the point");
    auto exponent = at_ != end_ && (*at_ == 'e' || *at_ == 'E');
    if (exponent) {
      if (at_ + 1 != end_ && (at_[1] == '+' || at_[1] == '-')) ++at_;
      if (!skip_digits()) return fail("expected a digit in the exponent");
    }
    if (!fraction && !exponent && length <= 18) {
      auto negative = *start == '-';
      if (negative && whole == 0)
        parts_.emplace_back(-0.0);
      else
        parts_.emplace_back(negative ? -static_cast<int64_t>(whole) : static_cast<int64_t>(whole));
      return true;
    }
    if (!fraction && !exponent) {
      int64_t exact = 0;
      if (std::from_chars(start, at_, exact).ec == std::errc{}) {
        parts_.emplace_back(exact);
        return true;
      }
    }
    parts_.emplace_back(read_double(start));
    return true;
  }

  /// Skips the character at hand and the digits behind it; there must be one.
  bool skip_digits() {
    ++at_;
    if (at_ == end_ || !is_digit(*at_)) return false;
    while (at_ != end_ && is_digit(*at_)) ++at_;
    return true;
  }

  double read_double(const char* start) const {
    double d = 0;
    if (std::from_chars(start, at_, d).ec == std::errc{}) return d;
    // Out of range: `strtod` tells too large from too small.
    d = std::strtod(std::string(start, at_).c_str(), nullptr);
    return std::isinf(d) ? std::copysign(std::numeric_limits<double>::max(), d) : d;
  }

  bool read_string() {
    auto start = ++at_;
    buffer_.clear();
    for (;;) {
      while (at_ != end_ && plain_bytes[static_cast<unsigned char>(*at_)]) ++at_;
      if (at_ == end_) return fail("the text ends inside of a string");
      auto c = static_cast<unsigned char>(*at_);
      if (c == '"') break;
      if (c < 0x20) return fail("a control character in a string must be escaped");
      if (c == '\\') {
        buffer_.append(start, at_);
        if (!read_escape()) return false;
        start = at_;
      } else {
        auto n = utf8_sequence(at_, end_);
        if (n == 0) return fail("the text is not valid UTF-8");
        at_ += n;
      }
    }
    auto rest = std::string_view(start, static_cast<size_t>(at_ - start));
    ++at_;
    if (buffer_.empty())
      parts_.emplace_back(rest);
    else
      parts_.emplace_back(std::string_view(buffer_.append(rest)));
    return true;
  }

  bool read_escape() {
    ++at_;
    if (at_ == end_) return fail("the text ends inside of a string");
    switch (*at_++) {
    case '"':
      buffer_ += '"';
      return true;
    case '\\':
      buffer_ += '\\';
      return true;
    case '/':
      buffer_ += '/';
      return true;
    case 'b':
      buffer_ += '\b';
      return true;
    case 'f':
      buffer_ += '\f';
      return true;
    case 'n':
      buffer_ += '\n';
      return true;
    case 'r':
      buffer_ += '\r';
      return true;
    case 't':
      buffer_ += '\t';
      return true;
    case 'u':
      return read_unicode_escape();
    default:
      --at_;
      return fail("there is no such escape");
    }
  }

  bool read_unicode_escape() {
    uint32_t c = 0;
    if (!read_hex4(c)) return fail("expected four hexadecimal digits");
    auto high = c >= 0xd800 && c < 0xdc00;
    if (high && end_ - at_ >= 6 && at_[0] == '\\' && at_[1] == 'u') {
      auto back = at_;
      uint32_t low = 0;
      at_ += 2;
      if (!read_hex4(low)) return fail("expected four hexadecimal digits");
      if (low >= 0xdc00 && low < 0xe000) {
        append_utf8(buffer_, 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00));
        return true;
      }
      at_ = back;
    }
    // Half of a pair stands for no character: the replacement character, as jq does.
    append_utf8(buffer_, c >= 0xd800 && c < 0xe000 ? 0xfffd : c);
    return true;
  }

  bool read_hex4(uint32_t& c) {
    if (end_ - at_ < 4) return false;
    auto [stop, ec] = std::from_chars(at_, at_ + 4, c, 16);
    if (ec != std::errc{} || stop != at_ + 4) return false;
    at_ += 4;
    return true;
  }

  const char* begin_;
  const char* at_;
  const char* end_;
  uint32_t depth_limit_;
  bool non_finite_;
  const char* reason_ = "";
  std::vector<value> parts_;
  std::vector<open_container> open_;
  std::string buffer_; ///< Of the string being read, up to its last escape.
};

} // namespace

outcome<value, json_error> parse_json(std::string_view text, const json_limits& limits) {
  if (text.size() > limits.bytes) return failed{json_error{"the text is too long", limits.bytes}};
  return json_reader(text, limits).read();
}

bool is_utf8(std::string_view bytes) noexcept {
  auto at = bytes.data();
  auto end = at + bytes.size();
  while (at != end) {
    auto n = utf8_sequence(at, end);
    if (n == 0) return false;
    at += n;
  }
  return true;
}

} // namespace steward::workflow
