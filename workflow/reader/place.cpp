#include "workflow/reader/place.hpp"

#include "workflow/pointer.hpp"

namespace steward::workflow::reader {

place::place(const place& above, size_t index)
    : node_(&above.node().children[index].node), above_(&above), index_(index),
      key_at_(above.node().children[index].key_at) {
  if (above.content().is_object()) key_ = above.content().members()[index].key.as_string();
}

std::string place::pointer() const {
  if (!above_) return std::string{root_pointer_};
  return above_->pointer() + "/" +
         (above_->content().is_object() ? escape_pointer_step(key_) : std::to_string(index_));
}

std::optional<place> place::child(std::string_view name) const {
  if (!content().is_object()) return std::nullopt;
  auto members = content().members();
  for (size_t i = 0; i < members.size(); ++i)
    if (members[i].key.as_string() == name) return place{*this, i};
  return std::nullopt;
}

mark mark_in(const place& where, size_t offset) {
  if (!where.node().verbatim) return where.node().at;
  return advance(where.node().text_at, where.content().as_string(), offset);
}

} // namespace steward::workflow::reader
