#include "workflow/reader/source_tree.hpp"

#include <algorithm>
#include <numeric>

namespace steward::workflow::reader {

namespace {

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

void measure(source_node& node) {
  for (const auto& child : node.children) {
    node.nodes += child.node.nodes;
    node.text_bytes += child.node.text_bytes;
    node.height = std::max(node.height, child.node.height + 1);
  }
}

} // namespace

const source_child* source_node::find(std::string_view key) const {
  if (!content.is_object()) return nullptr;
  auto members = content.members();
  for (size_t i = 0; i < members.size(); ++i)
    if (members[i].key.as_string() == key) return &children[i];
  return nullptr;
}

void object_builder::add(value key, mark key_at, source_node node) {
  members_.emplace_back(std::move(key), node.content);
  children_.push_back({key_at, std::move(node)});
}

void object_builder::finish(source_node& target, std::vector<source_problem>& problems) && {
  // Sorted by key, then by place: of equal neighbours the first one stays.
  std::vector<uint32_t> order(members_.size());
  std::iota(order.begin(), order.end(), 0u);
  auto key = [&](uint32_t i) { return members_[i].key.as_string(); };
  std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
    auto c = key(a).compare(key(b));
    return c != 0 ? c < 0 : a < b;
  });
  std::vector<bool> dropped(members_.size());
  for (size_t i = 1, first = 0; i < order.size(); ++i) {
    if (key(order[i]) != key(order[first])) {
      first = i;
      continue;
    }
    const auto& before = children_[order[first]].key_at;
    problems.push_back(
        {children_[order[i]].key_at,
         "the key \"" + std::string{key(order[i])} + "\" appears twice; the first is in line " +
             std::to_string(before.line) + ", column " + std::to_string(before.column),
         "each key once"});
    dropped[order[i]] = true;
  }
  size_t kept = 0;
  for (size_t i = 0; i < members_.size(); ++i) {
    if (dropped[i]) continue;
    if (kept != i) {
      members_[kept] = std::move(members_[i]);
      children_[kept] = std::move(children_[i]);
    }
    ++kept;
  }
  members_.erase(members_.begin() + static_cast<ptrdiff_t>(kept), members_.end());
  children_.erase(children_.begin() + static_cast<ptrdiff_t>(kept), children_.end());
  for (const auto& m : members_) target.text_bytes += static_cast<uint32_t>(m.key.size());
  target.content = value::object(std::move(members_));
  target.children = std::move(children_);
  target.height = 1;
  measure(target);
}

void finish_array(source_node& target, std::vector<source_child> elements) {
  std::vector<value> items;
  items.reserve(elements.size());
  for (const auto& e : elements) items.push_back(e.node.content);
  target.content = value::array(std::move(items));
  target.children = std::move(elements);
  target.height = 1;
  measure(target);
}

mark advance(mark from, std::string_view text, size_t bytes) {
  for (char c : text.substr(0, bytes)) from.column += is_continuation(c) ? 0u : 1u;
  return from;
}

mark mark_of(std::string_view text, size_t offset) {
  text = text.substr(0, offset);
  auto line = static_cast<uint32_t>(std::count(text.begin(), text.end(), '\n')) + 1;
  auto start = text.rfind('\n');
  auto in_line = text.substr(start == text.npos ? 0 : start + 1);
  return advance({line, 1}, in_line, in_line.size());
}

} // namespace steward::workflow::reader
