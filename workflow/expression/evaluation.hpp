#pragma once

#include "workflow/expression.hpp"
#include "workflow/expression/function_ref.hpp"
#include "workflow/expression/node.hpp"

#include <forward_list>
#include <optional>

namespace steward::workflow::jq {

/// What a node works on: borrowed, or given away so that it can be changed in place.
class input {
public:
  input(const value& borrowed) : v_(const_cast<value*>(&borrowed)), given_(false) {}
  input(value&& given) : v_(&given), given_(true) {}
  const value& get() const { return *v_; }
  bool given() const { return given_; }
  value take() const { return given_ ? std::move(*v_) : *v_; }

private:
  value* v_; // written to only if it was given
  bool given_;
};

/// One link of the environment: a variable, a closure with the environment that it came from, a
/// definition or a label. Links live on the native stack, where whatever can see them is nested
/// deeper, or in a `tail_position`.
struct binding {
  const binding* outer = nullptr;
  value item = {};
  const node* body = nullptr;
  const binding* env = nullptr;
  const void* owner = nullptr; ///< The `tail_position` that keeps it, if it is not on the stack.
};

/// Where an evaluation that follows its last step in a loop has come to, and what it has bound on
/// the way: links that no native frame holds.
struct tail_position {
  const node* at;
  const binding* env;
  std::forward_list<binding> links;

  bool owns(const binding* b) const { return b && b->owner == this; }
  void extend(binding b) {
    allocation_budget::charge(sizeof(binding));
    b.owner = this;
    env = &links.emplace_front(std::move(b));
  }
  void leave_for(const binding* other) {
    env = other;
    if (!owns(other)) links.clear();
  }
};

/// How a node with at most one result ended.
enum class step : uint8_t { gave, none, stopped };

/// How far down a thread's stack may be used. A quarter stays free for what walks deep values.
struct native_stack {
  const char* floor = nullptr;  ///< For nested evaluations.
  const char* lowest = nullptr; ///< For everything; null when it is not known.
};

/// Takes one result; false stops whoever gives them.
using sink = function_ref<bool(value&&)>;
/// Takes a path (an array, or null when the result has no path) and what lies there.
using path_sink = function_ref<bool(value&& path, value&& v)>;

/// One run of a program over one input.
///
/// Results are pushed into sinks; a generator is a node that calls its sink several times. False
/// (or `step::stopped`) unwinds: the sink had enough, or an error is on its way (`failed()`), or a
/// `break` looks for its label. Spent budgets throw `budget_exceeded`; they can't be caught by the
/// program.
class evaluation {
public:
  evaluation(const program& p, const variable_source& variables, int64_t now_us,
             const evaluation_budget& budget);

  bool all(const node& n, input in, const binding* env, sink out);
  /// Of a node with `single` only.
  step one(const node& n, input in, const binding* env, value& out);
  bool paths(const node& n, const value& path, const value& in, const binding* env, path_sink out);

  /// Raises an error of the program, to be returned: `return e.fail(...)`.
  bool fail(value error);
  bool failed() const { return has_error_; }
  value take_error();
  /// Why an evaluation stopped, put aside while something else is evaluated first.
  struct stop {
    std::optional<value> error;
    const binding* breaking = nullptr;
  };
  stop take_stop();
  /// Always false.
  bool stop_again(stop reason);
  /// Uses fuel, for work that is more than a step.
  void spend(uint64_t steps);
  /// Uses fuel for a walk over the whole of the value.
  void spend_on(const value& v) { spend(v.weight() / 64); }
  /// Refuses to recurse where the native stack has less left than that.
  void require_stack(size_t bytes) const;
  int64_t now_us() const { return now_us_; }

private:
  class nesting;
  struct resolved {
    const node* body;
    const binding* env;
  };

  // evaluate.cpp: nodes that give any number of results
  bool pass(step s, value& result, sink out);
  step accessed(const node& n, bool ok);
  bool pass_one(const node& n, input in, const binding* env, sink out);
  resolved settle(const node& n, const binding* env) const;
  void follow_call(const node& n, tail_position& tail);
  bool all_of_kind(const node& n, input in, const binding* env, sink out);
  bool all_piped(const node& n, input in, const binding* env, sink out);
  bool all_conditional(const node& n, input in, const binding* env, sink out);
  bool all_bound(const node& n, input in, const binding* env, sink out);
  bool all_indexed(const node& n, const value& in, const binding* env, sink out);
  bool all_iterated(const node& n, input in, const binding* env, sink out);
  bool all_attempts(const node& n, input in, const binding* env, sink out);
  bool all_objects(const node& n, size_t entry, value made, const value& in, const binding* env,
                   sink out);
  bool all_texts(const node& n, size_t part, std::string tail, const value& in, const binding* env,
                 sink out);
  bool all_arguments(const node& n, size_t missing, value* arguments, const value& in,
                     const binding* env, sink out);

  // evaluate_one.cpp: nodes that give at most one
  const value* borrow(const node& n, const value& in, const binding* env);
  step one_or(const node& n, const value& in, const binding* env, value& scratch,
              const value*& result);
  step one_binary(const node& n, input in, const binding* env, value& out);
  step one_object(const node& n, const value& in, const binding* env, value& out);
  step one_text(const node& n, const value& in, const binding* env, value& out);
  step one_native(const node& n, const value& in, const binding* env, value& out);
  step one_collected(const node& n, input in, const binding* env, value& out);
  bool truth(const node& n, const value& in, const binding* env, step& s);
  const value& free_variable(uint32_t index);
  static const binding* link(const binding* env, uint32_t distance);

  // bind.cpp: variables, functions, loops
  using env_sink = function_ref<bool(const binding* env)>;
  bool bind(const bind_plan& plan, const value& v, const binding* env, env_sink body);
  bool destructure(const pattern& p, const value& v, std::vector<binding>& links,
                   const binding* env, function_ref<bool()> body);
  bool destructure_items(const pattern& p, size_t at, const value& v, std::vector<binding>& links,
                         const binding* env, function_ref<bool()> body);
  bool destructure_entries(const pattern& p, size_t at, const value& v, std::vector<binding>& links,
                           const binding* env, function_ref<bool()> body);
  bool call(const function& fn, const binding* definition, const std::vector<const node*>& args,
            const binding* env, function_ref<bool(const node& body, const binding* env)> run);
  binding closure_of(const node& argument, const binding* env) const;
  bool reduce(const node& n, input in, const binding* env, sink out);
  bool foreach (const node& n, input in, const binding* env, sink out);

  // special.cpp
  bool all_special(const node& n, input in, const binding* env, sink out);
  step one_special(const node& n, input in, const binding* env, value& out);
  bool counted(const node& n, const value& in, const binding* env,
               function_ref<bool(path_sink)> source, path_sink out);
  bool all_ranges(const node& n, const value& in, const binding* env, sink out);
  bool range(const value& from, const value& to, sink out);
  bool range(const value& from, const value& to, const value& by, sink out);
  bool recurse(const node* f, const node* condition, input in, const binding* env, sink out);
  bool until(const node& n, value state, const binding* env, sink out);
  bool one_map(const node& n, input in, const binding* env, value& out);
  bool collect_results(const node& f, const value& in, const binding* env, value& out);
  bool one_keyed(const node& n, const value& in, const binding* env, value& out);

  // paths.cpp
  bool paths_of_access(const node& n, const value& path, const value& in, const binding* env,
                       path_sink out);
  bool step_into(const node& n, const value& path, const value& v, const value& key, path_sink out);
  bool iterate_paths(const node& n, const value& path, const value& v, path_sink out);
  bool paths_of_loop(const node& n, const value& path, const value& in, const binding* env,
                     path_sink out);
  bool assign(const node& n, input in, const binding* env, sink out);
  bool update(const node& n, input in, const binding* env, value& out);
  bool update_with(const node& n, input in, const binding* env, sink out);
  bool each_path(const node& n, const value& in, const binding* env,
                 function_ref<bool(const value& path)> out);
  bool change(const node& n, input in, const binding* env, value& state,
              function_ref<step(const value& path, value& place)> how);

  const program& program_;
  const variable_source& variables_;
  int64_t now_us_;
  uint64_t fuel_;
  uint32_t depth_ = 0;
  uint32_t depth_limit_;
  native_stack stack_;
  value error_;
  bool has_error_ = false;
  uint64_t errors_ = 0; ///< How many there were: tells the error on its way from later ones.
  const binding* breaking_ = nullptr; ///< The label that a `break` looks for.
  std::vector<std::optional<value>> free_values_;
};

/// Counts nested evaluations. Besides the budget's own limit the native stack itself is watched:
/// frames differ between builds, threads differ in their stacks.
class evaluation::nesting {
public:
  explicit nesting(evaluation& e) : e_(e) {
    if (e.fuel_ == 0) throw budget_exceeded("the expression takes too many steps");
    --e.fuel_;
    if (++e.depth_ > e.depth_limit_ ||
        static_cast<const char*>(__builtin_frame_address(0)) < e.stack_.floor) {
      --e.depth_;
      throw budget_exceeded("the expression is nested too deeply when evaluated");
    }
  }
  ~nesting() { --e_.depth_; }
  nesting(const nesting&) = delete;
  nesting& operator=(const nesting&) = delete;

private:
  evaluation& e_;
};

inline bool is_true(const value& v) { return !v.is_null() && !(v.is_bool() && !v.as_bool()); }

inline const binding* evaluation::link(const binding* env, uint32_t distance) {
  for (; distance > 0; --distance) env = env->outer;
  return env;
}

} // namespace steward::workflow::jq
