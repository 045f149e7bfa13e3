#pragma once

#include "messages/digest.hpp"

#include <string>
#include <string_view>

namespace steward::store::postgres {

/// A text as an index can hold it (PostgreSQL's entries end at a third of a page): a long one by
/// its digest. For texts from outside that are only compared.
inline std::string index_key(std::string_view text) {
  constexpr size_t longest = 512;
  return text.size() <= longest ? std::string{text} : sha256_digest(text);
}

} // namespace steward::store::postgres
