#pragma once

#include "messages/failure.hpp"
#include "messages/records.hpp"
#include "workflow/outcome.hpp"

/// What clients write to say which records they want: docs/records.md. Nothing of it is ever taken
/// over as text: fields have a strict grammar, values stay values.
namespace steward {

template <class Value>
using read_words = outcome<Value, field_problem>;

/// A filter as JSON: {"status": "open", "total": {"gt": 10}, "any": [{...}, {...}]}. The problem's
/// pointer begins with "filter".
read_words<record_filter> read_record_filter(std::string_view json);

/// "-total,customer.name": at most 4 fields, `-` for descending. Empty: by id.
read_words<std::vector<record_order>> read_record_order(std::string_view text);

/// A cursor is opaque to clients, and good for the order that it was made for.
std::string write_record_cursor(const std::vector<record_order>& order, const record_cursor& at);
read_words<record_cursor> read_record_cursor(std::string_view text,
                                             const std::vector<record_order>& order);

} // namespace steward
