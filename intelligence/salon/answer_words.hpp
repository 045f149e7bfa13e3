#pragma once

#include <cstdint>
#include <string_view>

namespace steward::intelligence::salon {

/// What a customer's answer to an offer or a reminder means.
enum class meaning : uint8_t { yes, no, another_time, stop, unclear };
std::string_view to_string(meaning m);

/// Understands short answers in English, German, Spanish, French and Hindi (Devanagari and
/// transliterated), with emoji; case, accents, punctuation and letters that are drawn out
/// ("yesss") don't matter. Rules, in this order: a wish to hear no more wins over everything;
/// then another time ("yes but not today"); then no, also as part of a yes ("yes, cancel it" is
/// unclear: both said); then yes. What has none of the known words, or yes and no at once, is
/// unclear: nobody books on a guess. Any bytes will do; linear in the text, of which the first 400
/// bytes count. "not sure", "maybe" and the like are unclear too.
meaning understand(std::string_view text);

} // namespace steward::intelligence::salon
