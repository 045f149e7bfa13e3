#define CAF_SUITE random_histories

#include "caf/test/dsl.hpp"
#include "tests/supervision/tree_fixture.hpp"

#include <algorithm>
#include <map>

using namespace steward::supervision;
using namespace steward::supervision::testing;

namespace {

/// One seed is one history: a random tree, and a random mix of failures, kills, additions,
/// removals, questions and time, with a random actor taking its next message at each step.
struct chaos : tree_fixture {
  std::mt19937_64 dice;
  bool starts_may_fail = true;
  uint64_t starts = 0;
  std::map<std::string, uint64_t> started_at; ///< A worker's path -> number of its last start.
  std::map<std::string, restart> policies;
  std::map<std::string, caf::actor> workers; ///< The last incarnation at each path.
  std::vector<std::string> supervisors;      ///< Paths, relative to the root.
  std::vector<std::string> broken;           ///< Rules, each with its seed.
  uint64_t seed = 0;
  size_t settled = 0;

  void rule(bool holds, const std::string& what) {
    if (!holds) broken.push_back("seed " + std::to_string(seed) + ": " + what);
  }

  size_t pick(size_t n) { return static_cast<size_t>(dice() % n); }
  bool one_in(size_t n) { return pick(n) == 0; }

  child_spec random_worker(const std::string& path, const std::string& name) {
    child_spec spec;
    spec.name = name;
    spec.restart = static_cast<restart>(pick(3));
    spec.shutdown_timeout = milliseconds{5 + pick(30)};
    spec.backoff = {milliseconds{pick(20)}, 100ms, 0.2};
    auto m = one_in(5) ? manner::stubborn : manner::obedient;
    spec.start = [this, m, path, policy = spec.restart](const child_start& at) {
      policies[path] = policy;
      if (starts_may_fail && one_in(12)) throw std::runtime_error("no luck");
      started_at[path] = ++starts;
      return workers[path] = spawn_worker(at.parent, notes, path, m);
    };
    return spec;
  }

  supervisor_spec random_tree(const std::string& path, const std::string& name, size_t depth) {
    supervisor_spec spec;
    spec.name = name;
    spec.strategy = static_cast<strategy>(pick(3));
    spec.intensity = one_in(3) ? 3 : 1000;
    auto count = 1 + pick(4);
    for (size_t i = 0; i < count; ++i) {
      auto child = (depth > 0 && one_in(3) ? "s" : "w") + std::to_string(i);
      auto child_path = path + "/" + child;
      if (child[0] == 'w') {
        spec.children.push_back(random_worker(child_path, child));
        continue;
      }
      supervisors.push_back(child_path.substr(5)); // without "root/"
      policies[child_path] = restart::permanent;
      spec.children.push_back(subtree(random_tree(child_path, child, depth - 1), shared));
      spec.children.back().backoff = {5ms, 100ms, 0.2};
    }
    return spec;
  }

  caf::actor some_worker() {
    if (workers.empty()) return {};
    auto i = workers.begin();
    std::advance(i, pick(workers.size()));
    return i->second;
  }

  void step() {
    switch (pick(24)) {
    case 0:
    case 1:
      if (auto w = some_worker()) {
        static const char* commands[] = {"crash", "quit", "fail"};
        self->send(w, std::string{commands[pick(3)]});
      }
      break;
    case 2:
      if (auto w = some_worker())
        caf::anon_send_exit(w,
                            one_in(2) ? caf::exit_reason::kill : caf::exit_reason::user_shutdown);
      break;
    case 3:
      if (!supervisors.empty() && one_in(2))
        caf::anon_send_exit(at(supervisors[pick(supervisors.size())]), caf::exit_reason::kill);
      break;
    case 4:
      if (!supervisors.empty())
        self->send(root, kill_child{supervisors[pick(supervisors.size())] + "/w0"});
      break;
    case 5: {
      auto name = (one_in(2) ? "d" : "c") + std::to_string(pick(4)); // c: one of a crowd
      auto spec = random_worker("root/" + name, name);
      spec.listed = name[0] == 'd';
      self->send(root, call_owner{[spec](supervisor& s) { s.add(spec); }});
      break;
    }
    case 6: {
      auto name = (one_in(2) ? "d" : "c") + std::to_string(pick(4));
      self->send(root, call_owner{[name](supervisor& s) { s.remove(name); }});
      break;
    }
    case 7:
      caf::anon_send(root, get_tree{});
      break;
    case 8:
    case 9:
      advance_time(milliseconds{pick(40)});
      break;
    default:
      if (sched.jobs.empty()) break;
      std::swap(sched.jobs.front(), sched.jobs[pick(sched.jobs.size())]);
      sched.try_run_once();
    }
  }

  void check_settled(const tree_node& node, std::vector<std::string>& listed_leaves,
                     size_t& leaves) {
    auto grouped = node.strategy != "one_for_one";
    uint64_t previous = 0;
    bool in_crowd = false;
    for (const auto& c : node.children) {
      auto policy = policies.at(c.path);
      if (c.state == "stopped") {
        auto normal = c.last_reason == "normal" || c.last_reason == "shutdown";
        rule(policy == restart::temporary || (policy == restart::transient && normal),
             c.path + " is stopped against its policy: " + c.last_reason);
        continue;
      }
      rule(c.state == "running", c.path + " is " + c.state);
      rule(policy != restart::temporary || c.restarts == 0, c.path + " was restarted");
      if (!c.strategy.empty()) {
        check_settled(c, listed_leaves, leaves);
        continue;
      }
      ++leaves;
      rule(notes->living.count(c.path) == 1, c.path + " is not alive exactly once");
      if (c.name[0] != 'c') listed_leaves.push_back(c.path);
      // Whoever comes later in a group was started later. (A listed one may have been added later
      // than a crowd, and still comes before it.)
      auto crowd = c.name[0] == 'c';
      rule(!grouped || crowd != in_crowd || started_at.at(c.path) > previous,
           c.path + " started out of order");
      in_crowd = crowd;
      previous = started_at.at(c.path);
    }
  }

  void live_through() {
    dice.seed(seed);
    notes = std::make_shared<notebook>();
    shared = std::make_shared<services>(outside);
    root_end.reset();
    starts_may_fail = true;
    started_at.clear();
    policies.clear();
    workers.clear();
    supervisors.clear();
    auto spec = random_tree("root", "root", 2);
    root = sys.spawn(run_owner, spec, std::string{"root"}, shared);
    root->attach_functor([this](const caf::error& reason) { root_end = reason; });

    auto steps = 50 + pick(200);
    for (size_t i = 0; i < steps; ++i) step();
    auto interrupted = one_in(3);
    if (interrupted) {
      caf::anon_send_exit(root,
                          one_in(2) ? caf::exit_reason::kill : caf::exit_reason::user_shutdown);
      for (size_t i = 0; i < 50; ++i) step();
    }
    starts_may_fail = false;
    consume_messages();
    pass(2s, 10ms);
    rule(!interrupted || root_end, "the root survived its end");
    if (!root_end) {
      auto tree = ask<tree_node>(root, get_tree{});
      std::vector<std::string> listed;
      size_t leaves = 0;
      check_settled(tree, listed, leaves);
      rule(notes->living.size() == leaves, "someone lives outside the tree");
      ++settled;
      notes->lines.clear();
      caf::anon_send_exit(root, caf::exit_reason::user_shutdown);
      consume_messages();
      pass(2s, 10ms);
      // The listed ones end in reverse order, after the whole crowd.
      auto ends = notes->lines;
      rule(ends.size() == leaves, "more ends than leaves, or fewer");
      std::vector<std::string> expected;
      for (auto i = listed.rbegin(); i != listed.rend(); ++i) expected.push_back("-" + *i);
      rule(ends.size() >= expected.size() &&
               std::equal(expected.rbegin(), expected.rend(), ends.rbegin()),
           "stopped out of order");
      rule(root_end.has_value(), "the root does not stop");
    }
    rule(notes->living.empty(), "someone outlived the root");
    for (const auto& path : supervisors) rule(!at(path), path + " still has an actor in its slot");
    root = nullptr;
    workers.clear();
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(history_tests, chaos)

CAF_TEST(a thousand random histories keep the rules) {
  for (seed = 1; seed <= 1000; ++seed) live_through();
  CAF_CHECK_EQUAL(broken, std::vector<std::string>{});
  CAF_MESSAGE(settled << " histories settled, the others ended with their root");
  CAF_CHECK(settled > 200);
}

CAF_TEST_FIXTURE_SCOPE_END()
