#include "workflow/expression/regex.hpp"

#include <algorithm>

namespace steward::workflow::jq {

namespace {

/// Bounds both the memory and what one byte of text may cost.
constexpr int64_t memory_limit = 512 * 1024;

/// What the classes of Oniguruma, which jq uses, hold: they know Unicode, those of RE2 do not.
std::string_view class_items(char name) {
  switch (name) {
  case 'd':
    return "\\p{Nd}";
  case 'w':
    return "\\p{L}\\p{M}\\p{N}\\p{Pc}";
  case 's':
    return "\\t\\n\\v\\f\\r\\x{85}\\p{Z}";
  default:
    return {};
  }
}

/// The name of what RE2 does not have, most of it because it takes more than linear time, or
/// nothing.
std::string unsupported(std::string_view rest) {
  if (rest.starts_with("(?=") || rest.starts_with("(?!")) return "lookahead";
  if (rest.starts_with("(?<=") || rest.starts_with("(?<!")) return "lookbehind";
  if (rest.starts_with("(?>")) return "an atomic group";
  if (rest.size() > 1 && rest[0] == '\\' && ((rest[1] >= '1' && rest[1] <= '9') || rest[1] == 'k'))
    return "a backreference";
  if (rest.starts_with("\\g<")) return "a call of a group";
  if (rest.size() > 1 && rest[0] == '\\' && std::string_view("GKRXYcy").find(rest[1]) != rest.npos)
    return "\\" + std::string(1, rest[1]);
  return {};
}

/// Rewrites a pattern of jq's into one of RE2's, piece by piece.
class translation {
public:
  translation(std::string_view pattern, bool extended) : rest_(pattern), extended_(extended) {}

  /// False if something is not supported.
  bool run(std::string& out, std::string& problem) {
    while (!rest_.empty()) {
      if (auto missing = in_class_ ? std::string{} : unsupported(rest_); !missing.empty()) {
        problem = "Regex failure: " + missing + " is not supported";
        return false;
      }
      if (!in_class_ && opens_empty_class(rest_)) {
        problem = "Regex failure: empty char-class";
        return false;
      }
      if (rest_[0] == '\\' && rest_.size() > 1)
        take_escape(out);
      else
        take_character(out);
    }
    return true;
  }

private:
  void take_escape(std::string& out) {
    auto name = rest_[1];
    auto lower = static_cast<char>(name | 0x20);
    auto items = class_items(lower);
    auto negated = name != lower;
    if (!in_class_ && name == 'Q') return take_quoted(out);
    if (items.empty() || (in_class_ && negated))
      out.append(escape());
    else if (in_class_)
      out.append(items);
    else
      out.append(negated ? "[^" : "[").append(items).append("]");
    rest_.remove_prefix(2);
  }

  /// One that stands for no class. Letters that mean nothing stand for themselves.
  std::string_view escape() const {
    switch (rest_[1]) {
    case 'Z':
      return "\\z";
    case 'N':
      return in_class_ ? "N" : "[^\\n]";
    case 'O':
      return in_class_ ? "O" : "(?s:.)";
    case 'e':
      return "\\x1b";
    case 'b':
      return in_class_ ? "\\x08" : "\\b";
    case 'p':
    case 'P':
      return rest_.substr(2).starts_with('{') ? rest_.substr(0, 2) : rest_.substr(1, 1);
    default:
      break;
    }
    auto c = static_cast<unsigned char>(rest_[1]);
    auto letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
    auto known = std::string_view("ABDSWafnrtxz").find(rest_[1]) != rest_.npos;
    return c == '_' || c >= 0x80 || (letter && !known) ? rest_.substr(1, 1) : rest_.substr(0, 2);
  }

  /// `\Q...\E`: what stands between is text.
  void take_quoted(std::string& out) {
    rest_.remove_prefix(2);
    auto end = std::min(rest_.find("\\E"), rest_.size());
    out += RE2::QuoteMeta({rest_.data(), end});
    rest_.remove_prefix(std::min(end + 2, rest_.size()));
  }

  /// `[]` and `[^]`, unless a later bracket makes the first one an item.
  static bool opens_empty_class(std::string_view rest) {
    if (!rest.starts_with("[]") && !rest.starts_with("[^]")) return false;
    return rest.find(']', rest.find(']') + 1) == rest.npos;
  }

  void take_character(std::string& out) {
    auto c = rest_[0];
    if (extended_ && !in_class_ && c == '#') {
      rest_.remove_prefix(std::min(rest_.find('\n'), rest_.size()));
      return;
    }
    if (rest_.starts_with("(?<") && !in_class_) {
      out += "(?P<";
      rest_.remove_prefix(3);
      return;
    }
    auto space = c == ' ' || (c >= '\t' && c <= '\r');
    if (!(extended_ && !in_class_ && space)) out += c;
    // The first character of a class does not close it.
    if (c == '[') {
      auto first = rest_.substr(1, rest_.substr(1).starts_with("^]") ? 2 : 1);
      if (!in_class_ && first.ends_with(']')) {
        out += first;
        rest_.remove_prefix(first.size());
      }
      in_class_ = true;
    } else if (c == ']') {
      in_class_ = false;
    }
    rest_.remove_prefix(1);
  }

  std::string_view rest_;
  bool extended_;
  bool in_class_ = false;
};

/// What jq says of a malformed pattern, for the usual mistakes.
std::string failure(const RE2& re) {
  switch (re.error_code()) {
  case RE2::ErrorMissingParen:
    return "end pattern with unmatched parenthesis";
  case RE2::ErrorMissingBracket:
    return "premature end of char-class";
  case RE2::ErrorRepeatArgument:
    return "target of repeat operator is not specified";
  case RE2::ErrorBadCharRange:
    return "empty range in char class";
  case RE2::ErrorTrailingBackslash:
    return "end pattern at escape";
  default:
    return re.error();
  }
}

} // namespace

std::shared_ptr<const regex> regex::compile(std::string_view pattern, std::string_view flags,
                                            std::string& problem) {
  auto made = std::make_shared<regex>();
  auto options = RE2::Options{};
  options.set_log_errors(false);
  options.set_max_mem(memory_limit);
  auto extended = false;
  for (auto flag : flags) switch (flag) {
    case 'g':
      made->global_ = true;
      break;
    case 'i':
      options.set_case_sensitive(false);
      break;
    case 'x':
      extended = true;
      break;
    case 'm':
    case 'p':
      options.set_dot_nl(true);
      break;
    case 's':
      break; // `^` and `$` always are those of the text
    case 'n':
      made->skips_empty_ = true;
      break;
    case 'l':
      options.set_longest_match(true);
      break;
    default:
      problem = std::string(flags) + " is not a valid modifier string";
      return nullptr;
    }
  auto translated = std::string{};
  if (!translation(pattern, extended).run(translated, problem)) return nullptr;
  made->re_ = std::make_unique<RE2>(translated, options);
  if (made->re_->ok()) return made;
  problem = "Regex failure: " + failure(*made->re_);
  return nullptr;
}

bool regex::search(std::string_view text, size_t from,
                   std::vector<re2::StringPiece>& groups) const {
  groups.assign(static_cast<size_t>(re_->NumberOfCapturingGroups()) + 1, {});
  return re_->Match(re2::StringPiece(text.data(), text.size()), from, text.size(), RE2::UNANCHORED,
                    groups.data(), static_cast<int>(groups.size()));
}

regex_cache& regex_cache::of_this_thread() {
  static thread_local auto cache = regex_cache{};
  return cache;
}

std::shared_ptr<const regex> regex_cache::get(std::string_view pattern, std::string_view flags,
                                              std::string& problem) {
  auto key = std::string(flags) + "/" + std::string(pattern);
  if (auto known = known_.find(key); known != known_.end()) return known->second;
  auto made = regex::compile(pattern, flags, problem);
  if (!made) return nullptr;
  if (known_.size() == limit) known_.clear();
  return known_[key] = std::move(made);
}

} // namespace steward::workflow::jq
