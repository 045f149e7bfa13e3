#define CAF_SUITE threads

#include "caf/test/dsl.hpp"
#include "supervision/messages.hpp"
#include "supervision/supervisor.hpp"

#include <caf/all.hpp>

#include <atomic>
#include <random>
#include <thread>

using namespace steward::supervision;
using namespace std::chrono_literals;

namespace {

struct counters {
  std::atomic<int> living = 0;
  std::atomic<int> starts = 0;
  std::atomic<int> reports = 0;
};

caf::behavior fragile(caf::event_based_actor* self) {
  auto prepared = prepare(self);
  return caf::message_handler{
      [self](const std::string& command) {
        if (command == "crash") throw std::runtime_error("it broke");
        self->quit();
      },
  }
      .or_else(prepared);
}

template <caf::spawn_options Options>
child_spec worker(std::string name, std::shared_ptr<counters> count) {
  child_spec spec;
  spec.name = std::move(name);
  spec.backoff = {1ms, 5ms, 0.2};
  spec.start = [count](const child_start& at) {
    ++count->living;
    ++count->starts;
    auto handle = at.parent->spawn<Options>(fragile);
    handle->attach_functor([count] { --count->living; });
    return handle;
  };
  return spec;
}

/// A tree of 13 workers, one of them with a thread of its own.
supervisor_spec thicket(const std::shared_ptr<counters>& count,
                        const std::shared_ptr<services>& shared) {
  supervisor_spec root{"root", strategy::one_for_one, 1'000'000, 1s, {}};
  root.children.push_back(worker<caf::detached>("detached", count));
  for (auto s : {strategy::one_for_one, strategy::one_for_all, strategy::rest_for_one}) {
    supervisor_spec inner{"s" + std::to_string(static_cast<int>(s)), s, 1'000'000, 1s, {}};
    for (int i = 0; i < 4; ++i)
      inner.children.push_back(worker<caf::no_spawn_options>("w" + std::to_string(i), count));
    root.children.push_back(subtree(inner, shared));
    root.children.back().backoff = {1ms, 5ms, 0.2};
  }
  return root;
}

constexpr int everyone = 13;

bool eventually(const std::function<bool()>& holds) {
  for (int i = 0; i < 1000; ++i) {
    if (holds()) return true;
    std::this_thread::sleep_for(10ms);
  }
  return false;
}

std::vector<std::string> all_paths() {
  std::vector<std::string> paths{"detached", "s0", "s1", "s2"};
  for (int s = 0; s < 3; ++s)
    for (int w = 0; w < 4; ++w) paths.push_back("s" + std::to_string(s) + "/w" + std::to_string(w));
  return paths;
}

} // namespace

CAF_TEST(a tree under fire from many threads heals and leaves nobody behind) {
  auto count = std::make_shared<counters>();
  auto shared = std::make_shared<services>(steward::real_world());
  shared->report = [count](const lifecycle_event&) { ++count->reports; };
  caf::actor_system_config cfg;
  cfg.set("scheduler.max-threads", size_t{3});
  caf::actor_system sys{cfg};
  auto root = spawn_root(sys, thicket(count, shared), shared);
  CAF_REQUIRE(eventually([&] { return count->living == everyone; }));

  std::vector<std::thread> attackers;
  for (unsigned seed = 1; seed <= 3; ++seed)
    attackers.emplace_back([&, seed] {
      std::minstd_rand dice{seed};
      auto paths = all_paths();
      for (int i = 0; i < 300; ++i) {
        const auto& path = paths[dice() % paths.size()];
        if (dice() % 3 == 0)
          caf::anon_send(root, kill_child{path});
        else if (auto target = shared->slot(path)->get())
          caf::anon_send(target, std::string{dice() % 2 ? "crash" : "quit"});
        if (dice() % 10 == 0) caf::anon_send(root, get_tree{});
        std::this_thread::sleep_for(1ms);
      }
    });
  for (auto& attacker : attackers) attacker.join();

  CAF_CHECK(count->starts > 100);
  CAF_CHECK(count->reports > count->starts);
  CAF_CHECK(eventually([&] { return count->living == everyone; }));
  {
    caf::scoped_actor self{sys};
    int shown = 0;
    CAF_CHECK(eventually([&] { // until nothing waits for its restart any more
      shown = 0;
      self->request(root, 5s, get_tree{})
          .receive(
              [&](tree_node& tree) {
                for (const auto& c : tree.children) {
                  if (c.state != "running") continue;
                  shown += c.strategy.empty() ? 1 : 0;
                  for (const auto& w : c.children) shown += w.state == "running" ? 1 : 0;
                }
              },
              [&](caf::error& e) { CAF_FAIL(sys.render(e)); });
      return shown == everyone;
    }));
  }
  for (const auto& path : all_paths()) CAF_CHECK(shared->slot(path)->get());

  caf::anon_send_exit(root, caf::exit_reason::user_shutdown);
  root = nullptr;
  sys.await_all_actors_done();
  CAF_CHECK_EQUAL(count->living.load(), 0);
  for (const auto& path : all_paths()) CAF_CHECK(!shared->slot(path)->get());
}
