#pragma once

#include "messages/write_batch.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// How the events of one commit become one column. Numbers are LEB128 varints, texts their length
/// and their bytes:
///
///     1 (the version)  count  first time_us
///     types: count, then each      (those that occur; hundreds of events have a handful)
///     each event: index of its type, subject, time_us minus first time_us (zigzag), data
///
/// Sequence numbers are not in it: they follow from the row's `first`.
namespace steward::store {

/// Appends to `out`, which a caller may keep between commits.
void encode_events(std::span<const feed_event> events, std::string& out);

/// The events, numbered from `first` on; none if the bytes are not what `encode_events` writes.
std::optional<std::vector<feed_event>> decode_events(std::string_view bytes, uint64_t first);

} // namespace steward::store
