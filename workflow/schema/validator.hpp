#pragma once

#include "workflow/schema/program.hpp"

#include <functional>

namespace steward::workflow::schema {

/// Applies a program to one value.
class validator {
public:
  validator(const program& p, size_t limit) : program_(p), limit_(limit) {}
  std::vector<schema_violation> run(const value& instance);

private:
  /// Where a value stands in the instance: the way up from it.
  struct path {
    const path* up = nullptr;
    std::string_view key;
    size_t index = 0;
  };
  /// The resources that evaluation has come through, the innermost first.
  struct dynamic_scope {
    const dynamic_scope* outer = nullptr;
    uint32_t resource = 0;
  };
  /// Which members or elements of one value some keyword has looked at.
  struct evaluated {
    std::vector<bool> seen;
    void mark(size_t i) { seen[i] = true; }
    void add(const evaluated& other);
  };
  /// One application of one rule to one value.
  struct frame {
    const rule& r;
    const value& v;
    const path& at;
    const dynamic_scope* scope;
    evaluated* seen; ///< Null if nobody asks.
    bool valid = true;
  };
  struct too_much {
    std::string reason;
  };

  bool check(rule_index index, const value& v, const path& at, const dynamic_scope* scope,
             evaluated* seen);
  /// The same without recording violations.
  bool probe(rule_index index, const value& v, const path& at, const dynamic_scope* scope,
             evaluated* seen);
  /// The same for a member or element: what it has seen is nobody's concern here.
  void check_child(frame& f, rule_index index, const value& v, const path& at,
                   std::string_view keyword);

  void check_any(frame& f);
  void check_number(frame& f);
  void check_string(frame& f);
  void check_array(frame& f);
  void check_contains(frame& f);
  void check_unique(frame& f);
  void check_object(frame& f);
  void check_member(frame& f, const member& m, size_t i);
  void check_dependencies(frame& f);
  void check_references(frame& f);
  void check_combinations(frame& f);
  void check_unevaluated(frame& f);
  rule_index dynamic_target(const rule& r, const dynamic_scope* scope) const;

  /// Notes a violation of the frame's rule, at its value or at a child of it.
  void fail(frame& f, std::string_view keyword, std::string message, const path* at = nullptr);
  bool done(const frame& f) const { return (!f.valid && quiet_ > 0) || full(); }
  bool full() const { return violations_.size() >= limit_; }
  void spend(size_t work);
  bool matches(const pattern& p, std::string_view text);
  static std::string to_pointer(const path& at);

  const program& program_;
  size_t limit_;
  std::vector<schema_violation> violations_;
  int quiet_ = 0; ///< Above 0: inside a probe.
  size_t work_ = 0;
  uint32_t depth_ = 0;
};

} // namespace steward::workflow::schema
