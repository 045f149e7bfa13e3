#pragma once

#include "store/sqlite/statement.hpp"

#include <list>
#include <unordered_map>

namespace steward::store::sqlite {

/// Statements that are made as they are needed, by their text: the newest used ones are kept, since
/// planning one costs more than most queries. Of one connection; not for two uses at once of the
/// same text.
class statement_cache {
public:
  explicit statement_cache(connection& on, size_t most = 128) : on_(on), most_(most) {}

  statement& of(const std::string& sql) {
    if (const auto at = by_text_.find(sql); at != by_text_.end()) {
      used_.splice(used_.begin(), used_, at->second);
      return used_.front().made;
    }
    used_.emplace_front(on_, sql);
    by_text_.emplace(used_.front().text, used_.begin());
    if (used_.size() > most_) {
      by_text_.erase(used_.back().text);
      used_.pop_back();
    }
    return used_.front().made;
  }

private:
  struct entry {
    entry(connection& on, const std::string& sql) : text(sql), made(on, sql) {}
    std::string text;
    statement made;
  };

  connection& on_;
  size_t most_;
  std::list<entry> used_; ///< The one used last is first.
  std::unordered_map<std::string_view, std::list<entry>::iterator> by_text_;
};

} // namespace steward::store::sqlite
