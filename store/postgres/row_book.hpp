#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <vector>

namespace steward::store::postgres {

/// The rows of one table that a group touches, by their key: as they are stored, and as the batches
/// so far leave them. First all keys are asked for (`want`), then one query finds what is stored,
/// then batches read and change; what the batch in hand did can be taken back. At the end each row
/// that changed is written once, whatever happened to it on the way.
template <class Key, class Row>
class row_book {
public:
  struct state {
    std::optional<Row> stored, now;
    bool changed = false;
  };
  using item = std::pair<const Key, state>;

  void want(const Key& key) {
    if (const auto [at, fresh] = rows_.try_emplace(key); fresh) wanted_.push_back(&*at);
  }
  /// What was asked for, in that order, without repetition. `found` names them by their index.
  const std::vector<item*>& wanted() const { return wanted_; }
  void found(size_t index, const Row& row) {
    auto& known = wanted_.at(index)->second;
    known.stored = known.now = row;
  }

  /// As the batch in hand sees it; null when there is none. Only what was asked for is known.
  const Row* find(const Key& key) const {
    const auto at = rows_.find(key);
    return at == rows_.end() || !at->second.now ? nullptr : &*at->second.now;
  }
  /// The row to change: an empty one when there is none.
  Row& edit(const Key& key) {
    auto& touched = touch(key);
    if (!touched.now) touched.now.emplace();
    return *touched.now;
  }
  void drop(const Key& key) { touch(key).now.reset(); }

  /// The batch in hand is accepted, or refused.
  void keep() { undo_.clear(); }
  void take_back() {
    for (auto at = undo_.rbegin(); at != undo_.rend(); ++at) at->of->second = std::move(at->before);
    undo_.clear();
  }

  /// Calls `visit(key, state)` for all rows that changed.
  template <class Visit>
  void for_each_change(Visit visit) const {
    for (const auto& [key, known] : rows_)
      if (known.changed) visit(key, known);
  }
  /// Calls `visit(key, row)` for all rows there are now.
  template <class Visit>
  void for_each_row(Visit visit) const {
    for (const auto& [key, known] : rows_)
      if (known.now) visit(key, *known.now);
  }

  void clear() {
    rows_.clear();
    wanted_.clear();
    undo_.clear();
  }

private:
  struct undo {
    item* of;
    state before;
  };

  state& touch(const Key& key) {
    auto& touched = *rows_.try_emplace(key).first;
    undo_.push_back({&touched, touched.second});
    touched.second.changed = true;
    return touched.second;
  }

  std::map<Key, state> rows_;
  std::vector<item*> wanted_;
  std::vector<undo> undo_;
};

} // namespace steward::store::postgres
