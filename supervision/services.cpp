#include "supervision/services.hpp"

#include <utility>

namespace steward::supervision {

caf::actor service_slot::get() const {
  std::lock_guard guard{mutex_};
  return handle_;
}

void service_slot::set(caf::actor handle) {
  std::lock_guard guard{mutex_};
  handle_.swap(handle);
}

void service_slot::clear() { set({}); }

void service_slot::clear(const caf::actor& gone) {
  caf::actor released; // Dropped outside the lock: it may be the actor's last handle.
  std::lock_guard guard{mutex_};
  if (handle_ == gone) released.swap(handle_);
}

std::shared_ptr<service_slot> services::slot(const std::string& path) {
  std::lock_guard guard{mutex_};
  auto& slot = slots_[path];
  if (!slot) slot = std::make_shared<service_slot>();
  return slot;
}

} // namespace steward::supervision
