#include "messages/world.hpp"

#include <chrono>
#include <random>

namespace steward {

namespace {

class machine_world final : public world {
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

} // namespace

world& real_world() {
  static machine_world instance;
  return instance;
}

} // namespace steward
