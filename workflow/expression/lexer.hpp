#pragma once

#include "workflow/expression.hpp"
#include "workflow/value.hpp"

#include <string_view>

namespace steward::workflow::jq {

enum class token_kind : uint8_t {
  end,
  word,     ///< A name or keyword; names may hold `::`.
  field,    ///< `.name`; text is the name.
  variable, ///< `$name`; text is the name.
  format,   ///< `@name`; text includes the at sign.
  number,   ///< number
  quote,    ///< The opening quote of a string; the parser reads on from there.
  symbol,   ///< text
};

struct token {
  token_kind kind = token_kind::end;
  std::string_view text;
  value number;
  size_t offset = 0;

  bool is(std::string_view symbol) const { return kind == token_kind::symbol && text == symbol; }
  bool is_word(std::string_view word) const { return kind == token_kind::word && text == word; }
};

/// Cuts a source into tokens, one at a time and without looking back.
class lexer {
public:
  explicit lexer(std::string_view source) : source_(source) {}

  /// The next token. Throws `expression_problem` on bytes that begin none.
  token next();
  /// Inside of a string: takes one piece of it. Appends plain text and escapes to `text`; stops
  /// behind the closing quote (false) or behind `\(` (true).
  bool next_piece(std::string& text);

private:
  void skip_space();
  std::string_view take_name(size_t from);
  token take_number(size_t from);
  void take_escape(std::string& text);
  char at(size_t i) const { return i < source_.size() ? source_[i] : '\0'; }

  std::string_view source_;
  size_t at_ = 0;
};

} // namespace steward::workflow::jq
