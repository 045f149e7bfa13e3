#include "workflow/reader/reusables.hpp"

#include "workflow/reader/fields.hpp"
#include "workflow/reader/nearest.hpp"

#include <algorithm>

namespace steward::workflow::reader {

namespace {

struct section {
  std::string_view field, one;
};
// In the order of reusables::kind.
constexpr std::array<section, 6> supported{{{"authentications", "authentication"},
                                            {"errors", "error"},
                                            {"retries", "retry policy"},
                                            {"timeouts", "timeout"},
                                            {"functions", "function"},
                                            {"catalogs", "catalog"}}};

} // namespace

reusables::reusables(problem_list& problems, const place* use) {
  if (!use) return;
  auto f = fields{problems,
                  *use,
                  "use",
                  {"authentications", "errors", "retries", "timeouts", "functions", "extensions",
                   "catalogs", "secrets"}};
  extensions_ = f.get("extensions");
  if (auto secrets = f.get("secrets")) read_secrets(problems, *secrets);
  for (size_t i = 0; i < supported.size(); ++i) {
    auto found = f.get(supported[i].field);
    if (found && check_object(problems, *found, "use." + std::string{supported[i].field}))
      sections_[i] = found;
  }
}

void reusables::read_secrets(problem_list& problems, const place& where) {
  if (!where.content().is_array())
    problems.at(where,
                "use.secrets must be a list of names, but is " +
                    std::string{describe(where.content())},
                "a list such as [apiKey]");
  for (size_t i = 0; where.content().is_array() && i < where.size(); ++i) {
    auto item = place{where, i};
    auto name = read_text(problems, item, "the name of a secret");
    if (!name) continue;
    if (name->empty())
      problems.at(item, "the name of a secret is empty", "a name");
    else if (std::find(secrets_.begin(), secrets_.end(), *name) != secrets_.end())
      problems.at(item, "the secret \"" + *name + "\" is named twice", "each name once");
    else
      secrets_.push_back(*std::move(name));
  }
}

std::optional<size_t> reusables::find_index(problem_list& problems, const place& reference,
                                            kind what) {
  const auto& s = supported[static_cast<size_t>(what)];
  auto name = read_text(problems, reference, "the name of a " + std::string{s.one});
  return name ? find_index(problems, reference, what, *name) : std::nullopt;
}

std::optional<size_t> reusables::find_index(problem_list& problems, const place& reference,
                                            kind what, std::string_view name) {
  const auto& s = supported[static_cast<size_t>(what)];
  std::vector<std::string_view> known;
  for (const auto& definition : all(what)) known.push_back(definition.key());
  for (size_t i = 0; i < known.size(); ++i)
    if (known[i] == name) {
      referenced_[static_cast<size_t>(what)].emplace(name);
      return i;
    }
  problems.at(reference,
              "the " + std::string{s.one} + " \"" + std::string{name} +
                  "\" is not defined in use." + std::string{s.field} + suggestion(name, known),
              known.empty() ? "a definition in use." + std::string{s.field} : enumerate(known));
  return std::nullopt;
}

std::optional<place> reusables::find(problem_list& problems, const place& reference, kind what) {
  auto index = find_index(problems, reference, what);
  return index ? std::optional{place{*sections_[static_cast<size_t>(what)], *index}} : std::nullopt;
}

std::optional<place> reusables::find_named(problem_list& problems, const place& reference,
                                           kind what, std::string_view name) {
  auto index = find_index(problems, reference, what, name);
  return index ? std::optional{place{*sections_[static_cast<size_t>(what)], *index}} : std::nullopt;
}

bool reusables::has(kind what, std::string_view name) const {
  const auto& s = sections_[static_cast<size_t>(what)];
  return s && s->content().find(name);
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
