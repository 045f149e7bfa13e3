#pragma once

#include "supervision/messages.hpp"
#include "supervision/supervisor.hpp"

#include <caf/all.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

/// Actors to supervise, and a notebook of what became of them. Everything runs on CAF's
/// deterministic scheduler, so plain containers do.
namespace steward::supervision::testing {

using namespace std::chrono_literals;

class seeded_world final : public world {
public:
  explicit seeded_world(uint64_t seed = 1) : generator_(seed) {}
  int64_t now_us() override { return 0; }
  uint64_t random() override { return generator_(); }

private:
  std::mt19937_64 generator_;
};

/// What happened, in order: "+a" started, "-a" ended.
struct notebook {
  std::vector<std::string> lines;
  std::multiset<std::string> living;

  void came(const std::string& name) {
    lines.push_back("+" + name);
    living.insert(name);
  }
  void went(const std::string& name) {
    lines.push_back("-" + name);
    living.erase(living.find(name));
  }
  /// The lines since the last call, joined.
  std::string news() {
    std::string text;
    for (const auto& line : lines) text += text.empty() ? line : " " + line;
    lines.clear();
    return text;
  }
};

/// A closure for the actor to run in its own context.
struct call {
  std::function<void(caf::event_based_actor*)> run;
};
/// The same for an actor that owns a supervisor.
struct call_owner {
  std::function<void(supervisor&)> run;
};

enum class manner { obedient, stubborn };

/// Obeys "crash" (throws), "quit", "fail" (quits with an error), "hang" and runs calls. A stubborn
/// one ignores being told to shut down.
inline caf::actor spawn_worker(caf::local_actor* parent, std::shared_ptr<notebook> notes,
                               std::string name, manner m = manner::obedient) {
  notes->came(name);
  auto behave = [m](caf::event_based_actor* self) -> caf::behavior {
    auto prepared = prepare(self);
    if (m == manner::stubborn) self->set_exit_handler([](caf::exit_msg&) {});
    return caf::message_handler{
        [self](const std::string& command) {
          if (command == "crash") throw std::runtime_error("it broke");
          if (command == "quit") self->quit();
          if (command == "fail") self->quit(make_error(supervision_errc::crashed, "it gave up"));
        },
        [self](const call& c) { c.run(self); },
    }
        .or_else(prepared);
  };
  auto worker = parent->spawn(behave);
  worker->attach_functor([notes, name] { notes->went(name); });
  return worker;
}

struct owner_state {
  std::unique_ptr<supervisor> core;
  static inline const char* name = "owner";
};

/// An actor with messages of its own that supervises, as a tenant does.
inline caf::behavior run_owner(caf::stateful_actor<owner_state>* self, supervisor_spec spec,
                               std::string path, std::shared_ptr<services> shared) {
  auto prepared = prepare(self);
  self->state.core = std::make_unique<supervisor>(self, std::move(spec), std::move(path), shared);
  self->state.core->start();
  return caf::message_handler{
      [self](const call_owner& c) { c.run(*self->state.core); },
      [](const std::string& command) {
        if (command == "crash") throw std::runtime_error("the owner broke");
      },
  }
      .or_else(self->state.core->handlers())
      .or_else(prepared);
}

} // namespace steward::supervision::testing

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::supervision::testing::call)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(steward::supervision::testing::call_owner)

#include "caf/test/dsl.hpp"

namespace steward::supervision::testing {

struct tree_config : caf::actor_system_config {
  tree_config() { add_message_types<caf::id_block::steward_supervision>(); }
};

struct tree_fixture : test_coordinator_fixture<tree_config> {
  seeded_world outside;
  std::shared_ptr<notebook> notes = std::make_shared<notebook>();
  std::shared_ptr<services> shared = std::make_shared<services>(outside);
  std::vector<lifecycle_event> events;
  caf::actor root;
  std::optional<caf::error> root_end;

  tree_fixture() {
    shared->report = [this](const lifecycle_event& e) { events.push_back(e); };
  }
  ~tree_fixture() override { end_root(); }

  void end_root() {
    if (!root) return;
    caf::anon_send_exit(root, caf::exit_reason::user_shutdown);
    run();
    root = nullptr;
  }

  child_spec worker(std::string name, restart policy = restart::permanent,
                    manner m = manner::obedient) {
    child_spec spec;
    spec.name = name;
    spec.restart = policy;
    spec.start = [notes = notes, name, m](const child_start& at) {
      return spawn_worker(at.parent, notes, name, m);
    };
    return spec;
  }
  /// Its first `failures` starts throw.
  child_spec late_bloomer(std::string name, int failures) {
    auto spec = worker(name);
    auto left = std::make_shared<int>(failures);
    spec.start = [start = spec.start, left](const child_start& at) {
      if (*left > 0) {
        --*left;
        throw std::runtime_error("not yet");
      }
      return start(at);
    };
    return spec;
  }

  static supervisor_spec plan(std::string name, strategy s, std::vector<child_spec> children,
                              unsigned intensity = 5) {
    return {std::move(name), s, intensity, 10s, std::move(children)};
  }

  void plant(supervisor_spec spec) {
    root = spawn_root(sys, std::move(spec), shared);
    watch_root();
  }
  /// The root is an actor of its own that owns a supervisor.
  void plant_owner(supervisor_spec spec) {
    auto path = spec.name;
    root = sys.spawn(run_owner, std::move(spec), path, shared);
    watch_root();
  }
  void watch_root() {
    root->attach_functor([this](const caf::error& reason) { root_end = reason; });
    consume_messages();
  }

  caf::actor at(const std::string& path) { return shared->slot(path)->get(); }
  void tell(const std::string& path, const std::string& command) {
    self->send(at(path), command);
    consume_messages();
  }
  void with_owner(std::function<void(supervisor&)> f) {
    self->send(root, call_owner{std::move(f)});
    consume_messages();
  }
  /// Lets time pass in small steps, so that timers fire when they are due.
  void pass(milliseconds time, milliseconds step = 1ms) {
    for (auto left = time; left > 0ms; left -= step) {
      advance_time(step);
      consume_messages();
    }
  }
  template <class T, class Message>
  T ask(const caf::actor& whom, Message message, milliseconds wait = 0ms) {
    auto asked = self->request(whom, caf::infinite, std::move(message));
    consume_messages();
    if (wait > 0ms) pass(wait);
    T result{};
    asked.receive([&](T& answer) { result = std::move(answer); },
                  [&](caf::error& e) { CAF_FAIL(sys.render(e)); });
    return result;
  }
  std::string end_text() { return root_end ? reason_text(sys, *root_end) : "alive"; }
  /// The lifecycle of one path: "started exited(it broke) restarting(it broke) started".
  std::string story(const std::string& path) {
    static const char* names[] = {"started", "exited", "restarting", "gave_up", "stopped"};
    std::string text;
    for (const auto& e : events) {
      if (e.path != path) continue;
      if (!text.empty()) text += " ";
      text += names[static_cast<int>(e.what)];
      if (!e.reason.empty()) text += "(" + e.reason + ")";
    }
    return text;
  }
};

} // namespace steward::supervision::testing
