#pragma once

#include "intelligence/salon/salon.hpp"

#include <string>

namespace steward::intelligence::salon {

/// "today", "tomorrow" or "on Monday 15 January", as the salon's clock and the language have it.
/// Languages: en, de, es, fr, hi; others as en.
std::string day_words(int64_t us, const salon& s, std::string_view language);

/// "2:30 PM" in English, "14:30" elsewhere, on the salon's clock.
std::string time_words(int64_t us, const salon& s, std::string_view language);

/// "today 2:30 PM": both, for lists of free times.
std::string moment_words(int64_t us, const salon& s, std::string_view language);

} // namespace steward::intelligence::salon
