#pragma once

#include "workflow/reader/tasks.hpp"

/// What is said about events: which ones are meant, and what one that is emitted has.
namespace steward::workflow::reader {

/// `listen.to` and `schedule.on`. The scope is that of expressions in filters.
event_strategy read_event_strategy(reading& r, const place& where, const variable_scope& scope);

/// The field `read`.
event_reading read_event_reading(const fields& f);

/// Reports a name that no attribute of an event (CloudEvents) can have.
void check_attribute_name(problem_list& problems, const place& attribute);

/// Reports what a constant attribute of an event that is emitted can't be: no text, a `time` that
/// is no instant, a `source` that is no URI.
void check_emitted_attribute(problem_list& problems, const place& attribute);

} // namespace steward::workflow::reader
