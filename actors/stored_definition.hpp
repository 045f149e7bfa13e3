#pragma once

#include "messages/write_batch.hpp"
#include "workflow/reader.hpp"

#include <string>

/// Definitions as the store keeps them: the text, and the texts of the external resources that it
/// was read with, so that it means the same for ever and needs no network again.
namespace steward {

/// workflow_row::resources of the definition.
std::string resources_text(const workflow::definition& d);

/// Reads what was deployed once; problems mean that this version no longer understands it.
outcome<std::shared_ptr<const workflow::definition>, std::vector<workflow::definition_problem>>
read_stored(const workflow_row& row);

} // namespace steward
