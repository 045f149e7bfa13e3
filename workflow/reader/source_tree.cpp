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
  if (members_.empty()) {
    members_.reserve(4); // most objects have no more
    children_.reserve(4);
  }
  members_.emplace_back(std::move(key), node.content);
  children_.push_back({key_at, std::move(node)});
}

/// The positions of keys that are there before, each with that of the first.
std::vector<std::pair<uint32_t, uint32_t>> object_builder::duplicates() const {
  std::vector<std::pair<uint32_t, uint32_t>> found;
  auto key = [&](uint32_t i) { return members_[i].key.as_string(); };
  auto size = static_cast<uint32_t>(members_.size());
  if (size <= 8) { // few are compared faster than they are sorted
    for (uint32_t i = 1; i < size; ++i)
      for (uint32_t first = 0; first < i; ++first)
        if (key(i) == key(first)) {
          found.emplace_back(i, first);
          break;
        }
    return found;
  }
  // Sorted by key, then by place: of equal neighbours the first one stays.
  std::vector<uint32_t> order(size);
  std::iota(order.begin(), order.end(), 0u);
  std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
    auto c = key(a).compare(key(b));
    return c != 0 ? c < 0 : a < b;
  });
  for (size_t i = 1, first = 0; i < order.size(); ++i) {
    if (key(order[i]) == key(order[first]))
      found.emplace_back(order[i], order[first]);
    else
      first = i;
  }
  return found;
}

void object_builder::finish(source_node& target, std::vector<source_problem>& problems) && {
  auto repeated = duplicates();
  std::vector<bool> dropped(repeated.empty() ? 0 : members_.size());
  for (auto [at, first] : repeated) {
    const auto& before = children_[first].key_at;
    problems.push_back({children_[at].key_at,
                        "the key \"" + std::string{members_[at].key.as_string()} +
                            "\" appears twice; the first is in line " +
                            std::to_string(before.line) + ", column " +
                            std::to_string(before.column),
                        "each key once"});
    dropped[at] = true;
  }
  if (!repeated.empty()) drop(dropped);
  for (const auto& m : members_) target.text_bytes += static_cast<uint32_t>(m.key.size());
  target.content = value::object(std::move(members_));
  target.children = std::move(children_);
  target.height = 1;
  measure(target);
}

void object_builder::drop(const std::vector<bool>& dropped) {
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
