#pragma once

#include "workflow/schema.hpp"
#include "workflow/schema/pattern.hpp"

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// A JSON Schema as the compiler leaves it: one rule per subschema, linked by index.
namespace steward::workflow::schema {

using rule_index = uint32_t;
using link = std::optional<rule_index>;
using links = std::vector<rule_index>;

enum type_bit : uint8_t {
  null_bit = 1,
  boolean_bit = 2,
  integer_bit = 4, ///< Alone: whole numbers. With number_bit: all.
  number_bit = 8,
  string_bit = 16,
  array_bit = 32,
  object_bit = 64,
};

/// The keywords of one subschema; what is not set does not restrict.
struct rule {
  std::string pointer;       ///< Into the schema document.
  uint32_t resource = 0;     ///< The `$id` it stands under: index into program::resources.
  std::optional<bool> fixed; ///< The schemas `true` and `false`.

  uint8_t types = 0; ///< type_bits; 0 is any.
  std::optional<value> constant;
  std::optional<std::vector<value>> enumeration;

  std::optional<value> multiple_of, maximum, exclusive_maximum, minimum, exclusive_minimum;
  std::optional<uint64_t> max_length, min_length;
  std::optional<pattern> text;

  std::optional<uint64_t> max_items, min_items, max_contains, min_contains;
  bool unique_items = false;
  links prefix_items;
  link items, contains, unevaluated_items;

  std::optional<uint64_t> max_properties, min_properties;
  std::vector<std::string> required;
  std::vector<std::pair<std::string, std::vector<std::string>>> dependent_required;
  std::map<std::string, rule_index, std::less<>> properties;
  std::vector<std::pair<pattern, rule_index>> pattern_properties;
  std::vector<std::pair<std::string, rule_index>> dependent_schemas;
  link additional_properties, property_names, unevaluated_properties;

  link ref;
  link dynamic_ref;           ///< Where it leads if no outer resource has the anchor.
  std::string dynamic_anchor; ///< Empty: `$dynamicRef` is an ordinary reference.
  links all_of, any_of, one_of;
  link not_, if_, then_, else_;
};

/// A part of the document with an address of its own; number 0 is the document.
struct resource {
  std::string uri;
  std::string pointer;
  std::map<std::string, rule_index, std::less<>> anchors, dynamic_anchors;
};

struct program {
  value source;
  std::deque<rule> rules;
  std::vector<resource> resources;
  rule_index root = 0;
};

/// Throws nothing; refuses what is malformed or not supported.
outcome<program, json_schema::problem> compile(const value& source);
std::vector<schema_violation> validate(const program& p, const value& instance, size_t limit);

} // namespace steward::workflow::schema
