#include "agents/message_template.hpp"

#include "workflow/json.hpp"

namespace steward::agents {

namespace {

std::optional<std::string> shown(const workflow::value* field) {
  if (!field) return std::nullopt;
  if (field->is_string() && field->size() > 0) return std::string{field->as_string()};
  if (field->is_number()) return workflow::to_json(*field);
  return std::nullopt;
}

} // namespace

outcome<std::string, std::string> rendered(const std::string& name, const texts_by_language& texts,
                                           std::string_view language, std::string_view otherwise,
                                           const workflow::value& fields) {
  auto text = texts.find(language);
  if (text == texts.end()) text = texts.find(language.substr(0, language.find('-')));
  if (text == texts.end()) text = texts.find(otherwise);
  if (text == texts.end()) text = texts.begin();
  std::string_view rest = text->second;
  std::string out;
  while (!rest.empty()) {
    const auto brace = rest.find_first_of("{}");
    out += rest.substr(0, brace);
    if (brace == rest.npos) break;
    rest.remove_prefix(brace);
    if (rest.size() > 1 && rest[1] == rest[0]) {
      out += rest[0];
      rest.remove_prefix(2);
      continue;
    }
    const auto end = rest.find('}');
    if (rest[0] == '}' || end == rest.npos)
      return failed{"template " + name + " (" + text->first + ") has a brace without its other"};
    const auto field = rest.substr(1, end - 1);
    const auto* given = fields.find(field);
    const auto filled = shown(given);
    if (!filled)
      return failed{"template " + name + " (" + text->first + ") needs the field '" +
                    std::string{field} + "', which is " + (given ? "no text" : "missing")};
    out += *filled;
    rest.remove_prefix(end + 1);
  }
  return out;
}

} // namespace steward::agents
