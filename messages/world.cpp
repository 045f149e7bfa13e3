#include "messages/world.hpp"

#include <atomic>
#include <chrono>
#include <random>

namespace steward {

namespace {

class machine_world : public world {
public:
  int64_t now_us() override {
    using namespace std::chrono;
    return duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
  }
  uint64_t random() override {
    thread_local std::mt19937_64 generator = [] {
      std::random_device device;
      std::seed_seq seed{device(), device(), device(), device(), device(), device()};
      return std::mt19937_64{seed};
    }();
    return generator();
  }
};

class clock_by_hand final : public machine_world {
public:
  explicit clock_by_hand(int64_t begin_us) : now_us_(begin_us) {}
  int64_t now_us() override { return now_us_.load(); }
  bool move_to(int64_t us) override {
    if (us < now_us_.load()) return false;
    now_us_ = us;
    return true;
  }

private:
  std::atomic<int64_t> now_us_;
};

} // namespace

world& real_world() {
  static machine_world instance;
  return instance;
}

world& stepped_world(int64_t begin_us) {
  static clock_by_hand instance{begin_us};
  return instance;
}

} // namespace steward
