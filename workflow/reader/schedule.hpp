#pragma once

#include "workflow/reader/tasks.hpp"

namespace steward::workflow::reader {

/// `schedule` of the workflow, with what `document.metadata.steward.schedule` adds to it.
decltype(definition::starts) read_schedule(reading& r, const place& workflow);

} // namespace steward::workflow::reader
