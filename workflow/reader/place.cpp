#include "workflow/reader/place.hpp"

#include "workflow/pointer.hpp"

namespace steward::workflow::reader {

place::place(const place& above, size_t index)
    : node_(&above.node().children[index].node), above_(&above), index_(index),
      key_at_(above.node().children[index].key_at) {
  if (above.content().is_object()) key_ = above.content().members()[index].key.as_string();
}

std::string place::pointer() const {
  if (!above_) return {};
  return above_->pointer() + "/" +
         (above_->content().is_object() ? escape_pointer_step(key_) : std::to_string(index_));
}

} // namespace steward::workflow::reader
