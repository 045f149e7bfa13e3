#pragma once

#include "workflow/value.hpp"

#include <cstdint>
#include <string_view>

namespace steward::intelligence {

/// What a skill may look at. All of it belongs to the caller and outlives the call.
struct skill_input {
  const workflow::value& observed; ///< Object: query name -> array of {"id","version","data"}.
  const workflow::value& trigger;  ///< What set it off: a tick, an action's body, an answer.
  const workflow::value& settings; ///< Of the pack, as the owner has them.
  const workflow::value& with;     ///< Of the agent or action that names the skill.
  int64_t now_us;
};

/// A skill gives a plan: what should be written, proposed and said (docs/agents.md). It reads and
/// changes nothing itself: the same input gives the same plan. It throws std::runtime_error (with
/// a reason for people) for what it can't do at all; a single bad record is passed over.
using skill = workflow::value (*)(const skill_input&);

/// The skill of that name ("salon.gap_fill"), or null.
skill find_skill(std::string_view name);

} // namespace steward::intelligence
