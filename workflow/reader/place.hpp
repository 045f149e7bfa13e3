#pragma once

#include "workflow/reader/source_tree.hpp"

#include <optional>

namespace steward::workflow::reader {

/// One node of the document and the way to it. Its pointer is made only when someone asks, so going
/// down costs nothing. A place keeps a reference to the one above it, which must outlive it.
class place {
public:
  explicit place(const source_node& root) : node_(&root), key_at_(root.at) {}
  /// The root of another document, which stands under that key and pointer; both must outlive it.
  place(const source_node& root, std::string_view key, std::string_view pointer)
      : node_(&root), key_(key), root_pointer_(pointer), key_at_(root.at) {}
  /// The member or element at that index of the place above.
  place(const place& above, size_t index);

  const source_node& node() const { return *node_; }
  const value& content() const { return node_->content; }
  /// The key, or the empty text for the root and for elements of an array.
  std::string_view key() const { return key_; }
  /// Where the key was written; of an element, where the element begins.
  mark key_at() const { return key_at_; }
  /// JSON pointer from the root.
  std::string pointer() const;
  size_t size() const { return node_->children.size(); }
  /// The member of that name, if this is an object that has one.
  std::optional<place> child(std::string_view name) const;

private:
  const source_node* node_;
  const place* above_ = nullptr;
  std::string_view key_;
  std::string_view root_pointer_;
  size_t index_ = 0;
  mark key_at_;
};

/// Where the byte at `offset` of the node's text was written: exact where the text stands in the
/// source as it is, the start of the node otherwise.
mark mark_in(const place& where, size_t offset);

} // namespace steward::workflow::reader
