#pragma once

#include "workflow/reader/tasks.hpp"

namespace steward::workflow::reader {

/// `run: container`, `script` or `shell`: checked in full, then refused, because this version has
/// nothing that would run them. `kind` is the field's name.
void refuse_process(const task_source& t, const place& where, std::string_view kind);

} // namespace steward::workflow::reader
