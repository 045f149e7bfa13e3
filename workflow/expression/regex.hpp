#pragma once

#include <re2/re2.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace steward::workflow::jq {

/// One regular expression with jq's flags: g (all matches), i (any case), x (white space and comments
/// do not count), m (`.` takes newlines), s (`^` and `$` are those of the text), p (both), n (no
/// empty matches), l (longest). Runs on RE2, in time linear in the text, so there are no
/// backreferences and no lookaround; they are refused by name.
class regex {
public:
  /// Null, with the reason in `problem`.
  static std::shared_ptr<const regex> compile(std::string_view pattern, std::string_view flags,
                                              std::string& problem);

  /// The first match from there on; `groups[0]` is all of it.
  bool search(std::string_view text, size_t from, std::vector<re2::StringPiece>& groups) const;
  bool is_global() const { return global_; }
  bool skips_empty() const { return skips_empty_; }
  /// Of the compiled program: what a byte may cost.
  size_t size() const { return static_cast<size_t>(re_->ProgramSize()); }
  const std::map<int, std::string>& group_names() const { return re_->CapturingGroupNames(); }

private:
  std::unique_ptr<RE2> re_;
  bool global_ = false;
  bool skips_empty_ = false;
};

/// The expressions that a thread has met of late, up to a number: compiling one takes longer than
/// most uses of it, and most programs bring the same ones each time.
class regex_cache {
public:
  static regex_cache& of_this_thread();
  std::shared_ptr<const regex> get(std::string_view pattern, std::string_view flags,
                                   std::string& problem);

private:
  static constexpr size_t limit = 32;
  std::map<std::string, std::shared_ptr<const regex>, std::less<>> known_;
};

} // namespace steward::workflow::jq
