#include "workflow/expression/builtins.hpp"
#include "workflow/expression/natives.hpp"
#include "workflow/expression/parser.hpp"

namespace steward::workflow::jq {

namespace {

bool all_single(const std::vector<const node*>& nodes) {
  for (const auto* n : nodes)
    if (!n->single) return false;
  return true;
}

/// Whether the node gives at most one result, from what is known of its parts.
bool find_single(const node& n) {
  auto single = [](const node* part) { return !part || part->single; };
  switch (n.kind) {
  case node_kind::identity:
  case node_kind::literal:
  case node_kind::variable:
  case node_kind::free_variable:
  case node_kind::collect:
  case node_kind::break_:
  case node_kind::update:
    return true;
  case node_kind::iterate:
  case node_kind::comma:
  case node_kind::foreach_:
  case node_kind::call_parameter:
    return false;
  case node_kind::reduce:
    return n.b->single;
  case node_kind::bind:
    return n.a->single && n.b->single && n.plan->simple();
  case node_kind::assign:
  case node_kind::update_with:
    return n.b->single;
  case node_kind::call_function:
  case node_kind::call_builtin:
    return n.fn->body && n.fn->body->single;
  case node_kind::object:
  case node_kind::text:
  case node_kind::call_native:
    return all_single(n.list);
  case node_kind::special:
    return n.form == special_form::select ? n.list[0]->single : gives_at_most_one(n.form);
  default:
    return single(n.a) && single(n.b) && single(n.c) && single(n.d);
  }
}

bool is_literal(const node* n) { return n->kind == node_kind::literal; }

/// `[1, "a", 2]`: the items, if all are constants.
bool literal_items(const node* n, std::vector<value>& items) {
  auto last_first = std::vector<value>{};
  for (; n->kind == node_kind::comma; n = n->a) {
    if (!is_literal(n->b)) return false;
    last_first.push_back(n->b->constant);
  }
  if (!is_literal(n)) return false;
  items.push_back(n->constant);
  items.insert(items.end(), last_first.rbegin(), last_first.rend());
  return true;
}

} // namespace

node& parser::make(node_kind kind) {
  auto& n = program_.nodes.emplace_front();
  n.kind = kind;
  return n;
}

const node* parser::literal(value v) {
  auto& n = make(node_kind::literal);
  n.constant = std::move(v);
  n.single = true;
  return &n;
}

const node* parser::identity() { return finish(make(node_kind::identity)); }

/// Finds what is known about a node whose parts are complete. Constants become literals, which
/// all evaluations then share.
const node* parser::finish(node& n) {
  n.single = find_single(n);
  if (n.kind == node_kind::negate && is_literal(n.a) && n.a->constant.is_number()) {
    const auto& number = n.a->constant;
    auto zero = number.as_double() == 0;
    return literal(number.is_int() && !zero ? value(-number.as_int()) : value(-number.as_double()));
  }
  if (n.kind == node_kind::collect) {
    auto items = std::vector<value>{};
    if (!n.a || literal_items(n.a, items)) return literal(value::array(std::move(items)));
  }
  if (n.kind == node_kind::object) {
    auto members = std::vector<member>{};
    for (size_t i = 0; i < n.list.size(); i += 2) {
      if (!is_literal(n.list[i]) || !is_literal(n.list[i + 1])) return &n;
      members.emplace_back(n.list[i]->constant, n.list[i + 1]->constant);
    }
    return literal(value::object(std::move(members)));
  }
  return &n;
}

const node* parser::make_two(node_kind kind, const node* a, const node* b) {
  auto& n = make(kind);
  n.a = a;
  n.b = b;
  return finish(n);
}

const node* parser::make_binary(binary_op op, const node* a, const node* b) {
  auto& n = make(node_kind::binary);
  n.op = op;
  n.a = a;
  n.b = b;
  return finish(n);
}

const node* parser::make_update_with(binary_op op, const node* a, const node* b) {
  auto& n = make(node_kind::update_with);
  n.op = op;
  n.a = a;
  n.b = b;
  return finish(n);
}

const node* parser::make_field(const node* target, value key) {
  auto& n = make(node_kind::field);
  n.a = target;
  n.constant = std::move(key);
  return finish(n);
}

} // namespace steward::workflow::jq
