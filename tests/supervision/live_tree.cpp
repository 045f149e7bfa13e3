#define CAF_SUITE live_tree

#include "caf/test/dsl.hpp"
#include "tests/supervision/tree_fixture.hpp"

using namespace steward::supervision;
using namespace steward::supervision::testing;

namespace {

/// "root[a,inner[x,y]]" with states other than running in parentheses.
std::string shape(const tree_node& n) {
  auto text = n.name;
  if (n.state != "running") text += "(" + n.state + ")";
  if (n.children.empty()) return text;
  text += "[";
  for (const auto& c : n.children) text += (text.back() == '[' ? "" : ",") + shape(c);
  return text + "]";
}

const tree_node& below(const tree_node& n, const std::string& name) {
  for (const auto& c : n.children)
    if (c.name == name) return c;
  throw std::runtime_error("no node " + name);
}

/// An actor that keeps every question for itself.
caf::behavior mute(caf::event_based_actor* self,
                   const std::shared_ptr<std::vector<caf::response_promise>>& kept) {
  return {
      [=](const get_mailbox&) {
        kept->push_back(self->make_response_promise());
        return kept->back();
      },
      [=](const call& c) { c.run(self); },
  };
}

struct tree_tests_fixture : tree_fixture {
  std::shared_ptr<std::vector<caf::response_promise>> kept =
      std::make_shared<std::vector<caf::response_promise>>();

  child_spec mute_worker(std::string name) {
    child_spec spec;
    spec.name = std::move(name);
    spec.start = [kept = kept](const child_start& at) { return at.parent->spawn(mute, kept); };
    return spec;
  }
  supervisor_spec two_levels() {
    auto inner = plan("inner", strategy::rest_for_one, {worker("x"), worker("y")});
    return plan("root", strategy::one_for_one, {worker("a"), subtree(inner, shared)});
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(tree_tests, tree_tests_fixture)

CAF_TEST(the tree shows every level) {
  plant(two_levels());
  pass(40ms);
  auto tree = ask<tree_node>(root, get_tree{});
  CAF_CHECK_EQUAL(shape(tree), "root[a,inner[x,y]]");
  CAF_CHECK_EQUAL(tree.path, "root");
  CAF_CHECK_EQUAL(tree.strategy, "one_for_one");
  const auto& inner = below(tree, "inner");
  CAF_CHECK_EQUAL(inner.strategy, "rest_for_one");
  CAF_CHECK_EQUAL(inner.path, "root/inner");
  CAF_CHECK_EQUAL(below(inner, "y").path, "root/inner/y");
  CAF_CHECK_EQUAL(below(inner, "y").strategy, "");
  CAF_CHECK_EQUAL(below(inner, "y").up_us, 40'000);
  CAF_CHECK_EQUAL(below(inner, "y").last_reason, "");
}

CAF_TEST(the tree shows restarts and why the last incarnation ended) {
  plant(two_levels());
  pass(1s, 10ms);
  tell("inner/x", "crash");
  auto during = ask<tree_node>(root, get_tree{});
  CAF_CHECK_EQUAL(shape(during), "root[a,inner[x(starting),y(starting)]]");
  pass(50ms);
  auto after = ask<tree_node>(root, get_tree{});
  CAF_CHECK_EQUAL(shape(after), "root[a,inner[x,y]]");
  const auto& x = below(below(after, "inner"), "x");
  CAF_CHECK_EQUAL(x.restarts, 1u);
  CAF_CHECK_EQUAL(x.last_reason, "it broke");
  CAF_CHECK(x.up_us > 0 && x.up_us < 1'000'000);
}

CAF_TEST(the tree shows who is stopping and who has ended) {
  auto slow = worker("slow", restart::permanent, manner::stubborn);
  plant(plan("root", strategy::one_for_one, {worker("once", restart::temporary), slow}));
  tell("once", "quit");
  caf::anon_send_exit(root, caf::exit_reason::user_shutdown);
  consume_messages();
  auto tree = ask<tree_node>(root, get_tree{});
  CAF_CHECK_EQUAL(shape(tree), "root(stopping)[once(stopped),slow(stopping)]");
}

CAF_TEST(the tree shows how much mail waits) {
  plant(two_levels());
  auto asked = self->request(root, caf::infinite, get_tree{});
  sched.run_once(); // root asks inner,
  sched.prioritize(at("inner"));
  sched.run_once(); // which asks x; the question overtakes the mail.
  for (int i = 0; i < 7; ++i) self->send(at("inner/x"), std::string{"work"});
  consume_messages();
  asked.receive(
      [&](tree_node& tree) { CAF_CHECK_EQUAL(below(below(tree, "inner"), "x").mailbox, 7u); },
      [&](caf::error& e) { CAF_FAIL(sys.render(e)); });
}

CAF_TEST(a child that does not answer in time is busy) {
  plant(plan("root", strategy::one_for_one, {worker("a"), mute_worker("m")}));
  auto tree = ask<tree_node>(root, get_tree{}, 300ms);
  CAF_CHECK_EQUAL(shape(tree), "root[a,m(busy)]");
}

CAF_TEST(a stuck leaf does not make its ancestors look busy) {
  auto deep = plan("deep", strategy::one_for_one, {mute_worker("m"), worker("x")});
  auto inner = plan("inner", strategy::one_for_one, {subtree(deep, shared)});
  plant(plan("root", strategy::one_for_one, {subtree(inner, shared)}));
  auto tree = ask<tree_node>(root, get_tree{}, 300ms);
  CAF_CHECK_EQUAL(shape(tree), "root[inner[deep[m(busy),x]]]");
}

CAF_TEST(a stuck child is asked once however often the tree is looked at) {
  plant(plan("root", strategy::one_for_one, {mute_worker("m")}));
  for (int i = 0; i < 10; ++i) ask<tree_node>(root, get_tree{}, 300ms);
  CAF_CHECK_EQUAL(kept->size(), 1u);
  self->send(at("m"), call{[&](auto*) { kept->front().deliver(uint64_t{3}); }});
  consume_messages();
  kept->clear();
  ask<tree_node>(root, get_tree{}, 300ms);
  CAF_CHECK_EQUAL(kept->size(), 1u); // It has answered, so it is asked again.
}

CAF_TEST(who asks meanwhile gets the same answer) {
  plant(plan("root", strategy::one_for_one, {mute_worker("m")}));
  auto first = self->request(root, caf::infinite, get_tree{});
  auto second = self->request(root, caf::infinite, get_tree{});
  consume_messages();
  pass(300ms);
  int answers = 0;
  auto on_tree = [&](tree_node& tree) {
    ++answers;
    CAF_CHECK_EQUAL(shape(tree), "root[m(busy)]");
  };
  auto on_error = [&](caf::error& e) { CAF_FAIL(sys.render(e)); };
  first.receive(on_tree, on_error);
  second.receive(on_tree, on_error);
  CAF_CHECK_EQUAL(answers, 2);
  CAF_CHECK_EQUAL(kept->size(), 1u);
}

CAF_TEST(a survey costs one timer) {
  std::vector<child_spec> children;
  for (int i = 0; i < 100; ++i) children.push_back(mute_worker("m" + std::to_string(i)));
  plant(plan("root", strategy::one_for_one, children));
  auto asked = self->request(root, caf::infinite, get_tree{});
  consume_messages();
  CAF_CHECK_EQUAL(sched.clock().schedule().size(), 1u);
  pass(300ms);
  CAF_CHECK_EQUAL(sched.clock().schedule().size(), 0u);
  asked.receive([](tree_node&) {}, [&](caf::error& e) { CAF_FAIL(sys.render(e)); });
}

CAF_TEST(a child that dies during the survey is shown as it is then) {
  plant(plan("root", strategy::one_for_one, {worker("a"), worker("b")}));
  self->send(at("b"), std::string{"crash"});
  auto asked = self->request(root, caf::infinite, get_tree{});
  consume_messages();
  asked.receive(
      [&](tree_node& tree) {
        CAF_CHECK(below(tree, "b").state == "starting" || below(tree, "b").state == "running");
      },
      [&](caf::error& e) { CAF_FAIL(sys.render(e)); });
}

CAF_TEST(a supervisor that quits during the survey answers what it has) {
  plant(plan("root", strategy::one_for_one, {mute_worker("m")}));
  auto asked = self->request(root, caf::infinite, get_tree{});
  caf::anon_send_exit(root, caf::exit_reason::user_shutdown);
  consume_messages();
  CAF_CHECK(root_end.has_value());
  int answers = 0;
  asked.receive([&](tree_node&) { ++answers; }, [&](caf::error& e) { CAF_FAIL(sys.render(e)); });
  CAF_CHECK_EQUAL(answers, 1);
}

CAF_TEST(two hundred children are shown and the rest counted) {
  plant_owner(plan("root", strategy::one_for_one, {worker("base")}));
  with_owner([&](supervisor& s) {
    for (int i = 0; i < 300; ++i) {
      auto run = worker("r" + std::to_string(i), restart::transient);
      run.listed = false;
      s.add(run);
    }
    s.add(worker("agent"));
  });
  auto tree = ask<tree_node>(root, get_tree{});
  CAF_CHECK_EQUAL(tree.children.size(), 200u);
  CAF_CHECK_EQUAL(tree.hidden, 102u);
  CAF_CHECK_EQUAL(tree.children[0].name, "base");
  CAF_CHECK_EQUAL(tree.children[1].name, "agent"); // Listed ones come first.
}

CAF_TEST(a child is killed by its path and restarted) {
  plant(two_levels());
  notes->news();
  CAF_CHECK(ask<bool>(root, kill_child{"a"}));
  CAF_CHECK_EQUAL(notes->news(), "-a");
  CAF_CHECK(ask<bool>(root, kill_child{"inner/x"}));
  pass(100ms);
  CAF_CHECK_EQUAL(story("root/inner/x"), "started exited(killed) restarting(killed) started");
}

CAF_TEST(a whole subtree is killed by its path and restarted) {
  plant(two_levels());
  notes->news();
  CAF_CHECK(ask<bool>(root, kill_child{"inner"}));
  pass(100ms);
  CAF_CHECK_EQUAL(notes->living.size(), 3u);
  CAF_CHECK_EQUAL(story("root/inner"), "started exited(killed) restarting(killed) started");
}

CAF_TEST(a path that leads nowhere kills nobody) {
  plant(two_levels());
  for (auto path : {"", "b", "inner/", "inner/z", "a/x", "inner/x/deep", "/a", "/"})
    CAF_CHECK(!ask<bool>(root, kill_child{path}));
  CAF_CHECK_EQUAL(notes->living.size(), 3u);
}

CAF_TEST(a child that is down cannot be killed) {
  plant(two_levels());
  tell("a", "crash");
  CAF_CHECK(!ask<bool>(root, kill_child{"a"}));
}

CAF_TEST(a kill overtakes the mail of the child) {
  plant(two_levels());
  int handled = 0;
  auto a = at("a");
  for (int i = 0; i < 50; ++i) self->send(a, call{[&](caf::event_based_actor*) { ++handled; }});
  self->send(root, kill_child{"a"});
  sched.prioritize(root);
  sched.run_once();
  consume_messages();
  CAF_CHECK(handled < 5);
  CAF_CHECK(!at("a"));
}

CAF_TEST(names may contain slashes) {
  plant(plan("root", strategy::one_for_one, {worker("runs/1"), worker("a")}));
  CAF_CHECK(ask<bool>(root, kill_child{"runs/1"}));
  CAF_CHECK_EQUAL(notes->living.count("runs/1"), 0u);
}

CAF_TEST(a child is found by its path) {
  plant(two_levels());
  CAF_CHECK_EQUAL(ask<caf::actor>(root, get_child{"inner/y"}), at("inner/y"));
  CAF_CHECK(at("inner/y"));
  CAF_CHECK(!ask<caf::actor>(root, get_child{"inner/nobody"}));
}

CAF_TEST(the answers can travel between nodes) {
  tree_node node;
  node.name = "n";
  node.children.resize(2);
  node.children[1].last_reason = "because";
  auto sent = roundtrip(caf::make_message(node, kill_child{"a/b"}, get_tree{42}, get_child{"a"}));
  CAF_REQUIRE((sent.match_elements<tree_node, kill_child, get_tree, get_child>()));
  CAF_CHECK_EQUAL(sent.get_as<tree_node>(0).children.at(1).last_reason, "because");
  CAF_CHECK_EQUAL(sent.get_as<kill_child>(1).path, "a/b");
  CAF_CHECK_EQUAL(sent.get_as<get_tree>(2).patience_ms, 42u);
  CAF_CHECK_EQUAL(sent.get_as<get_child>(3).path, "a");
}

CAF_TEST_FIXTURE_SCOPE_END()
