#include "intelligence/salon/skills.hpp"

#include "intelligence/skill.hpp"

#include <array>
#include <utility>

namespace steward::intelligence {

skill find_skill(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, skill>, 13> skills{{
      {"salon.gap_fill", salon::gap_fill},
      {"salon.no_show_prevention", salon::no_show_prevention},
      {"salon.waitlist", salon::waitlist},
      {"salon.retention", salon::retention},
      {"salon.upsell", salon::upsell},
      {"salon.analytics", salon::analytics},
      {"salon.cleanup", salon::cleanup},
      {"salon.answer", salon::answer},
      {"salon.book", salon::book},
      {"salon.cancel", salon::cancel},
      {"salon.confirm", salon::confirm},
      {"salon.complete", salon::complete},
      {"salon.no_show", salon::no_show},
  }};
  for (const auto& [known, what] : skills)
    if (known == name) return what;
  return nullptr;
}

} // namespace steward::intelligence
