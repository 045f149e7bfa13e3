#pragma once

#include "workflow/value.hpp"

#include <atomic>

/// What `value` keeps on the heap. Private to the value's own sources.
namespace steward::workflow {

/// One count per `value` that points here.
struct value::node {
  std::atomic<uint32_t> refs{1};
};

/// Longer strings: the bytes lie directly behind this header.
struct value::string_node : node {
  size_t size = 0;

  static string_node* make(std::string_view text);
  static void destroy(string_node* n) noexcept;
  std::string_view text() const { return {reinterpret_cast<const char*>(this + 1), size}; }
};

/// What arrays and objects know about the tree below them.
struct value::container_node : node {
  uint32_t depth = 1;
  uint64_t weight = 2;

  /// Counts a new child in. Throws before anything changes.
  void count_in(const value& child, size_t key_size);
  /// Counts a replaced child out. True if the depth must be found anew.
  bool count_out(uint32_t child_depth, uint64_t child_weight);

protected:
  /// Takes a deep container's children apart level by level: bounded native stack for any depth.
  static void dismantle(std::vector<value> pending);
};

struct value::array_node : container_node {
  std::vector<value> items;

  array_node();
  ~array_node();
  /// Takes the items, charges for them and checks their depth.
  void adopt(std::vector<value> fresh);
  void copy(const array_node& other);
  /// Grows the vector if it is full, charging for it first.
  void make_room();
  void replace(size_t at, value item);
};

struct value::object_node : container_node {
  static constexpr uint32_t none = UINT32_MAX;
  /// Up to here a scan of the keys is as fast as any index.
  static constexpr size_t scan_limit = 16;

  std::vector<member> members;
  /// Open addressing: position + 1 in `members`, 0 is free. Empty up to `scan_limit` members. It is
  /// complete before the node can be shared, so readers need no lock.
  std::vector<uint32_t> index;

  object_node();
  ~object_node();
  void adopt(std::vector<member> fresh);
  void copy(const object_node& other);
  uint32_t position(std::string_view key) const noexcept;
  void append(member fresh);
  void replace(size_t at, value item);
  void erase(std::string_view key);

private:
  bool has_duplicates() const;
  void merge_duplicates();
  void rebuild_index();
  void enter(uint32_t at);
  void find_depth();
};

} // namespace steward::workflow
