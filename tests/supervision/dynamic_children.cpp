#define CAF_SUITE dynamic_children

#include "caf/test/dsl.hpp"
#include "tests/supervision/tree_fixture.hpp"

using namespace steward::supervision;
using namespace steward::supervision::testing;

namespace {

struct dynamic_fixture : tree_fixture {
  std::vector<std::string> gone;

  /// An owner with one static child "base" that notes who is gone.
  void plant_noting_owner(strategy s = strategy::one_for_one, unsigned intensity = 100) {
    plant_owner(plan("root", s, {worker("base")}, intensity));
    with_owner([this](supervisor& core) {
      core.on_gone = [this](const std::string& name, const caf::error& reason) {
        gone.push_back(name + ": " + reason_text(sys, reason));
      };
    });
    notes->news();
  }
  void add(child_spec spec) {
    with_owner([&](supervisor& s) { s.add(spec); });
  }
  void remove(const std::string& name) {
    with_owner([&](supervisor& s) { s.remove(name); });
  }
  size_t size() {
    size_t result = 0;
    with_owner([&](supervisor& s) { result = s.size(); });
    return result;
  }
  caf::actor child(const std::string& name) {
    caf::actor result;
    with_owner([&](supervisor& s) { result = s.child(name); });
    return result;
  }
  child_spec unlisted(child_spec spec) {
    spec.listed = false;
    return spec;
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(dynamic_tests, dynamic_fixture)

CAF_TEST(an added child runs at once and is supervised) {
  plant_noting_owner();
  caf::actor handle;
  with_owner([&](supervisor& s) {
    handle = s.add(worker("a"));
    CAF_CHECK_EQUAL(s.child("a"), handle);
  });
  CAF_CHECK(handle);
  tell("a", "crash");
  CAF_CHECK(!child("a"));
  pass(100ms);
  CAF_CHECK_EQUAL(notes->news(), "+a -a +a");
  CAF_CHECK(child("a"));
}

CAF_TEST(a dynamic child that ends for good is forgotten) {
  plant_noting_owner();
  add(worker("run", restart::transient));
  CAF_CHECK_EQUAL(size(), 2u);
  tell("run", "quit");
  CAF_CHECK_EQUAL(size(), 1u);
  CAF_REQUIRE_EQUAL(gone.size(), 1u);
  CAF_CHECK_EQUAL(gone[0], "run: normal");
}

CAF_TEST(a static child that ends for good stays known) {
  plant_owner(plan("root", strategy::one_for_one, {worker("once", restart::temporary)}));
  with_owner([this](supervisor& s) {
    s.on_gone = [this](const std::string& name, const caf::error&) { gone.push_back(name); };
  });
  tell("once", "crash");
  CAF_CHECK_EQUAL(gone.size(), 1u);
  CAF_CHECK_EQUAL(size(), 1u);
}

CAF_TEST(removing a child stops it first) {
  plant_noting_owner();
  add(worker("a"));
  remove("a");
  pass(1s, 10ms);
  CAF_CHECK_EQUAL(notes->news(), "+a -a");
  CAF_CHECK_EQUAL(size(), 1u);
  CAF_REQUIRE_EQUAL(gone.size(), 1u);
  CAF_CHECK_EQUAL(gone[0], "a: shutdown");
}

CAF_TEST(removing a stubborn child kills it after its timeout) {
  plant_noting_owner();
  auto spec = worker("a", restart::permanent, manner::stubborn);
  spec.shutdown_timeout = 100ms;
  add(spec);
  remove("a");
  pass(99ms);
  CAF_CHECK_EQUAL(size(), 2u);
  pass(1ms);
  CAF_CHECK_EQUAL(size(), 1u);
  CAF_CHECK_EQUAL(gone.at(0), "a: killed");
}

CAF_TEST(removing a child that waits for its restart forgets it) {
  plant_noting_owner();
  add(worker("a"));
  tell("a", "crash");
  remove("a");
  pass(1s, 10ms);
  CAF_CHECK_EQUAL(notes->news(), "+a -a");
  CAF_CHECK_EQUAL(size(), 1u);
  CAF_CHECK_EQUAL(gone.size(), 1u);
}

CAF_TEST(removing an unknown name does nothing) {
  plant_noting_owner();
  remove("nobody");
  CAF_CHECK_EQUAL(size(), 1u);
}

CAF_TEST(adding a name that lives answers the one that lives) {
  plant_noting_owner();
  caf::actor first;
  caf::actor second;
  with_owner([&](supervisor& s) { first = s.add(worker("a")); });
  with_owner([&](supervisor& s) { second = s.add(worker("a")); });
  CAF_CHECK_EQUAL(first, second);
  CAF_CHECK_EQUAL(notes->news(), "+a");
}

CAF_TEST(adding the name of a child that is being removed waits for its end) {
  plant_noting_owner();
  auto slow = worker("a", restart::permanent, manner::stubborn);
  slow.shutdown_timeout = 50ms;
  add(slow);
  caf::actor handle;
  with_owner([&](supervisor& s) {
    s.remove("a");
    handle = s.add(worker("a"));
  });
  CAF_CHECK(!handle);
  CAF_CHECK_EQUAL(notes->news(), "+a");
  pass(60ms);
  CAF_CHECK_EQUAL(notes->news(), "-a +a");
  CAF_CHECK(child("a"));
  CAF_CHECK_EQUAL(at("a"), child("a"));
}

CAF_TEST(removing again withdraws the successor) {
  plant_noting_owner();
  add(worker("a"));
  with_owner([&](supervisor& s) {
    s.remove("a");
    s.add(worker("a"));
    s.remove("a");
  });
  CAF_CHECK_EQUAL(notes->news(), "+a -a");
  CAF_CHECK_EQUAL(size(), 1u);
}

CAF_TEST(a static child that ended is replaced by an added one) {
  plant_owner(plan("root", strategy::one_for_one, {worker("once", restart::temporary)}));
  tell("once", "quit");
  add(worker("once"));
  CAF_CHECK(child("once"));
  CAF_CHECK_EQUAL(size(), 1u);
}

CAF_TEST(a child that does not start is tried again by its policy) {
  plant_noting_owner();
  caf::actor handle;
  with_owner([&](supervisor& s) { handle = s.add(late_bloomer("a", 2)); });
  CAF_CHECK(!handle);
  pass(200ms);
  CAF_CHECK(child("a"));
}

CAF_TEST(a temporary child that does not start is gone at once) {
  plant_noting_owner();
  auto spec = late_bloomer("a", 1);
  spec.restart = restart::temporary;
  add(spec);
  CAF_CHECK_EQUAL(size(), 1u);
  CAF_CHECK_EQUAL(gone.at(0), "a: did not start: not yet");
}

CAF_TEST(a child that crashes again and again can be given up) {
  plant_noting_owner();
  std::vector<std::string> asked;
  with_owner([&](supervisor& s) {
    s.on_crash = [&](const std::string& name, unsigned crashes, const std::string& reason) {
      asked.push_back(name + " " + std::to_string(crashes) + " " + reason);
      return crashes < 5;
    };
  });
  add(worker("poisoned", restart::transient));
  for (int i = 0; i < 5; ++i) {
    tell("poisoned", "crash");
    pass(400ms);
  }
  CAF_REQUIRE_EQUAL(asked.size(), 5u);
  CAF_CHECK_EQUAL(asked[0], "poisoned 1 it broke");
  CAF_CHECK_EQUAL(asked[4], "poisoned 5 it broke");
  CAF_CHECK_EQUAL(size(), 1u);
  CAF_CHECK_EQUAL(gone.at(0), "poisoned: it broke");
  CAF_CHECK_EQUAL(events.back().path, "root/poisoned");
  CAF_CHECK(events.back().what == lifecycle_event::kind::gave_up);
}

CAF_TEST(giving up does not count against the intensity) {
  plant_noting_owner(strategy::one_for_one, 0);
  with_owner([&](supervisor& s) {
    s.on_crash = [](const std::string&, unsigned, const std::string&) { return false; };
  });
  for (int i = 0; i < 10; ++i) {
    add(worker("a"));
    tell("a", "crash");
  }
  CAF_CHECK(!root_end);
  CAF_CHECK_EQUAL(gone.size(), 10u);
}

CAF_TEST(progress starts the crash count over) {
  plant_noting_owner();
  unsigned last = 0;
  with_owner([&](supervisor& s) {
    s.on_crash = [&](const std::string&, unsigned crashes, const std::string&) {
      last = crashes;
      return true;
    };
  });
  add(worker("a"));
  tell("a", "crash");
  pass(100ms);
  tell("a", "crash");
  pass(100ms);
  CAF_CHECK_EQUAL(last, 2u);
  with_owner([](supervisor& s) { s.progressed("a"); });
  tell("a", "crash");
  CAF_CHECK_EQUAL(last, 1u);
}

CAF_TEST(hooks may add and remove children) {
  plant_noting_owner();
  with_owner([&](supervisor& s) {
    s.on_gone = [&](const std::string& name, const caf::error&) {
      if (name == "a") s.add(worker("b", restart::transient));
      if (name == "b") s.remove("base");
    };
    s.on_crash = [&](const std::string& name, unsigned, const std::string&) {
      s.remove(name);
      return true;
    };
  });
  add(worker("a", restart::transient));
  tell("a", "crash");
  tell("b", "quit");
  CAF_CHECK_EQUAL(notes->news(), "+a -a +b -b -base");
  CAF_CHECK_EQUAL(size(), 0u);
}

CAF_TEST(a hook may stop the owner) {
  plant_noting_owner();
  with_owner([](supervisor& s) {
    s.on_gone = [&s](const std::string&, const caf::error&) { s.stop({}); };
  });
  add(worker("a", restart::temporary));
  tell("a", "quit");
  CAF_CHECK_EQUAL(end_text(), "normal");
  CAF_CHECK(notes->living.empty());
}

CAF_TEST(a start function may remove its own child) {
  plant_noting_owner();
  with_owner([&](supervisor& s) {
    for (bool fails : {false, true}) {
      auto spec = worker("a");
      spec.start = [&s, fails, start = spec.start](const child_start& at) {
        s.remove("a");
        if (fails) throw std::runtime_error("and fails");
        return start(at);
      };
      s.add(spec);
    }
  });
  CAF_CHECK_EQUAL(notes->news(), "+a -a");
  pass(1s, 10ms);
  CAF_CHECK_EQUAL(size(), 1u);
}

CAF_TEST(a start function may stop its owner) {
  plant_noting_owner();
  with_owner([&](supervisor& s) {
    auto spec = worker("a");
    spec.start = [&s, start = spec.start](const child_start& at) {
      s.stop({});
      return start(at);
    };
    s.add(spec);
  });
  CAF_CHECK_EQUAL(end_text(), "normal");
  CAF_CHECK_EQUAL(notes->news(), "+a -a -base");
}

CAF_TEST(nothing can be added to an owner that stops) {
  plant_noting_owner();
  auto slow = worker("slow", restart::permanent, manner::stubborn);
  slow.shutdown_timeout = 50ms;
  add(slow);
  with_owner([&](supervisor& s) {
    s.stop({});
    CAF_CHECK(!s.add(worker("late")));
  });
  pass(100ms);
  CAF_CHECK(root_end.has_value());
  CAF_CHECK_EQUAL(gone.size(), 0u); // nor is anyone reported gone
}

CAF_TEST(dynamic children take part in a group restart) {
  plant_noting_owner(strategy::one_for_all);
  add(worker("a"));
  add(worker("once", restart::temporary));
  notes->news();
  tell("base", "crash");
  pass(100ms);
  CAF_CHECK_EQUAL(notes->news(), "-base -once -a +base +a");
  CAF_CHECK_EQUAL(gone.at(0), "once: shutdown");
}

CAF_TEST(a child added during a group restart starts with the group) {
  plant_noting_owner(strategy::one_for_all);
  tell("base", "crash");
  caf::actor handle;
  with_owner([&](supervisor& s) { handle = s.add(worker("a")); });
  CAF_CHECK(!handle);
  pass(100ms);
  CAF_CHECK_EQUAL(notes->news(), "-base +base +a");
}

CAF_TEST(the crowd stops together and before the listed children) {
  plant_noting_owner();
  for (auto name : {"r1", "r2"}) {
    auto run = unlisted(worker(name, restart::transient, manner::stubborn));
    run.shutdown_timeout = 100ms;
    add(run);
  }
  add(worker("agent"));
  notes->news();
  with_owner([](supervisor& s) { s.stop({}); });
  pass(99ms);
  CAF_CHECK_EQUAL(notes->news(), "");
  pass(1ms); // Both at once, not one after the other.
  CAF_CHECK_EQUAL(notes->news(), "-r1 -r2 -agent -base");
}

CAF_TEST(of the crowd only failures are reported and nobody has a slot) {
  plant_noting_owner();
  events.clear();
  add(unlisted(worker("good", restart::transient)));
  add(unlisted(worker("bad", restart::transient)));
  CAF_CHECK(!at("good"));
  self->send(child("good"), std::string{"quit"});
  self->send(child("bad"), std::string{"crash"});
  consume_messages();
  pass(100ms);
  CAF_CHECK_EQUAL(story("root/good"), "");
  CAF_CHECK_EQUAL(story("root/bad"), "exited(it broke) restarting(it broke)");
}

CAF_TEST(ten thousand short children leave nothing behind) {
  plant_noting_owner();
  for (int i = 0; i < 10'000; ++i)
    add(unlisted(worker("r" + std::to_string(i), restart::transient)));
  CAF_CHECK_EQUAL(size(), 10'001u);
  for (int i = 0; i < 10'000; ++i) self->send(child("r" + std::to_string(i)), std::string{"quit"});
  consume_messages();
  CAF_CHECK_EQUAL(size(), 1u);
  CAF_CHECK_EQUAL(gone.size(), 10'000u);
  CAF_CHECK_EQUAL(notes->living.size(), 1u);
  CAF_CHECK(!sched.has_pending_timeout());
}

CAF_TEST_FIXTURE_SCOPE_END()
