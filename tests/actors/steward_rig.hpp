#pragma once

#include "actors/local_messages.hpp"
#include "actors/node.hpp"
#include "app/tree.hpp"
#include "caf/test/dsl.hpp"
#include "store/sqlite/engine.hpp"
#include "supervision/messages.hpp"
#include "supervision/supervisor.hpp"
#include "tests/actors/fake_service.hpp"
#include "tests/actors/witnesses.hpp"

#include <caf/all.hpp>
#include <spdlog/spdlog.h>

#include <filesystem>
#include <random>
#include <stdlib.h>

/// The whole server except its gateway, on a scheduler and a clock that the test drives: one
/// message at a time, time only when the test lets it pass. The store is a real one in a temporary
/// folder, the outside world a fake service.
namespace steward::actors::testing {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

/// The coordinator's clock as the world's, so that delayed messages and the actors agree.
class clock_world final : public world {
public:
  explicit clock_world(uint64_t seed) : generator_(seed) {}
  void follow(const caf::actor_clock& clock) { clock_ = &clock; }
  int64_t now_us() override {
    using namespace std::chrono;
    return 1'700'000'000'000'000 + stepped_us +
           duration_cast<microseconds>(clock_->now().time_since_epoch()).count();
  }
  int64_t stepped_us = 0; ///< Somebody has set the clock.
  uint64_t random() override { return generator_(); }

private:
  const caf::actor_clock* clock_ = nullptr;
  std::mt19937_64 generator_;
};

class temporary_folder {
public:
  temporary_folder() {
    auto pattern = (std::filesystem::temp_directory_path() / "steward-actors-XXXXXX").string();
    if (!::mkdtemp(pattern.data())) throw std::runtime_error{"can't make a folder for the test"};
    path_ = pattern;
  }
  ~temporary_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;
  const std::filesystem::path& path() const { return path_; }

private:
  std::filesystem::path path_;
};

struct rig_config : caf::actor_system_config {
  rig_config() {
    add_message_types<caf::id_block::steward_supervision>();
    add_message_types<caf::id_block::steward_messages>();
  }
};

/// Puts an engine of the test's own in front of the real one.
using engine_wrapper =
    std::function<std::shared_ptr<store::engine>(std::shared_ptr<store::engine>)>;

struct steward_rig : test_coordinator_fixture<rig_config> {
  explicit steward_rig(config::settings s = {}, engine_wrapper wrap = nullptr, uint64_t seed = 1)
      : settings(std::move(s)), outside(seed) {
    spdlog::set_level(spdlog::level::off);
    outside.follow(sched.clock());
    auto opened = store::sqlite::open({folder.path() / "steward.db", false});
    if (!opened) CAF_FAIL(opened.error().reason);
    engine = std::move(opened).value();
    if (wrap) engine = wrap(std::move(engine));
    reader = std::move(engine->open_reader()).value();
    boot();
  }
  ~steward_rig() override { shut_down(); }

  // --- the server's life ---

  void boot() {
    n = std::make_shared<node>(settings, outside, engine);
    root = supervision::spawn_root(
        sys,
        app::server_tree(
            n, [this] { return service.connect(); }, nullptr, app::blocking_actors::scheduler),
        n->services);
    settle();
  }
  void shut_down() {
    if (!root) return;
    caf::anon_send_exit(root, caf::exit_reason::user_shutdown);
    end_of_root();
  }
  /// The whole server crashes. `boot` starts another on the same store.
  void crash_server() {
    kill(root);
    end_of_root();
  }

  // --- time and messages ---

  /// One message; false when none waits.
  bool deliver() { return sched.try_run_once(); }
  void settle() {
    while (deliver()) {
    }
  }
  /// The time of the next timer, if there is one.
  std::optional<caf::actor_clock::time_point> next_timer() const {
    const auto& schedule = sched.clock().schedule();
    if (schedule.empty()) return std::nullopt;
    return schedule.begin()->first;
  }
  /// Lets time pass, stopping at each timer on the way. The service answers at once.
  void pass(milliseconds time) {
    const auto until = sched.clock().now() + time;
    while (true) {
      settle();
      if (service_answers && service.answer_next()) continue;
      const auto next = next_timer();
      if (!next || *next > until) break;
      sched.trigger_timeout();
    }
    if (sched.clock().now() < until) sched.clock().advance_time(until - sched.clock().now());
    settle();
  }
  int64_t now_us() { return outside.now_us(); }

  // --- who is there ---

  caf::actor at(const std::string& path) const { return n->services->slot(path)->get(); }
  /// The actor of a run that is awake, else an invalid handle. Only its tenant sees a message for
  /// that.
  caf::actor run_now(const tenant_id& tenant, const run_id& id) {
    const auto owner = at("tenants/" + tenant);
    if (!owner) return {};
    caf::actor handle;
    auto found = self->request<caf::message_priority::high>(owner, caf::infinite,
                                                            supervision::get_child{id.text()});
    for (int tries = 0; self->mailbox().empty() && tries < 1000; ++tries)
      if (!sched.prioritize(owner) || !deliver()) break;
    found.receive([&](const caf::actor& a) { handle = a; }, [](const caf::error&) {});
    return handle;
  }
  supervision::tree_node tree() {
    auto question = self->request(root, caf::infinite, supervision::get_tree{});
    settle();
    supervision::tree_node answer;
    question.receive([&](supervision::tree_node& t) { answer = std::move(t); },
                     [&](caf::error& e) { CAF_FAIL(sys.render(e)); });
    return answer;
  }
  /// Ends the actor before it sees another message, as a crash would. What its end sets off is
  /// delivered later. False when it had ended before.
  bool kill(const caf::actor& whom) {
    if (!whom) return false;
    auto dead = std::make_shared<bool>(false);
    whom->attach_functor([dead](const caf::error&) { *dead = true; });
    if (*dead) return false;
    auto end = caf::make_mailbox_element(nullptr, caf::make_message_id(caf::message_priority::high),
                                         {}, caf::exit_msg{whom.address(), caf::exit_reason::kill});
    whom->enqueue(std::move(end), nullptr);
    while (!*dead && sched.prioritize(whom) && sched.try_run_once()) {
    }
    if (!*dead) CAF_FAIL("an actor could not be killed");
    return true;
  }

  // --- what clients do, as the gateway does it ---

  template <class Message>
  asked ask(const std::string& path, Message message) {
    asked a;
    send_to(at(path), std::move(message), reply_slot{a.sink()});
    return a;
  }
  template <class Message>
  asked ask_tenant(Message message) {
    asked a;
    to_tenant(std::move(message), reply_slot{a.sink()});
    return a;
  }
  template <class Message>
  void to_tenant(Message message, reply_slot slot) {
    const auto way = n->tenant_doors->find(message.tenant);
    const auto handle = way ? way->actor() : caf::actor{};
    if (!handle) return send_to(n->tenants->get(), std::move(message), std::move(slot));
    auto admitted = way->try_enter(outside.now_us());
    if (!admitted)
      return slot.answer(reply::error({ec::overloaded, "at the limit", {}, admitted.retry_after}));
    caf::anon_send(handle, std::move(message), std::move(slot), std::move(admitted.pass));
  }
  template <class Message>
  static void send_to(const caf::actor& whom, Message message, reply_slot slot) {
    if (whom) caf::anon_send(whom, std::move(message), std::move(slot));
  }

  /// Deploys `do: ...` under test/<name> version 1.0.0.
  void deploy(const std::string& name, const std::string& tasks,
              const std::string& version = "1.0.0", const tenant_id& tenant = "default") {
    auto a = ask("store/library", deploy_workflow{tenant, definition(name, tasks, version)});
    settle();
    if (a.word() != "created") CAF_FAIL(name << ": " << a.word() << " " << a.answer().why.detail);
  }
  static std::string definition(const std::string& name, const std::string& tasks,
                                const std::string& version = "1.0.0") {
    return "document: {dsl: '1.0.3', namespace: test, name: " + name + ", version: '" + version +
           "'}\n" + tasks;
  }
  asked start(const std::string& name, const std::string& input = "{}", const std::string& key = {},
              milliseconds wait = 0ms, const tenant_id& tenant = "default") {
    return ask_tenant(start_run{tenant, "test", name, "", input, key, wait});
  }
  asked control(const run_id& id, run_action action) {
    return ask_tenant(control_run{"default", id, action});
  }
  /// Starts a run and delivers everything that can be delivered without time passing.
  run_id started(const std::string& name, const std::string& input = "{}") {
    auto a = start(name, input);
    settle();
    if (a.word() != "accepted") CAF_FAIL(name << ": " << a.word());
    return a.run();
  }
  std::shared_ptr<feed_witness> read_feed(subscribe_feed wants) {
    auto witness = std::make_shared<feed_witness>();
    wants.subscription = ++subscriptions_;
    if (wants.tenant.empty()) wants.tenant = "default";
    subscribe(std::move(wants), witness);
    return witness;
  }
  void subscribe(subscribe_feed wants, const std::shared_ptr<feed_witness>& witness) {
    feed_reader who{std::make_shared<witness_sink>(witness)};
    if (const auto feed = n->feed->get()) caf::anon_send(feed, std::move(wants), std::move(who));
  }

  // --- what is durable ---

  run_row row(const run_id& id, const tenant_id& tenant = "default") {
    auto found = reader->get_run(tenant, id);
    if (!found || !*found) CAF_FAIL("no run " << id.text() << " in the store");
    return **found;
  }
  std::string status(const run_id& id) { return std::string{workflow::to_string(row(id).status)}; }
  std::vector<run_row> runs(const tenant_id& tenant = "default") {
    return reader
        ->list_runs(tenant, {.status = {},
                             .workflow_namespace = {},
                             .workflow_name = {},
                             .before = {},
                             .limit = 200})
        .value();
  }
  std::vector<feed_event> events(const tenant_id& tenant = "default") {
    return reader->feed_after(tenant, 0, 10'000).value();
  }

  temporary_folder folder;
  const config::settings settings;
  clock_world outside;
  fake_service service;
  bool service_answers = true; ///< `pass` lets the service answer.
  std::shared_ptr<store::engine> engine;
  std::unique_ptr<store::reader> reader; ///< Sees what is committed, and nothing else.
  std::shared_ptr<node> n;
  caf::actor root;
  size_t of_the_test =
      1; ///< Actors that are no part of the server: `self`, and what a test spawns.

private:
  /// Takes no time, unless an actor ignores its end: that one is killed when its time is up.
  void end_of_root() {
    root = nullptr;
    settle();
    while (sys.registry().running() > of_the_test && sched.trigger_timeout()) settle();
    if (sys.registry().running() > of_the_test) CAF_ERROR("an actor outlives the server");
    // What the server wanted to be told later is of no use to the next one.
    sched.clock().cancel_all();
    n.reset();
  }

  uint64_t subscriptions_ = 0;
};

} // namespace steward::actors::testing
