#include "workflow/template.hpp"

namespace steward::workflow {

/// One place of a template. Where there is no expression below, only `written` counts.
struct value_template::node {
  value written;
  std::optional<expression> program;
  /// Of an array or an object that has expressions below: one for each item or member. Null for
  /// those that are constant.
  std::vector<std::shared_ptr<const node>> parts;
  bool or_text = false; ///< Where the program fails, `written` counts.
};

struct value_template::evaluation_call {
  const value& input;
  const variable_source& variables;
  int64_t now_us;
  const evaluation_budget& budget;
};

namespace {

constexpr std::string_view space = " \t\r\n";

std::string_view trimmed(std::string_view text) {
  auto first = text.find_first_not_of(space);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(space) + 1 - first);
}

} // namespace

outcome<value_template, expression_problem> value_template::compile(const value& v) {
  auto root = compile_node(v);
  if (!root) return failed{root.error()};
  auto made = value_template{};
  made.root_ = *root ? *root : std::make_shared<const node>(node{v, {}, {}, false});
  return made;
}

outcome<value_template, expression_problem> value_template::compile_loose(const value& v,
                                                                          const usable& is_usable) {
  auto root = compile_node(v, &is_usable);
  if (!root) return failed{root.error()};
  auto made = value_template{};
  made.root_ = *root ? *root : std::make_shared<const node>(node{v, {}, {}, false});
  return made;
}

outcome<value_template, expression_problem> value_template::compile_bare(const value& v) {
  auto program = std::string_view{};
  if (!v.is_string() || is_expression_text(v.as_string(), program)) return compile(v);
  auto compiled = expression::compile(v.as_string());
  if (!compiled) return failed{compiled.error()};
  auto made = value_template{};
  made.root_ = std::make_shared<const node>(node{v, std::move(*compiled), {}, false});
  return made;
}

value_template value_template::constant(value v) {
  auto made = value_template{};
  made.root_ = std::make_shared<const node>(node{std::move(v), {}, {}, false});
  return made;
}

value_template value_template::of(expression program, value written) {
  auto made = value_template{};
  made.root_ =
      std::make_shared<const node>(node{std::move(written), std::move(program), {}, false});
  return made;
}

/// Null when there is no expression in it.
outcome<std::shared_ptr<const value_template::node>, expression_problem>
value_template::compile_node(const value& v, const usable* loose) {
  using made_node = std::shared_ptr<const node>;
  if (v.is_string()) {
    auto program = std::string_view{};
    if (!is_expression_text(v.as_string(), program)) {
      if (!loose || trimmed(v.as_string()).empty()) return made_node{};
      auto bare = expression::compile(v.as_string());
      if (!bare || !(*loose)(*bare)) return made_node{};
      return std::make_shared<const node>(node{v, std::move(*bare), {}, true});
    }
    auto compiled = expression::compile(program);
    if (!compiled) {
      auto problem = compiled.error();
      problem.offset += static_cast<size_t>(program.data() - v.as_string().data());
      return failed{problem};
    }
    return std::make_shared<const node>(node{v, std::move(*compiled), {}, false});
  }
  auto parts = std::vector<made_node>{};
  auto any = false;
  auto problem = std::optional<expression_problem>{};
  auto add = [&](const value& item) {
    auto part = compile_node(item, loose);
    if (!part) {
      problem = part.error();
      return false;
    }
    any = any || *part;
    parts.push_back(std::move(*part));
    return true;
  };
  if (v.is_array()) {
    for (const auto& item : v.items())
      if (!add(item)) return failed{*problem};
  } else if (v.is_object()) {
    for (const auto& m : v.members())
      if (!add(m.item)) return failed{*problem};
  }
  if (!any) return made_node{};
  return std::make_shared<const node>(node{v, {}, std::move(parts), false});
}

outcome<value, evaluation_error> value_template::evaluate(const value& input,
                                                          const variable_source& variables,
                                                          int64_t now_us,
                                                          const evaluation_budget& budget) const {
  auto call = evaluation_call{input, variables, now_us, budget};
  try {
    return evaluate_node(*root_, call);
  } catch (const std::runtime_error& problem) { // results that are nested too deeply in here
    return failed{evaluation_error{problem.what(), true}};
  }
}

outcome<value, evaluation_error> value_template::evaluate_node(const node& n,
                                                               const evaluation_call& call) {
  if (n.program) {
    auto result = n.program->evaluate_one(call.input, call.variables, call.now_us, call.budget);
    if (!result && n.or_text && !result.error().out_of_budget) return n.written;
    return result;
  }
  if (n.parts.empty()) return n.written;
  // A copy that shares all constant parts, with the others replaced one by one.
  auto made = n.written;
  for (size_t i = 0; i < n.parts.size(); ++i) {
    if (!n.parts[i]) continue;
    auto part = evaluate_node(*n.parts[i], call);
    if (!part) return part;
    if (made.is_array())
      made.set_item(i, std::move(*part));
    else
      made.set(n.written.members()[i].key.as_string(), std::move(*part));
  }
  return made;
}

bool value_template::is_constant() const { return !root_->program && root_->parts.empty(); }

const value& value_template::written() const { return root_->written; }

std::set<std::string, std::less<>> value_template::free_variables() const {
  auto names = std::set<std::string, std::less<>>{};
  collect_free_variables(*root_, names);
  return names;
}

void value_template::collect_free_variables(const node& n,
                                            std::set<std::string, std::less<>>& names) {
  if (n.program)
    names.insert(n.program->free_variables().begin(), n.program->free_variables().end());
  for (const auto& part : n.parts)
    if (part) collect_free_variables(*part, names);
}

bool is_expression_text(std::string_view text, std::string_view& program) {
  auto whole = trimmed(text);
  if (!whole.starts_with("${") || !whole.ends_with("}")) return false;
  program = whole.substr(2, whole.size() - 3);
  return true;
}

bool has_embedded_expression(std::string_view text) {
  auto program = std::string_view{};
  return text.find("${") != text.npos && !is_expression_text(text, program);
}

} // namespace steward::workflow
