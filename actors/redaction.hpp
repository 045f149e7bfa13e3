#pragma once

#include "messages/effects.hpp"
#include "workflow/machine.hpp"
#include "workflow/secret_mask.hpp"

/// Where secrets are masked: at the edges of a run's machine. Inside, expressions and calls have
/// them as they are; what is stored, published or shown does not. Free of cost without secrets.
namespace steward {

/// What a service sent back, before it becomes an event of the machine and of the journal.
void redact(call_done& answer, const workflow::secret_mask& mask);

/// What a command makes durable: an emitted event and a child's input. Calls keep what they need.
void redact(workflow::command& c, const workflow::secret_mask& mask);

/// A step as people may see it.
workflow::step redacted(const workflow::step& s, const workflow::secret_mask& mask);

} // namespace steward
