#include "workflow/reader/extensions.hpp"

namespace steward::workflow::reader {

namespace {

extension read_extension(reading& r, const place& where, const variable_scope& scope) {
  extension result;
  result.name = where.key();
  auto f = fields{r.problems, where, "an extension", {"extend", "when", "before", "after"}};
  if (f.require("extend"))
    result.extend = f.word("extend", {"call", "composite", "emit", "for", "listen", "raise", "run",
                                      "set", "switch", "try", "wait", "all"})
                        .value_or("");
  if (auto p = f.get("when")) result.when = read_expression(r.problems, *p, scope);
  if (auto p = f.get("before")) result.before = read_tasks(r, *p, scope);
  if (auto p = f.get("after")) result.after = read_tasks(r, *p, scope);
  return result;
}

} // namespace

std::vector<extension> read_extensions(reading& r, const variable_scope& scope) {
  std::vector<extension> result;
  const auto& list = r.use.extensions();
  if (!list) return result;
  if (!list->content().is_array()) {
    r.problems.at(*list,
                  "use.extensions must be a list, but is " + std::string{describe(list->content())},
                  "a list such as - logging: { extend: all, before: ... }");
    return result;
  }
  for (size_t i = 0; i < list->size(); ++i) {
    auto item = place{*list, i};
    if (!check_object(r.problems, item, "an entry of use.extensions")) continue;
    if (item.size() == 1)
      result.push_back(read_extension(r, place{item, 0}, scope));
    else
      r.problems.at(item, "an entry of use.extensions has " + std::to_string(item.size()) + " keys",
                    "one key, the extension's name");
  }
  return result;
}

} // namespace steward::workflow::reader
