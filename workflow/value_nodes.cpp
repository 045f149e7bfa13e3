#include "workflow/value_nodes.hpp"

#include <cstring>
#include <new>
#include <random>
#include <utility>

namespace steward::workflow {

namespace {

/// Keys come from strangers, so their hashes must not be predictable. Nothing visible depends on
/// the seed: members keep the order of insertion.
uint64_t hash_seed() {
  static const auto seed = [] {
    auto device = std::random_device{};
    return (static_cast<uint64_t>(device()) << 32) | device();
  }();
  return seed;
}

uint64_t mix(uint64_t a, uint64_t b) {
  __extension__ using wide = unsigned __int128;
  auto product = static_cast<wide>(a) * b;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

uint64_t hash_of(std::string_view key) {
  auto h = hash_seed() ^ key.size();
  while (key.size() >= 8) {
    uint64_t word;
    std::memcpy(&word, key.data(), 8);
    h = mix(h ^ word, 0x9e3779b97f4a7c15);
    key.remove_prefix(8);
  }
  uint64_t word = 0;
  if (!key.empty()) std::memcpy(&word, key.data(), key.size());
  return mix(h ^ word, 0xd6e8feb86659fd93 ^ hash_seed());
}

/// Below this a stale depth can't add up to a wrong refusal, so nobody looks for a smaller one.
constexpr uint32_t exact_depth_from = 64;

/// Destroying a nest of values recurses; past this depth the children are taken apart in a loop.
constexpr uint32_t recursive_release_limit = 500;

constexpr uint64_t weight_limit = uint64_t{1} << 62;

} // namespace

value::string_node* value::string_node::make(std::string_view text) {
  auto bytes = sizeof(string_node) + text.size();
  allocation_budget::charge(bytes);
  auto* n = new (::operator new(bytes)) string_node;
  n->size = text.size();
  std::memcpy(reinterpret_cast<char*>(n + 1), text.data(), text.size());
  return n;
}

void value::string_node::destroy(string_node* n) noexcept {
  n->~string_node();
  ::operator delete(n);
}

// --- containers ----------------------------------------------------------------------------------

void value::container_node::count_in(const value& child, size_t key_size) {
  auto below = child.depth();
  if (below >= max_depth) throw depth_exceeded{};
  depth = std::max(depth, below + 1);
  weight = std::min(weight_limit, weight + child.weight() + key_size);
}

bool value::container_node::count_out(uint32_t child_depth, uint64_t child_weight) {
  if (weight < weight_limit) weight -= child_weight;
  return depth > exact_depth_from && child_depth + 1 == depth;
}

void value::container_node::dismantle(std::vector<value> pending) {
  while (!pending.empty()) {
    auto last = std::move(pending.back());
    pending.pop_back();
    if (last.depth() < recursive_release_limit / 2) continue;
    if (last.raw_.p->refs.load(std::memory_order_acquire) != 1) continue; // someone keeps it
    // Copies keep the children alive past their parent, which goes at the end of this round.
    if (last.is_array())
      for (const auto& item : last.items()) pending.push_back(item);
    else
      for (const auto& m : last.members()) pending.push_back(m.item);
  }
}

// --- arrays --------------------------------------------------------------------------------------

value::array_node::array_node() { allocation_budget::charge(sizeof(array_node)); }

value::array_node::~array_node() {
  if (depth > recursive_release_limit) dismantle(std::move(items));
}

void value::array_node::adopt(std::vector<value> fresh) {
  allocation_budget::charge(fresh.capacity() * sizeof(value));
  for (const auto& item : fresh) count_in(item, 1);
  items = std::move(fresh);
}

void value::array_node::copy(const array_node& other) {
  allocation_budget::charge(other.items.size() * sizeof(value));
  items = other.items;
  depth = other.depth;
  weight = other.weight;
}

void value::array_node::make_room() {
  if (items.size() < items.capacity()) return;
  auto room = std::max<size_t>(4, items.capacity() * 2);
  allocation_budget::charge(room * sizeof(value));
  items.reserve(room);
}

void value::array_node::replace(size_t at, value item) {
  count_in(item, 0);
  auto old = std::exchange(items[at], std::move(item));
  if (!count_out(old.depth(), old.weight())) return;
  depth = 1;
  for (const auto& each : items) depth = std::max(depth, each.depth() + 1);
}

// --- objects -------------------------------------------------------------------------------------

value::object_node::object_node() { allocation_budget::charge(sizeof(object_node)); }

value::object_node::~object_node() {
  if (depth <= recursive_release_limit) return;
  auto children = std::vector<value>{};
  children.reserve(members.size());
  for (auto& m : members) children.push_back(std::move(m.item));
  dismantle(std::move(children));
}

void value::object_node::adopt(std::vector<member> fresh) {
  allocation_budget::charge(fresh.capacity() * sizeof(member));
  for (const auto& m : fresh) {
    if (!m.key.is_string()) throw std::logic_error("an object's key is not a string");
    count_in(m.item, m.key.weight() + 2);
  }
  members = std::move(fresh);
  if (members.size() > scan_limit || has_duplicates()) merge_duplicates();
}

/// For few members only: compares each pair.
bool value::object_node::has_duplicates() const {
  for (size_t i = 1; i < members.size(); ++i)
    for (size_t j = 0; j < i; ++j)
      if (members[i].key.as_string() == members[j].key.as_string()) return true;
  return false;
}

/// Appends the members one by one, so that the later of two takes the place of the earlier.
void value::object_node::merge_duplicates() {
  auto all = std::move(members);
  members.clear();
  members.reserve(all.size());
  for (auto& m : all) {
    auto at = position(m.key.as_string());
    if (at == none) {
      append(std::move(m));
      continue;
    }
    weight -= std::min(weight - 2, m.key.weight() + 2 + members[at].item.weight());
    members[at].item = std::move(m.item);
  }
}

void value::object_node::copy(const object_node& other) {
  allocation_budget::charge(other.members.size() * sizeof(member) +
                            other.index.size() * sizeof(uint32_t));
  members = other.members;
  index = other.index;
  depth = other.depth;
  weight = other.weight;
}

uint32_t value::object_node::position(std::string_view key) const noexcept {
  if (index.empty()) {
    for (size_t i = 0; i < members.size(); ++i) {
      const auto& candidate = members[i].key;
      if (candidate.size() == key.size() &&
          (key.empty() || std::memcmp(candidate.as_string().data(), key.data(), key.size()) == 0))
        return static_cast<uint32_t>(i);
    }
    return none;
  }
  auto mask = index.size() - 1;
  for (auto slot = hash_of(key) & mask; index[slot] != 0; slot = (slot + 1) & mask)
    if (members[index[slot] - 1].key.as_string() == key) return index[slot] - 1;
  return none;
}

void value::object_node::append(member fresh) {
  if (members.size() == members.capacity()) {
    auto room = std::max<size_t>(4, members.capacity() * 2);
    allocation_budget::charge(room * sizeof(member));
    members.reserve(room);
  }
  members.push_back(std::move(fresh));
  if (members.size() <= scan_limit) return;
  if (members.size() * 2 > index.size())
    rebuild_index();
  else
    enter(static_cast<uint32_t>(members.size() - 1));
}

void value::object_node::erase(std::string_view key) {
  auto at = position(key);
  if (at == none) return;
  auto old = std::move(members[at]);
  members.erase(members.begin() + at);
  rebuild_index();
  if (count_out(old.item.depth(), old.item.weight() + old.key.weight() + 2)) find_depth();
}

void value::object_node::rebuild_index() {
  if (members.size() <= scan_limit) {
    index.clear();
    return;
  }
  auto slots = size_t{64};
  while (slots < members.size() * 4) slots *= 2;
  if (slots > index.size()) allocation_budget::charge(slots * sizeof(uint32_t));
  index.assign(slots, 0);
  for (size_t i = 0; i < members.size(); ++i) enter(static_cast<uint32_t>(i));
}

void value::object_node::enter(uint32_t at) {
  auto mask = index.size() - 1;
  auto slot = hash_of(members[at].key.as_string()) & mask;
  while (index[slot] != 0) slot = (slot + 1) & mask;
  index[slot] = at + 1;
}

void value::object_node::replace(size_t at, value item) {
  count_in(item, 0);
  auto old = std::exchange(members[at].item, std::move(item));
  if (count_out(old.depth(), old.weight())) find_depth();
}

void value::object_node::find_depth() {
  depth = 1;
  for (const auto& m : members) depth = std::max(depth, m.item.depth() + 1);
}

} // namespace steward::workflow
