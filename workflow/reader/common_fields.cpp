#include "workflow/reader/common_fields.hpp"

#include "workflow/pointer.hpp"
#include "workflow/reader/fields.hpp"
#include "workflow/reader/resources.hpp"

#include <algorithm>
#include <charconv>

namespace steward::workflow::reader {

namespace {

/// The node at a JSON pointer below the place, or the nearest one above it that exists.
mark find_mark(const place& where, std::string_view pointer) {
  const auto* node = &where.node();
  while (pointer.starts_with('/')) {
    pointer.remove_prefix(1);
    auto step = pointer.substr(0, pointer.find('/'));
    pointer.remove_prefix(step.size());
    const source_child* next = nullptr;
    if (node->content.is_object()) {
      auto members = node->content.members();
      for (size_t i = 0; i < members.size() && !next; ++i)
        if (escape_pointer_step(members[i].key.as_string()) == step) next = &node->children[i];
    } else {
      size_t index = 0;
      auto [end, error] = std::from_chars(step.data(), step.data() + step.size(), index);
      if (error == std::errc{} && index < node->children.size()) next = &node->children[index];
    }
    if (!next) break;
    node = &next->node;
  }
  return node->at;
}

std::optional<json_schema> read_external_schema(reading& r, const place& where,
                                                const variable_scope& scope) {
  auto uri = read_resource(r, where, scope);
  auto tree = uri ? r.documents.find_tree(r.problems, where, *uri) : nullptr;
  if (!tree) return std::nullopt;
  auto compiled = json_schema::compile(tree->content);
  if (compiled) return *std::move(compiled);
  r.problems.at(where,
                "the document \"" + *uri + "\" is no schema: " + compiled.error().reason +
                    " (at \"" + compiled.error().pointer + "\")",
                "a JSON Schema of draft 2020-12");
  return std::nullopt;
}

std::optional<json_schema> read_schema(reading& r, const place& where,
                                       const variable_scope& scope) {
  auto f = fields{r.problems, where, "a schema", {"format", "document", "resource"}};
  if (!f.is_object()) return std::nullopt;
  if (auto format = f.text("format"); format && *format != "json" && !format->starts_with("json:"))
    r.problems.at(*f.get("format"),
                  "the schema format \"" + *format + "\" is not supported by this version",
                  "\"json\"");
  if (auto resource = f.get("resource")) {
    if (auto document = f.get("document"))
      r.problems.at_key(*document, "a schema has one of \"document\" and \"resource\"",
                        "one of the two");
    return read_external_schema(r, *resource, scope);
  }
  auto document = f.require("document");
  if (!document) return std::nullopt;
  auto compiled = json_schema::compile(document->content());
  if (compiled) return *std::move(compiled);
  r.problems.add(document->pointer() + compiled.error().pointer,
                 find_mark(*document, compiled.error().pointer), compiled.error().reason,
                 "a JSON Schema of draft 2020-12");
  return std::nullopt;
}

/// `from` and `as`: a program or an object with expressions in it.
std::optional<value_template> read_transformation(reading& r, const place& where,
                                                  const variable_scope& scope) {
  if (where.content().is_string() || where.content().is_object())
    return read_template(r.problems, where, scope, template_form::bare);
  r.problems.at(where,
                "\"" + std::string{where.key()} + "\" must be an expression or an object, but is " +
                    std::string{describe(where.content())},
                "an expression or an object");
  return std::nullopt;
}

} // namespace

input_filter read_input(reading& r, const place& where, const variable_scope& scope) {
  auto f = fields{r.problems, where, "input", {"schema", "from"}};
  input_filter result;
  if (auto schema = f.get("schema")) result.schema = read_schema(r, *schema, scope);
  auto inner = variable_scope::with_secrets(scope, r.use.secrets());
  if (auto from = f.get("from")) result.from = read_transformation(r, *from, inner);
  return result;
}

output_filter read_output(reading& r, const place& where, const variable_scope& scope,
                          std::string_view what) {
  auto f = fields{r.problems, where, what, {"schema", "as"}};
  auto inner = variable_scope{scope, {"output"}};
  output_filter result;
  if (auto schema = f.get("schema")) result.schema = read_schema(r, *schema, scope);
  if (auto as = f.get("as")) result.as = read_transformation(r, *as, inner);
  return result;
}

std::optional<duration_source> read_timeout(reading& r, const place& where,
                                            const variable_scope& scope) {
  if (where.content().is_string()) {
    auto definition = r.use.find(r.problems, where, reusables::kind::timeout);
    return definition ? read_timeout_definition(r, *definition, scope) : std::nullopt;
  }
  return read_timeout_definition(r, where, scope);
}

std::optional<duration_source> read_timeout_definition(reading& r, const place& where,
                                                       const variable_scope& scope) {
  auto f = fields{r.problems, where, "a timeout", {"after"}};
  auto after = f.require("after");
  return after ? read_duration_source(r.problems, *after, scope) : std::nullopt;
}

std::optional<std::string> read_variable_name(problem_list& problems, const place& where) {
  auto name = read_text(problems, where, "\"" + std::string{where.key()} + "\"");
  if (!name) return std::nullopt;
  auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  bool sound = !name->empty() && is_letter(name->front()) &&
               std::all_of(name->begin(), name->end(),
                           [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
  if (!sound) {
    problems.at(where, "\"" + *name + "\" can't be the name of a variable",
                "letters, digits and underscores, without a dollar sign");
    return std::nullopt;
  }
  if (is_reserved_variable(*name)) {
    problems.at(where, "$" + *name + " has a meaning of its own in the language", "another name");
    return std::nullopt;
  }
  return name;
}

} // namespace steward::workflow::reader
