#include "actors/stored_definition.hpp"

#include "workflow/json.hpp"
#include "workflow/reader/resource_source.hpp"

namespace steward {

std::string resources_text(const workflow::definition& d) {
  if (d.resources.empty()) return {};
  std::vector<workflow::member> members;
  for (const auto& [address, text] : d.resources)
    members.emplace_back(address.c_str(), workflow::value{text});
  return workflow::to_json(workflow::value::object(std::move(members)));
}

outcome<std::shared_ptr<const workflow::definition>, std::vector<workflow::definition_problem>>
read_stored(const workflow_row& row) {
  workflow::stored_resources::texts texts;
  if (!row.resources.empty())
    if (const auto stored = workflow::parse_json(row.resources); stored && stored->is_object())
      for (const auto& m : stored->members())
        if (m.item.is_string()) texts.emplace(m.key.as_string(), m.item.as_string());
  workflow::stored_resources source{texts};
  return workflow::read_definition(row.source, {}, &source);
}

} // namespace steward
