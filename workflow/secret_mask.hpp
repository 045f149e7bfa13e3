#pragma once

#include "workflow/value.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace steward::workflow {

/// Puts `***` where a secret's text is: in what leaves a run's machine, and in what comes to it
/// from services that repeat what they were sent.
///
/// A text of `exact_from` bytes or more is found anywhere: as it is, as JSON escapes it, in base64
/// (both alphabets, at any offset) and percent-encoded. A shorter one would be found by chance, so
/// it is replaced only where it is a whole string. Numbers and booleans of secrets are not masked.
class secret_mask {
public:
  static constexpr size_t exact_from = 8;
  static constexpr std::string_view masked_text = "***";

  secret_mask() = default;
  /// `secrets`: every text in it, at any depth, is a secret.
  explicit secret_mask(const value& secrets);

  /// True if there is nothing to mask; everything is free of cost then.
  bool empty() const { return whole_.empty() && anywhere_.empty(); }

  /// Strings and keys at any depth; shares what has no secret.
  value masked(const value& v) const;
  /// Text that may be JSON: a short secret is also found between quotes.
  std::string masked(std::string text) const;

private:
  void add(std::string_view secret);
  void add_base64(std::string_view secret);
  bool mask_anywhere(std::string& text) const;

  std::vector<std::string> whole_;    ///< Strings that are a secret.
  std::vector<std::string> anywhere_; ///< The longest first: one may hold another.
  std::vector<std::string> quoted_;   ///< Short ones as JSON strings.
};

} // namespace steward::workflow
