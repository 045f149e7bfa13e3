#pragma once

#include "workflow/value.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace steward::workflow::reader {

/// A place in the text, both from 1. Columns count characters, not bytes.
struct mark {
  uint32_t line = 0;
  uint32_t column = 0;
  friend auto operator<=>(const mark&, const mark&) = default;
};

struct source_child;

/// One node of a YAML or JSON document: its value, and where it and everything in it was written.
/// Aliases are expanded (sharing the values, not the nodes); duplicate keys are gone.
struct source_node {
  value content;                      ///< The whole subtree.
  std::vector<source_child> children; ///< Of an array or object, in the order of `content`.
  mark at;                            ///< Where the node begins.
  uint32_t nodes = 1;                 ///< In the subtree, this one included.
  uint32_t height = 0;                ///< 0 for a scalar, 1 + the highest child otherwise.
  uint32_t text_bytes = 0;            ///< Text in the subtree's keys and strings.
  /// A scalar whose characters stand in one line exactly as they are in `content`, so that an
  /// offset into the text is a distance from `text_at`.
  bool verbatim = false;
  mark text_at;

  /// The child under that key, or null.
  const source_child* find(std::string_view key) const;
};

struct source_child {
  mark key_at; ///< Of an object's member: its key. Of an array's element: the element.
  source_node node;
};

/// What ended the reading of a text.
struct source_problem {
  mark at;
  std::string message;
  std::string expected;
};

/// Collects the members of one object: drops duplicate keys and reports them with both places.
class object_builder {
public:
  void add(value key, mark key_at, source_node node);
  bool empty() const { return members_.empty(); }
  /// Moves everything into `target`, and appends the duplicates to `problems`.
  void finish(source_node& target, std::vector<source_problem>& problems) &&;

private:
  std::vector<std::pair<uint32_t, uint32_t>> duplicates() const;
  void drop(const std::vector<bool>& dropped);

  std::vector<member> members_;
  std::vector<source_child> children_;
};

/// Makes `target` the array of these elements.
void finish_array(source_node& target, std::vector<source_child> elements);

/// Steps over `bytes` bytes of UTF-8 in one line.
mark advance(mark from, std::string_view text, size_t bytes);
/// The place of the byte at `offset`, lines being ended by line feeds.
mark mark_of(std::string_view text, size_t offset);

} // namespace steward::workflow::reader
