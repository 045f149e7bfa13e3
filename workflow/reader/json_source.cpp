#include "workflow/reader/core_scalar.hpp"
#include "workflow/reader/source.hpp"

#include <algorithm>

namespace steward::workflow::reader {

namespace {

/// Thrown inside this file to leave the recursion at the first problem.
struct stop {
  source_problem problem;
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

void append_utf8(std::string& out, uint32_t c) {
  auto put = [&](uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xc0 | c >> 6);
    put(0x80 | (c & 0x3f));
  } else if (c < 0x10000) {
    put(0xe0 | c >> 12);
    put(0x80 | (c >> 6 & 0x3f));
    put(0x80 | (c & 0x3f));
  } else {
    put(0xf0 | c >> 18);
    put(0x80 | (c >> 12 & 0x3f));
    put(0x80 | (c >> 6 & 0x3f));
    put(0x80 | (c & 0x3f));
  }
}

/// A JSON reader that knows where everything is. `parse_json` is the fast one for data.
class tree_reader {
public:
  tree_reader(std::string_view text, const reader_limits& limits,
              std::vector<source_problem>& problems)
      : text_(text), limits_(limits), problems_(problems) {}

  source_node read() {
    skip_space();
    auto root = read_node(0);
    skip_space();
    if (at_ < text_.size()) fail("there is more text after the JSON document");
    return root;
  }

private:
  [[noreturn]] void fail(std::string message, std::string expected = {}) const {
    throw stop{{here(), std::move(message), std::move(expected)}};
  }
  /// Lines are counted as they are passed, so that asking for the place is cheap.
  mark here() const { return advance({line_, 1}, text_.substr(line_start_), at_ - line_start_); }
  bool more() const { return at_ < text_.size(); }
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  void skip_space() {
    for (; more(); ++at_) {
      char c = text_[at_];
      if (c == '\n') {
        ++line_;
        line_start_ = at_ + 1;
      } else if (c != ' ' && c != '\t' && c != '\r') {
        break;
      }
    }
  }

  source_node read_node(uint32_t depth) {
    if (++nodes_ > limits_.nodes)
      fail("the document is too large", "at most " + std::to_string(limits_.nodes) + " nodes");
    source_node node;
    node.at = cached_here();
    switch (peek()) {
    case '{':
      read_object(node, depth + 1);
      break;
    case '[':
      read_array(node, depth + 1);
      break;
    case '"':
      read_text(node);
      break;
    default:
      node.content = read_word();
    }
    return node;
  }

  // In one long line each `here` would count from the line's start again.
  mark cached_here() {
    if (last_.line != line_) {
      last_ = {line_, 1};
      last_at_ = line_start_;
    }
    last_ = advance(last_, text_.substr(last_at_), at_ - last_at_);
    last_at_ = at_;
    return last_;
  }

  void enter(uint32_t depth) {
    auto limit = std::min(limits_.depth, depth_cap);
    if (depth > limit)
      fail("the document is nested too deeply", "at most " + std::to_string(limit) + " levels");
    ++at_;
    skip_space();
  }

  /// After an element: true if another follows, false at `end`.
  bool another(char end) {
    skip_space();
    if (peek() == end) {
      ++at_;
      return false;
    }
    if (peek() != ',')
      fail(more() ? "unexpected text" : "the text ends too early",
           std::string{"\",\" or \""} + end + "\"");
    ++at_;
    skip_space();
    return true;
  }

  void read_array(source_node& node, uint32_t depth) {
    enter(depth);
    std::vector<source_child> elements;
    if (peek() == ']') {
      ++at_;
    } else {
      do {
        auto element = read_node(depth);
        auto at = element.at;
        elements.push_back({at, std::move(element)});
      } while (another(']'));
    }
    finish_array(node, std::move(elements));
  }

  void read_object(source_node& node, uint32_t depth) {
    enter(depth);
    object_builder members;
    if (peek() == '}') {
      ++at_;
    } else {
      do {
        if (peek() != '"')
          fail(more() ? "unexpected text" : "the text ends too early", "a key in quotes");
        auto key_at = cached_here();
        auto key = value{read_string()};
        skip_space();
        if (peek() != ':') fail("unexpected text after a key", "\":\"");
        ++at_;
        skip_space();
        members.add(std::move(key), key_at, read_node(depth));
      } while (another('}'));
    }
    std::move(members).finish(node, problems_);
  }

  void read_text(source_node& node) {
    auto start = at_;
    auto text = read_string();
    node.verbatim = at_ - start == text.size() + 2; // escapes make it longer
    node.text_at = {node.at.line, node.at.column + 1};
    node.text_bytes = static_cast<uint32_t>(text.size());
    node.content = text;
  }

  std::string read_string() {
    std::string out;
    ++at_;
    for (;;) {
      auto plain = at_;
      while (more() && peek() != '"' && peek() != '\\' &&
             static_cast<unsigned char>(peek()) >= 0x20)
        ++at_;
      out += text_.substr(plain, at_ - plain);
      if (!more()) fail("the text ends inside a string");
      if (peek() == '"') break;
      if (peek() != '\\') fail("a control character stands in a string", "an escape such as \\n");
      read_escape(out);
    }
    ++at_;
    return out;
  }

  void read_escape(std::string& out) {
    static constexpr std::string_view letters = "\"\\/bfnrt", meanings = "\"\\/\b\f\n\r\t";
    auto letter = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
    if (auto i = letters.find(letter); i != letters.npos) {
      out.push_back(meanings[i]);
      at_ += 2;
      return;
    }
    if (letter != 'u') fail("unknown escape in a string");
    auto c = read_hex();
    if (c >= 0xdc00 && c <= 0xdfff) fail("a low surrogate stands alone");
    if (c >= 0xd800 && c <= 0xdbff) {
      auto low = text_.substr(at_, 2) == "\\u" ? read_hex() : 0;
      if (low < 0xdc00 || low > 0xdfff) fail("a high surrogate stands alone");
      c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
    }
    append_utf8(out, c);
  }

  /// Of `\uXXXX`; stands behind it afterwards.
  uint32_t read_hex() {
    uint32_t c = 0;
    auto digits = text_.substr(std::min(at_ + 2, text_.size()), 4);
    if (digits.size() < 4) fail("the text ends inside an escape");
    for (char d : digits) {
      auto lower = static_cast<char>(d | 0x20);
      if (!is_digit(d) && (lower < 'a' || lower > 'f')) fail("malformed \\u escape");
      c = c * 16 + static_cast<uint32_t>(is_digit(d) ? d - '0' : lower - 'a' + 10);
    }
    at_ += 6;
    return c;
  }

  value read_word() {
    auto end = at_;
    while (end < text_.size() &&
           std::string_view{" \t\r\n,:[]{}\""}.find(text_[end]) == std::string_view::npos)
      ++end;
    auto word = text_.substr(at_, end - at_);
    value result;
    if (word == "true")
      result = true;
    else if (word == "false")
      result = false;
    else if (word == "null")
      result = nullptr;
    else if (is_json_number(word)) {
      auto number = resolve_core_scalar(word); // JSON's numbers are a part of YAML's
      if (!number) fail("the number is too large");
      result = *std::move(number);
    } else {
      fail(word.empty() && !more() ? "the text ends too early"
                                   : "unexpected text \"" + std::string{word.substr(0, 40)} + "\"",
           "a JSON value");
    }
    at_ = end;
    return result;
  }

  static bool is_json_number(std::string_view w) {
    auto digits = [&] {
      size_t n = 0;
      for (; !w.empty() && is_digit(w.front()); ++n) w.remove_prefix(1);
      return n;
    };
    if (w.starts_with('-')) w.remove_prefix(1);
    bool zero = w.starts_with('0');
    auto whole = digits();
    if (whole == 0 || (zero && whole > 1)) return false;
    if (w.starts_with('.')) {
      w.remove_prefix(1);
      if (digits() == 0) return false;
    }
    if (w.starts_with('e') || w.starts_with('E')) {
      w.remove_prefix(1);
      if (w.starts_with('-') || w.starts_with('+')) w.remove_prefix(1);
      if (digits() == 0) return false;
    }
    return w.empty();
  }

  std::string_view text_;
  const reader_limits& limits_;
  std::vector<source_problem>& problems_;
  size_t at_ = 0;
  size_t line_start_ = 0;
  uint32_t line_ = 1;
  mark last_{1, 1};
  size_t last_at_ = 0;
  size_t nodes_ = 0;
};

} // namespace

std::optional<source_node> read_json_source(std::string_view text, const reader_limits& limits,
                                            std::vector<source_problem>& problems) {
  try {
    return tree_reader{text, limits, problems}.read();
  } catch (stop& s) {
    problems.push_back(std::move(s.problem));
    return std::nullopt;
  }
}

} // namespace steward::workflow::reader
