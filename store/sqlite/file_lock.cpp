#include "store/sqlite/file_lock.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace steward::store::sqlite {

namespace {

std::string holder(int descriptor) {
  char text[32] = {};
  const auto size = ::pread(descriptor, text, sizeof text - 1, 0);
  return size > 0 ? " (process " + std::string{text, static_cast<size_t>(size)} + ")"
                  : std::string{};
}

} // namespace

result<file_lock> file_lock::take(const std::filesystem::path& store) {
  const auto path = store.string() + ".lock";
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640);
  if (descriptor < 0)
    return failed{store_error{ec::unavailable, "can't open " + path + ": " + strerror(errno)}};
  file_lock lock{descriptor};
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0)
    return failed{store_error{ec::unavailable, "another steward" + holder(descriptor) +
                                                   " uses the store " + store.string()}};
  // The number is for the message above only; a lock without it holds as well.
  const auto self = std::to_string(::getpid());
  if (::ftruncate(descriptor, 0) == 0)
    static_cast<void>(!::pwrite(descriptor, self.data(), self.size(), 0));
  return lock;
}

file_lock::~file_lock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

} // namespace steward::store::sqlite
