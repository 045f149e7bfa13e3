#include "workflow/expression/regex.hpp"

namespace steward::workflow::jq {

namespace {

/// Bounds both the memory and what one byte of text may cost.
constexpr int64_t memory_limit = 512 * 1024;

/// jq writes named groups as `(?<name>...)`; this RE2 wants `(?P<name>...)`.
std::string with_named_groups(std::string_view pattern) {
  auto out = std::string{};
  auto in_class = false;
  for (size_t i = 0; i < pattern.size(); ++i) {
    auto c = pattern[i];
    if (c == '\\' && i + 1 < pattern.size()) {
      out += c;
      out += pattern[++i];
      continue;
    }
    out += c;
    if (c == '[') in_class = true;
    if (c == ']') in_class = false;
    auto rest = pattern.substr(i);
    if (!in_class && rest.starts_with("(?<") && !rest.starts_with("(?<=") &&
        !rest.starts_with("(?<!")) {
      out += "?P";
      ++i;
    }
  }
  return out;
}

} // namespace

std::shared_ptr<const regex> regex::compile(std::string_view pattern, std::string_view flags,
                                            std::string& problem) {
  auto made = std::make_shared<regex>();
  auto options = RE2::Options{};
  options.set_log_errors(false);
  options.set_max_mem(memory_limit);
  for (auto flag : flags) switch (flag) {
    case 'g':
      made->global_ = true;
      break;
    case 'i':
      options.set_case_sensitive(false);
      break;
    case 's':
      options.set_dot_nl(true);
      break;
    case 'n':
      made->skips_empty_ = true;
      break;
    case 'p':
      options.set_dot_nl(true);
      made->skips_empty_ = true;
      break;
    case 'l':
      options.set_longest_match(true);
      break;
    default:
      problem = std::string(flags) + " is not a valid modifier string";
      return nullptr;
    }
  made->re_ = std::make_unique<RE2>(with_named_groups(pattern), options);
  if (made->re_->ok()) return made;
  problem = std::string(pattern.substr(0, 200)) +
            " (at offset 0) is not a valid regex: " + made->re_->error();
  return nullptr;
}

bool regex::search(std::string_view text, size_t from,
                   std::vector<re2::StringPiece>& groups) const {
  groups.assign(static_cast<size_t>(re_->NumberOfCapturingGroups()) + 1, {});
  return re_->Match(re2::StringPiece(text.data(), text.size()), from, text.size(), RE2::UNANCHORED,
                    groups.data(), static_cast<int>(groups.size()));
}

std::shared_ptr<const regex> regex_cache::get(std::string_view pattern, std::string_view flags,
                                              std::string& problem) {
  auto key = std::string(flags) + "/" + std::string(pattern);
  auto& known = known_[key];
  if (!known) known = regex::compile(pattern, flags, problem);
  auto found = known;
  if (!found || known_.size() > limit) known_.erase(key);
  return found;
}

} // namespace steward::workflow::jq
