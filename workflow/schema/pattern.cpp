#include "workflow/schema/pattern.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace steward::workflow::schema {

namespace {

constexpr int64_t program_bytes = 4 << 20;

// ECMA-262 counts more characters as white space than RE2's \s does.
constexpr std::string_view space_set =
    R"(\t\n\v\f\r \x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff})";
constexpr std::string_view any_but_line_ends = R"([^\n\r\x{2028}\x{2029}])";

// Long names of general categories; RE2 knows the short ones, and scripts by name.
constexpr std::array<std::pair<std::string_view, std::string_view>, 30> categories{{
    {"Letter", "L"},
    {"Cased_Letter", "L&"},
    {"Lowercase_Letter", "Ll"},
    {"Uppercase_Letter", "Lu"},
    {"Titlecase_Letter", "Lt"},
    {"Modifier_Letter", "Lm"},
    {"Other_Letter", "Lo"},
    {"Mark", "M"},
    {"Nonspacing_Mark", "Mn"},
    {"Spacing_Mark", "Mc"},
    {"Enclosing_Mark", "Me"},
    {"Number", "N"},
    {"Decimal_Number", "Nd"},
    {"digit", "Nd"},
    {"Letter_Number", "Nl"},
    {"Other_Number", "No"},
    {"Punctuation", "P"},
    {"punct", "P"},
    {"Dash_Punctuation", "Pd"},
    {"Open_Punctuation", "Ps"},
    {"Close_Punctuation", "Pe"},
    {"Connector_Punctuation", "Pc"},
    {"Other_Punctuation", "Po"},
    {"Symbol", "S"},
    {"Math_Symbol", "Sm"},
    {"Currency_Symbol", "Sc"},
    {"Modifier_Symbol", "Sk"},
    {"Separator", "Z"},
    {"Space_Separator", "Zs"},
    {"Control", "Cc"},
}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// Rewrites what the two dialects spell differently, and refuses escapes that ECMA-262 has not, so
/// that nothing means something else here than elsewhere.
class translator {
public:
  explicit translator(std::string_view source) : rest_(source) {}

  outcome<std::string, std::string> run() {
    while (problem_.empty() && !rest_.empty()) step();
    if (!problem_.empty()) return failed{std::move(problem_)};
    return std::move(out_);
  }

private:
  void step() {
    char c = rest_.front();
    if (c == '\\') {
      escape();
    } else if (in_class_) {
      if (c == ']') in_class_ = false;
      if (c == '[') out_ += '\\'; // RE2 would read [:alpha:] in there
      copy(1);
    } else if (c == '[') {
      in_class_ = true;
      copy(rest_.starts_with("[^") ? 2 : 1);
    } else if (c == '.') {
      out_ += any_but_line_ends;
      rest_.remove_prefix(1);
    } else if (rest_.starts_with("(?")) {
      group();
    } else {
      copy(1);
    }
  }

  void group() {
    bool named =
        rest_.starts_with("(?<") && !rest_.starts_with("(?<=") && !rest_.starts_with("(?<!");
    if (named) {
      out_ += "(?P<";
      rest_.remove_prefix(3);
    } else if (rest_.starts_with("(?:")) {
      copy(3);
    } else if (rest_.starts_with("(?=") || rest_.starts_with("(?!") || rest_.starts_with("(?<")) {
      problem_ = "lookahead and lookbehind are not supported";
    } else {
      problem_ = "unknown kind of group \"" + std::string{rest_.substr(0, 3)} + "\"";
    }
  }

  void escape() {
    if (rest_.size() < 2) {
      problem_ = "the pattern ends with a backslash";
      return;
    }
    char c = rest_[1];
    if (c == 's' || c == 'S') {
      space(c == 'S');
    } else if (c == 'u') {
      code_point();
    } else if (c == 'x') {
      bool two = rest_.size() >= 4 && std::all_of(rest_.begin() + 2, rest_.begin() + 4, is_hex);
      two ? copy(4) : refuse(2);
    } else if (c == 'c') {
      if (rest_.size() < 3 || !is_letter(rest_[2])) return refuse(2);
      character(static_cast<uint32_t>(rest_[2]) & 31);
      rest_.remove_prefix(3);
    } else if (c == 'p' || c == 'P') {
      property();
    } else if (c == '0') {
      if (rest_.size() > 2 && is_digit(rest_[2])) return refuse(3);
      character(0);
      rest_.remove_prefix(2);
    } else if (is_digit(c) || c == 'k') {
      problem_ = "references back to groups are not supported";
    } else if (c == 'b' && in_class_) {
      character(8);
      rest_.remove_prefix(2);
    } else if (is_letter(c) && std::string_view{"dDwWbBfnrtv"}.find(c) == std::string_view::npos) {
      refuse(2);
    } else {
      copy(2);
    }
  }

  void space(bool negated) {
    if (in_class_ && negated) {
      problem_ = "\\S inside a class is not supported";
      return;
    }
    if (in_class_)
      out_ += space_set;
    else
      out_ += (negated ? "[^" : "[") + std::string{space_set} + "]";
    rest_.remove_prefix(2);
  }

  /// `\uXXXX`, a pair of them, or `\u{X...}`.
  void code_point() {
    if (rest_.starts_with("\\u{")) {
      auto end = rest_.find('}');
      if (end == rest_.npos || end == 3 || end > 9 ||
          !std::all_of(rest_.begin() + 3, rest_.begin() + static_cast<ptrdiff_t>(end), is_hex))
        return refuse(3);
      out_ += "\\x" + std::string{rest_.substr(2, end - 1)};
      rest_.remove_prefix(end + 1);
      return;
    }
    auto high = four_hex();
    if (!high) return refuse(2);
    rest_.remove_prefix(6);
    if (*high >= 0xd800 && *high <= 0xdbff && rest_.starts_with("\\u")) {
      auto low = four_hex();
      if (low && *low >= 0xdc00 && *low <= 0xdfff) {
        rest_.remove_prefix(6);
        return character(0x10000 + ((*high - 0xd800) << 10) + (*low - 0xdc00));
      }
    }
    if (*high >= 0xd800 && *high <= 0xdfff) {
      problem_ = "a lone surrogate can't match";
      return;
    }
    character(*high);
  }

  /// `\p{Letter}`, `\p{L}`, `\p{gc=L}`, `\p{Script=Greek}`.
  void property() {
    auto end = rest_.find('}');
    if (!rest_.substr(2).starts_with('{') || end == rest_.npos) return refuse(2);
    auto name = rest_.substr(3, end - 3);
    for (auto prefix : {"General_Category=", "gc=", "Script=", "sc="})
      if (name.starts_with(prefix)) name.remove_prefix(std::string_view{prefix}.size());
    auto known = std::find_if(categories.begin(), categories.end(),
                              [&](const auto& c) { return c.first == name; });
    if (known != categories.end()) name = known->second;
    out_ += std::string{rest_.substr(0, 2)} + "{" + std::string{name} + "}";
    rest_.remove_prefix(end + 1);
  }

  std::optional<uint32_t> four_hex() const {
    if (rest_.size() < 6 || !std::all_of(rest_.begin() + 2, rest_.begin() + 6, is_hex))
      return std::nullopt;
    return static_cast<uint32_t>(std::stoul(std::string{rest_.substr(2, 4)}, nullptr, 16));
  }

  static bool is_hex(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  }
  void character(uint32_t c) {
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string hex;
    do hex.insert(hex.begin(), digits[c % 16]);
    while (c /= 16);
    out_ += "\\x{" + hex + "}";
  }
  void copy(size_t bytes) {
    out_ += rest_.substr(0, bytes);
    rest_.remove_prefix(bytes);
  }
  void refuse(size_t bytes) {
    problem_ = "unknown escape \"" + std::string{rest_.substr(0, bytes)} + "\"";
  }

  std::string_view rest_;
  std::string out_;
  std::string problem_;
  bool in_class_ = false;
};

} // namespace

outcome<std::string, std::string> translate_pattern(std::string_view source) {
  return translator{source}.run();
}

outcome<pattern, std::string> pattern::compile(std::string_view source) {
  auto translated = translate_pattern(source);
  if (!translated) return failed{translated.error()};
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(program_bytes);
  pattern result;
  result.source_ = source;
  auto program = std::make_shared<const re2::RE2>(*translated, options);
  if (!program->ok()) return failed{program->error()};
  result.program_ = std::move(program);
  return result;
}

bool pattern::matches(std::string_view text) const {
  return re2::RE2::PartialMatch({text.data(), text.size()}, *program_);
}

} // namespace steward::workflow::schema
