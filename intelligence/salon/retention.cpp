#include "intelligence/salon/skills.hpp"
namespace steward::intelligence::salon {
workflow::value retention(const skill_input&) { return workflow::value::empty_object(); }
} // namespace steward::intelligence::salon
