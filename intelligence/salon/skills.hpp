#pragma once

#include "intelligence/skill.hpp"

/// The skills of the salon pack, one file each (docs/salon.md). As steward::intelligence::skill
/// says: pure, and a bad record is passed over.
namespace steward::intelligence::salon {

// Agents.
workflow::value gap_fill(const skill_input& in);
workflow::value no_show_prevention(const skill_input& in);
workflow::value waitlist(const skill_input& in);
workflow::value retention(const skill_input& in);
workflow::value upsell(const skill_input& in);
workflow::value analytics(const skill_input& in);
workflow::value cleanup(const skill_input& in);

/// A customer has answered a message. Trigger: {outreach: document, text}.
workflow::value answer(const skill_input& in);

// Actions. Trigger: {body, id}.
workflow::value book(const skill_input& in);
workflow::value cancel(const skill_input& in);
workflow::value confirm(const skill_input& in);
workflow::value complete(const skill_input& in);
workflow::value no_show(const skill_input& in);

} // namespace steward::intelligence::salon
