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
  case 'h':
    return "0-9A-Fa-f";
  default:
    return {};
  }
}

/// The name of what RE2 can't do in linear time and so does not have, or nothing.
std::string_view unsupported(std::string_view rest) {
  if (rest.starts_with("(?=") || rest.starts_with("(?!")) return "lookahead";
  if (rest.starts_with("(?<=") || rest.starts_with("(?<!")) return "lookbehind";
  if (rest.starts_with("(?>")) return "an atomic group";
  if (rest.size() > 1 && rest[0] == '\\' && ((rest[1] >= '1' && rest[1] <= '9') || rest[1] == 'k'))
    return "a backreference";
  return {};
}

/// Rewrites a pattern of jq's into one of RE2's, piece by piece.
class translation {
public:
  translation(std::string_view pattern, bool extended) : rest_(pattern), extended_(extended) {}

  /// False if something is not supported.
  bool run(std::string& out, std::string& problem) {
    while (!rest_.empty()) {
      auto missing = in_class_ ? std::string_view{} : unsupported(rest_);
      if (!missing.empty()) {
        problem = "Regex failure: " + std::string(missing) + " is not supported";
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
    if (items.empty() || (in_class_ && negated))
      out.append(name == 'Z' ? "\\z" : rest_.substr(0, 2));
    else if (in_class_)
      out.append(items);
    else
      out.append(negated ? "[^" : "[").append(items).append("]");
    rest_.remove_prefix(2);
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
