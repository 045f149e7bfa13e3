#include "agents/pack_shelf.hpp"

#include "messages/digest.hpp"
#include "workflow/json.hpp"

namespace steward::agents {

outcome<pack_ptr, std::vector<field_problem>> pack_shelf::read(const workflow::value& document) {
  return read_text(workflow::to_json(document));
}

outcome<pack_ptr, std::vector<field_problem>> pack_shelf::read_text(const std::string& json) {
  const auto digest = sha256_digest(json);
  {
    const std::lock_guard lock{mutex_};
    if (const auto at = known_.find(digest); at != known_.end())
      if (auto known = at->second.lock()) return known;
  }
  auto document = workflow::parse_json(json);
  if (!document)
    return failed{std::vector{field_problem{"", document.error().reason, "a pack", 0, 0, -1}}};
  auto made = read_pack(*document);
  if (!made) return made;
  const std::lock_guard lock{mutex_};
  std::erase_if(known_, [](const auto& entry) { return entry.second.expired(); });
  auto& place = known_[digest];
  if (auto known = place.lock()) return known; // another thread was quicker
  place = *made;
  return made;
}

} // namespace steward::agents
