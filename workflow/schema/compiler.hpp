#pragma once

#include "workflow/schema/program.hpp"

#include <unordered_map>

namespace steward::workflow::schema {

/// Makes a program of a schema document: first the subschemas as they stand, then the references
/// between them. Leaves by throwing `json_schema::problem`, which `compile` catches.
class compiler {
public:
  explicit compiler(program& into) : program_(into) {}
  void run();

  /// The keyword that is being read, and the rule it belongs to.
  struct keyword {
    rule_index index;
    rule& into;
    const value& content;
    std::string pointer;
    uint32_t depth;
  };

private:
  using reader = void (compiler::*)(const keyword&);
  static const std::unordered_map<std::string_view, reader>& readers();

  rule_index add(const value& schema, std::string pointer, uint32_t resource, uint32_t depth);
  void read_identity(const value& schema, rule& into, uint32_t depth);
  void register_anchor(const keyword& k, bool dynamic);

  // Groups of keywords. Each template instance reads one of them into a member of the rule.
  template <link rule::*Member>
  void read_schema(const keyword& k);
  template <links rule::*Member>
  void read_schemas(const keyword& k);
  template <std::optional<uint64_t> rule::*Member>
  void read_count(const keyword& k);
  template <std::optional<value> rule::*Member>
  void read_number(const keyword& k);
  void read_type(const keyword& k);
  void read_constant(const keyword& k);
  void read_enumeration(const keyword& k);
  void read_multiple_of(const keyword& k);
  void read_pattern(const keyword& k);
  void read_unique_items(const keyword& k);
  void read_required(const keyword& k);
  void read_dependent_required(const keyword& k);
  void read_properties(const keyword& k);
  void read_pattern_properties(const keyword& k);
  void read_dependent_schemas(const keyword& k);
  void read_definitions(const keyword& k);
  void read_dialect(const keyword& k);
  void read_ref(const keyword& k);
  void read_dynamic_ref(const keyword& k);
  void read_anchor(const keyword& k);
  void read_dynamic_anchor(const keyword& k);
  void refuse_keyword(const keyword& k);

  struct target {
    rule_index rule;
    std::string dynamic_anchor;
  };
  struct reference {
    rule_index from;
    std::string text;
    bool dynamic;
  };
  target resolve(const reference& r);
  rule_index find_pointer(uint32_t resource, std::string_view pointer, const reference& r);

  program& program_;
  std::vector<const value*> roots_; ///< Of the resources, in their order.
  std::vector<reference> references_;
  std::unordered_map<const value*, rule_index> by_place_;
};

} // namespace steward::workflow::schema
