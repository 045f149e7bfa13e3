#pragma once

#include "workflow/value.hpp"

#include <cstdint>
#include <forward_list>
#include <memory>
#include <string>
#include <vector>

/// The jq language behind `workflow::expression`: reading, compiled form, evaluation. (The folder
/// is named after that class, so its namespace can't be.)
namespace steward::workflow::jq {

struct node;
struct native;
class evaluation;

/// What a node does; the comment says which of its fields count.
enum class node_kind : uint8_t {
  identity,
  literal,        // constant
  variable,       // number: links to walk up the environment
  free_variable,  // number: index into program::free_names
  field,          // a | .[constant], a string
  index,          // a | .[b]
  slice,          // a | .[b:c], either may be null
  iterate,        // a | .[]
  pipe,           // a | b
  comma,          // a, b
  negate,         // -a
  binary,         // a op b
  both,           // a and b
  either,         // a or b
  alternative,    // a // b
  object,         // list: key, item, key, item, ...
  collect,        // [a], null: []
  conditional,    // if a then b else c
  reduce,         // reduce a as plan (b; c)
  foreach_,       // foreach a as plan (b; c; d)
  bind,           // a as plan | b
  define,         // def fn; a
  call_parameter, // number: links up to the closure
  call_function,  // number: links up to the definition; list: arguments
  call_builtin,   // fn, written in jq; list: arguments
  call_native,    // nat; list: arguments, evaluated
  special,        // form; list: arguments as they are; fn: the same in jq, for paths
  label,          // label $x | a
  break_,         // number: links up to the label
  attempt,        // try a catch b
  text,           // list: parts of a string, joined; nat: the format of what is interpolated
  assign,         // a = b
  update,         // a |= b
  update_with,    // a op= b
};

enum class binary_op : uint8_t {
  add,
  subtract,
  multiply,
  divide,
  modulo,
  equal,
  unequal,
  less,
  less_equal,
  greater,
  greater_equal,
  alternative // of `//=` only
};

/// Functions that take their arguments unevaluated.
enum class special_form : uint8_t {
  empty,
  path,
  map,
  select,
  recurse,
  first,
  last,
  limit,
  skip,
  until,
  while_,
  repeat,
  range,
  any,
  all,
  add,
  isempty,
  sort_by,
  group_by,
  unique_by,
  min_by,
  max_by,
  del
};

/// A destructuring pattern: `$x`, `[p, p]` or `{key: p}`.
struct pattern {
  enum class shape : uint8_t { variable, array, object };
  struct entry {
    const node* key = nullptr; ///< Null: the key is the name of the variable.
    size_t visible = 0;        ///< Variables of the plan that the key can see.
    int64_t variable = -1;     ///< `$name` or `$name: p`.
    std::string name;
    std::unique_ptr<pattern> inner;
  };
  shape what = shape::variable;
  size_t variable = 0;
  std::vector<std::unique_ptr<pattern>> items;
  std::vector<entry> entries;
};

/// `as p ?// p ?// p`: the patterns to try, and how many variables they bind together.
struct bind_plan {
  std::vector<std::unique_ptr<pattern>> patterns;
  std::vector<std::string> variables;
  bool simple() const {
    return patterns.size() == 1 && patterns[0]->what == pattern::shape::variable;
  }
};

struct function {
  std::string name;
  size_t parameters = 0;
  const node* body = nullptr; ///< Null while it is being read: calls to it are recursive.
};

struct node {
  node_kind kind = node_kind::identity;
  binary_op op = binary_op::add;
  special_form form = special_form::empty;
  /// Gives at most one result, so `evaluation::one` can return it.
  bool single = false;
  /// Of an access (field, index, slice, iterate): gives nothing where it would fail.
  bool optional = false;
  uint32_t number = 0;
  value constant;
  const node* a = nullptr;
  const node* b = nullptr;
  const node* c = nullptr;
  const node* d = nullptr;
  std::vector<const node*> list;
  const function* fn = nullptr;
  const native* nat = nullptr;
  const bind_plan* plan = nullptr;
};

/// Owns what a compiled source is made of. Nodes point to each other freely inside of it.
struct program {
  std::string source;
  const node* root = nullptr;
  std::vector<std::string> free_names;
  // Newest first. Most programs have three nodes, and nothing of the other two.
  std::forward_list<node> nodes;
  std::forward_list<function> functions;
  std::forward_list<bind_plan> plans;
};

} // namespace steward::workflow::jq
