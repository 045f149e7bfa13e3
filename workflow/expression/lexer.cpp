#include "workflow/expression/lexer.hpp"

#include "workflow/json.hpp"

#include <algorithm>
#include <array>

namespace steward::workflow::jq {

namespace {

bool begins_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool continues_name(char c) { return begins_name(c) || is_digit(c); }

/// Longest first.
constexpr std::array<std::string_view, 34> symbols = {
    "?//", "//=", "|=", "+=", "-=", "*=", "/=", "%=", "==", "!=", "<=", ">=",
    "//",  "..",  ".",  "[",  "]",  "(",  ")",  "{",  "}",  "|",  ",",  ":",
    ";",   "=",   "<",  ">",  "+",  "-",  "*",  "/",  "%",  "?"};

} // namespace

token lexer::next() {
  skip_space();
  auto from = at_;
  auto simple = [&](token_kind kind, std::string_view text) { return token{kind, text, {}, from}; };
  if (at_ == source_.size()) return simple(token_kind::end, {});
  auto c = source_[at_];
  if (c == '"') {
    ++at_;
    return simple(token_kind::quote, source_.substr(from, 1));
  }
  if (is_digit(c) || (c == '.' && is_digit(at(at_ + 1)))) return take_number(from);
  if (begins_name(c)) {
    auto name = take_name(from);
    while (at(at_) == ':' && at(at_ + 1) == ':' && begins_name(at(at_ + 2))) take_name(at_ + 2);
    return simple(token_kind::word, source_.substr(from, std::max(name.size(), at_ - from)));
  }
  if (c == '.' && begins_name(at(at_ + 1))) return simple(token_kind::field, take_name(at_ + 1));
  if (c == '$') {
    if (!begins_name(at(at_ + 1))) throw expression_problem{"expected a name behind '$'", from};
    take_name(at_ + 1);
    while (at(at_) == ':' && at(at_ + 1) == ':' && begins_name(at(at_ + 2))) take_name(at_ + 2);
    return simple(token_kind::variable, source_.substr(from + 1, at_ - from - 1));
  }
  if (c == '@' && begins_name(at(at_ + 1))) {
    take_name(at_ + 1);
    return simple(token_kind::format, source_.substr(from, at_ - from));
  }
  for (auto symbol : symbols)
    if (source_.substr(at_).starts_with(symbol)) {
      at_ += symbol.size();
      return simple(token_kind::symbol, source_.substr(from, symbol.size()));
    }
  throw expression_problem{"unexpected character", from};
}

bool lexer::next_piece(std::string& text) {
  for (;;) {
    if (at_ == source_.size()) throw expression_problem{"the string has no end", at_};
    auto c = source_[at_++];
    if (c == '"') return false;
    if (c != '\\') {
      text.push_back(c);
    } else if (at(at_) == '(') {
      ++at_;
      return true;
    } else {
      take_escape(text);
    }
  }
}

void lexer::skip_space() {
  for (; at_ < source_.size(); ++at_) {
    auto c = source_[at_];
    if (c == '#')
      at_ = std::min(source_.find('\n', at_), source_.size() - 1);
    else if (c != ' ' && c != '\t' && c != '\n' && c != '\r')
      return;
  }
}

/// Takes the name that begins at `from`.
std::string_view lexer::take_name(size_t from) {
  at_ = from;
  while (continues_name(at(at_))) ++at_;
  return source_.substr(from, at_ - from);
}

token lexer::take_number(size_t from) {
  while (is_digit(at(at_))) ++at_;
  auto whole = source_.substr(from, at_ - from);
  auto fraction = std::string_view{};
  if (at(at_) == '.') {
    auto point = ++at_;
    while (is_digit(at(at_))) ++at_;
    fraction = source_.substr(point, at_ - point);
  }
  auto exponent = std::string_view{};
  auto sign = at(at_ + 1) == '+' || at(at_ + 1) == '-' ? size_t{1} : size_t{0};
  if ((at(at_) == 'e' || at(at_) == 'E') && is_digit(at(at_ + 1 + sign))) {
    auto start = at_;
    at_ += 1 + sign;
    while (is_digit(at(at_))) ++at_;
    exponent = source_.substr(start, at_ - start);
  }
  // jq writes numbers more freely than JSON does: ".5", "1.", "007".
  whole.remove_prefix(std::min(whole.find_first_not_of('0'), whole.size()));
  auto text = whole.empty() ? std::string("0") : std::string(whole);
  if (!fraction.empty()) text.append(".").append(fraction);
  auto read = parse_json(text.append(exponent));
  if (!read) throw expression_problem{"the number is malformed", from};
  return {token_kind::number, source_.substr(from, at_ - from), std::move(*read), from};
}

void lexer::take_escape(std::string& text) {
  auto from = at_ - 1;
  auto length = at(at_) == 'u' ? size_t{6} : size_t{2};
  auto escape = source_.substr(from, length);
  // A pair of surrogates is one character.
  auto behind = source_.substr(std::min(from + 6, source_.size()));
  if (escape.size() == 6 && behind.starts_with("\\u") && (escape[2] == 'd' || escape[2] == 'D'))
    escape = source_.substr(from, 12);
  for (;;) {
    auto read = parse_json('"' + std::string(escape) + '"');
    if (read) {
      text += read->as_string();
    } else if (escape.size() == 12) {
      escape = escape.substr(0, 6);
      continue;
    } else {
      throw expression_problem{"the string has a malformed escape", from};
    }
    at_ = from + escape.size();
    return;
  }
}

} // namespace steward::workflow::jq
