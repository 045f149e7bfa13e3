#pragma once

#include "workflow/machine/interpreter.hpp"

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

/// Ties a snapshot to its definition: how it names what a run refers to there.
namespace steward::workflow {

/// Numbers the parts of a definition, in the order in which it lists them.
class definition_links {
public:
  explicit definition_links(const definition& d) : definition_(d) {}

  /// An `export` of a task or of a listener's `foreach`.
  size_t number_of(const output_filter* filter);
  size_t number_of(const extension* e) const;
  /// Throw `unreadable_snapshot` when there is no such part.
  const output_filter* filter(size_t number);
  const extension* extension_at(size_t number) const;

  const definition& what() const { return definition_; }

private:
  void list_filters();
  void list_filters(const task_list& tasks);

  const definition& definition_;
  // Few runs have exports that wait: these are filled when the first one comes.
  std::vector<const output_filter*> filters_;
  std::unordered_map<const output_filter*, size_t> numbers_;
};

/// A scope that the frame may run, by a name that tells it apart from the others.
struct named_scope {
  std::string name;
  const task_list* tasks;
};
/// `around` is the branch around that of the frame, if any: it has the fork.
std::vector<named_scope> scopes_of(const definition& d, const frame& f, const branch& line);

} // namespace steward::workflow
