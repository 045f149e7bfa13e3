#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>

namespace steward::agents {

/// A map whose copies are one until one of them changes: a gate is copied for each turn, and most
/// turns leave its decisions as they are. Of one thread.
template <class Key, class T>
class shared_map {
public:
  using map = std::map<Key, T>;

  const map& operator*() const { return *map_; }
  const map* operator->() const { return map_.get(); }
  /// To be changed; what was found in it before is another map's.
  map& change() {
    if (map_.use_count() > 1) map_ = std::make_shared<map>(*map_);
    due_.reset();
    return *map_;
  }

  /// When the first of its entries is due, found out by `find` once for as long as nothing changes.
  template <class Find>
  int64_t first_due(Find find) const {
    if (!due_) due_ = find(*map_);
    return *due_;
  }
  void forget_due() { due_.reset(); }

private:
  std::shared_ptr<map> map_ = std::make_shared<map>();
  mutable std::optional<int64_t> due_;
};

} // namespace steward::agents
