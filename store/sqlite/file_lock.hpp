#pragma once

#include "store/store.hpp"

#include <filesystem>

namespace steward::store::sqlite {

/// Says "this process, and no other, writes this store" for as long as it lives. The kernel takes
/// it back when the process dies, however it dies. Held on a file of its own beside the store,
/// since closing any descriptor of the store itself would drop SQLite's locks.
class file_lock {
public:
  /// Fails with `unavailable` when another holds it.
  static result<file_lock> take(const std::filesystem::path& store);

  file_lock(file_lock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  file_lock& operator=(file_lock&&) = delete;
  ~file_lock();

private:
  explicit file_lock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

} // namespace steward::store::sqlite
