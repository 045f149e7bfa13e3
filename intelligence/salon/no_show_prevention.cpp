#include "intelligence/salon/skills.hpp"
namespace steward::intelligence::salon {
workflow::value no_show_prevention(const skill_input&) { return workflow::value::empty_object(); }
} // namespace steward::intelligence::salon
