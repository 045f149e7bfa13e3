#include "workflow/reader/reusables.hpp"

#include "workflow/reader/fields.hpp"
#include "workflow/reader/nearest.hpp"

namespace steward::workflow::reader {

namespace {

struct section {
  std::string_view field, one;
};
// In the order of reusables::kind.
constexpr std::array<section, 4> supported{{{"authentications", "authentication"},
                                            {"errors", "error"},
                                            {"retries", "retry policy"},
                                            {"timeouts", "timeout"}}};

} // namespace

reusables::reusables(problem_list& problems, const place* use) {
  if (!use) return;
  auto f = fields{problems,
                  *use,
                  "use",
                  {"authentications", "errors", "retries", "timeouts", "functions", "extensions",
                   "catalogs", "secrets"}};
  for (auto name : {"functions", "extensions", "catalogs", "secrets"})
    f.unsupported(name, std::string{"use."} + name);
  for (size_t i = 0; i < supported.size(); ++i) {
    auto found = f.get(supported[i].field);
    if (found && check_object(problems, *found, "use." + std::string{supported[i].field}))
      sections_[i] = found;
  }
}

std::optional<place> reusables::find(problem_list& problems, const place& reference, kind what) {
  const auto& s = supported[static_cast<size_t>(what)];
  auto name = read_text(problems, reference, "the name of a " + std::string{s.one});
  if (!name) return std::nullopt;
  std::vector<std::string_view> known;
  for (const auto& definition : all(what)) known.push_back(definition.key());
  for (size_t i = 0; i < known.size(); ++i)
    if (known[i] == *name) {
      referenced_[static_cast<size_t>(what)].insert(*name);
      return place{*sections_[static_cast<size_t>(what)], i};
    }
  problems.at(reference,
              "the " + std::string{s.one} + " \"" + *name + "\" is not defined in use." +
                  std::string{s.field} + suggestion(*name, known),
              known.empty() ? "a definition in use." + std::string{s.field} : enumerate(known));
  return std::nullopt;
}

std::vector<place> reusables::all(kind what) const {
  std::vector<place> result;
  const auto& s = sections_[static_cast<size_t>(what)];
  for (size_t i = 0; s && i < s->size(); ++i) result.emplace_back(*s, i);
  return result;
}

std::vector<place> reusables::unreferenced(kind what) const {
  auto result = all(what);
  const auto& asked = referenced_[static_cast<size_t>(what)];
  std::erase_if(result, [&](const place& p) { return asked.contains(p.key()); });
  return result;
}

} // namespace steward::workflow::reader
