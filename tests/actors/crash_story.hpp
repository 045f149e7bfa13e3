#pragma once

#include "actors/history.hpp"
#include "tests/actors/steward_rig.hpp"
#include "workflow/reader.hpp"

#include <map>
#include <set>

/// One story with a bit of everything that the server does, told by clients that repeat what was
/// answered `unavailable`, and what must be true of it whoever crashes in its course.
namespace steward::actors::testing {

constexpr auto client_pause = 150ms; ///< Before a request is repeated or a feed resumed.

/// A client with one wish: it asks until it has an answer that tells it something.
struct client {
  std::string name;
  std::function<void(reply_slot)> ask;
  std::function<bool()> ready = [] { return true; };
  std::function<void(const reply&)> got = [](const reply&) {};
  std::optional<reply> answer;
  std::vector<asked> attempts;
  int64_t next_us = 0; ///< Not before.
};

class crash_story {
public:
  explicit crash_story(uint64_t seed = 1) : rig({}, nullptr, seed) {
    rig.service.answers = [this](const delivery& d) { return answer(d); };
    rig.service.on_delivery = [this](const delivery& d) { check_cause(d); };
    deploy_all();
    witness_ = rig.read_feed({.subscription = 0,
                              .tenant = {},
                              .after = uint64_t{0},
                              .types = {},
                              .subject = {},
                              .run = {}});
    hear(witness_);
    invite_clients();
  }

  /// Goes on for one message, or, when none waits, to the next thing that happens: a client asks,
  /// the service answers, a timer. False when the story is over.
  bool step() {
    if (rig.deliver()) {
      ++messages;
      return true;
    }
    if (poke_clients() || resume_feed() || rig.service.answer_next()) return true;
    if (over()) return false;
    const auto timer = rig.next_timer();
    if (rig.now_us() > began_us_ + 600'000'000) throw std::runtime_error("it hangs");
    const auto pause = std::chrono::duration_cast<std::chrono::nanoseconds>(client_pause);
    const bool far = !timer || *timer > rig.sched.clock().now() + pause;
    if (far && !timer && !impatient()) throw std::runtime_error("nothing will ever happen");
    if (far && impatient())
      rig.sched.clock().advance_time(pause);
    else
      rig.sched.trigger_timeout();
    return true;
  }

  /// Everything that must hold, in the end; each violation is one line.
  std::vector<std::string> verify() {
    rig.pass(20s); // whatever is still on its way
    check_answers();
    check_runs();
    check_feed();
    check_service();
    check_tree();
    return problems;
  }

  /// What came out, by client: equal stories have equal outcomes.
  std::map<std::string, std::string> outcomes;
  std::vector<std::string> problems;
  size_t messages = 0;
  steward_rig rig;

private:
  // --- the story ---

  void deploy_all() {
    const std::string retried = R"(
            catch: {retry: {delay: PT1S, limit: {attempt: {count: 20}}}})";
    rig.deploy("plain", "do: [{give: {set: {name: '${ .name }', plain: true}}}]");
    rig.deploy("pause", "do: [{rest: {wait: PT5S}}, {done: {set: {name: '${ .name }'}}}]");
    rig.deploy("charge", R"(
do:
  - each:
      for: {each: n, in: '[1, 2]'}
      do:
        - guard:
            try: [{ask: {call: http, with: {method: post, endpoint: 'http://svc/charge/{name}',
                         body: {n: '${ $n }'}, query: {n: '${ $n }'}}}}, {back: {set: {name: '${ .name }'}}}])" +
                             retried + "\n");
    rig.deploy("child", R"(
do:
  - rest: {wait: PT2S}
  - ask: {call: http, with: {method: get, endpoint: 'http://svc/child/{name}'}}
)");
    rig.deploy("family", R"(
do:
  - aside: {run: {workflow: {namespace: test, name: plain, version: '1.0.0', input: {name: aside}},
                  await: false}}
  - quick: {run: {workflow: {namespace: test, name: plain, version: '1.0.0'}}}
  - slow: {run: {workflow: {namespace: test, name: child, version: '1.0.0'}}}
)");
    rig.deploy("forever", "do: [{rest: {wait: P1D}}]");
    rig.deploy("careless", R"(
do: [{child: {run: {workflow: {namespace: test, name: forever, version: '1.0.0'}}}}]
)");
  }

  void invite_clients() {
    for (const auto* name : {"plain", "pause", "charge", "family", "careless"}) wants(name, name);
    wants("pause", "waited", 20s);
    wants("plain", "plain_waited", 5s);
    wants("charge", "held");
    controls("held", run_action::suspend, "suspend", [this] { return exists("held"); });
    controls("held", run_action::resume, "resume",
             [this] { return answered("suspend") && rig.now_us() > began_us_ + 8'000'000; });
    controls("careless", run_action::cancel, "cancel",
             [this] { return exists("careless") && rig.now_us() > began_us_ + 3'000'000; });
    began_us_ = rig.now_us();
  }

  void wants(const std::string& workflow, const std::string& name, milliseconds wait = 0ms) {
    client c;
    c.name = name;
    c.ask = [this, workflow, name, wait](reply_slot slot) {
      rig.to_tenant(start_run{"default", "test", workflow, "", R"({"name":")" + name + "\"}",
                              "key-" + name, wait},
                    std::move(slot));
    };
    c.got = [this, name](const reply& r) {
      if (r.what == reply::kind::failed) return;
      const auto read = workflow::parse_json(r.json);
      const auto id = read->get("id");
      runs_[name] = *run_id::parse(id.as_string());
      const auto row = rig.reader->get_run("default", runs_[name]);
      if (!row || !*row) problems.push_back(name + " was accepted and is not stored");
    };
    clients_.push_back(std::move(c));
  }

  void controls(const std::string& whom, run_action action, const std::string& name,
                std::function<bool()> ready) {
    client c;
    c.name = name;
    c.ask = [this, whom, action](reply_slot slot) {
      rig.to_tenant(control_run{"default", runs_.at(whom), action}, std::move(slot));
    };
    c.ready = std::move(ready);
    clients_.push_back(std::move(c));
  }

  bool exists(const std::string& name) const { return runs_.contains(name); }
  bool answered(const std::string& name) const {
    for (const auto& c : clients_)
      if (c.name == name) return c.answer.has_value();
    return false;
  }

  bool poke_clients() {
    bool any = false;
    for (auto& c : clients_) {
      if (c.answer) continue;
      if (!c.attempts.empty() && c.next_us == 0) {
        if (!c.attempts.back().answered()) continue;
        const auto r = c.attempts.back().answer();
        if (r.what == reply::kind::failed && r.why.code == ec::unavailable) {
          c.next_us = rig.now_us() + std::chrono::microseconds{client_pause}.count();
          continue;
        }
        c.answer = r;
        any = true;
        continue;
      }
      if (!c.ready() || rig.now_us() < c.next_us) continue;
      c.next_us = 0;
      c.attempts.emplace_back();
      c.attempts.back().sink()->on_answer = c.got;
      c.ask(reply_slot{c.attempts.back().sink()});
      any = true;
    }
    return any;
  }

  /// Whether somebody waits for time to pass who has no timer in the server.
  bool impatient() const {
    for (const auto& c : clients_)
      if (!c.answer) return true;
    return witness_->closed.has_value();
  }

  // --- the feed's reader ---

  void hear(const std::shared_ptr<feed_witness>& w) {
    w->on_item = [this](const feed_item& item) {
      if (item.sequence == 0) return;
      if (item.sequence != heard_ + 1)
        problems.push_back("the feed gave " + std::to_string(item.sequence) + " after " +
                           std::to_string(heard_));
      heard_ = item.sequence;
      if (rig.reader->feed_range("default")->newest < item.sequence)
        problems.push_back("the feed told what is not durable");
    };
  }
  bool resume_feed() {
    if (!witness_->closed) return false;
    if (resume_us_ == 0)
      resume_us_ = rig.now_us() + std::chrono::microseconds{client_pause}.count();
    if (rig.now_us() < resume_us_ || !rig.n->feed->get()) return false;
    resume_us_ = 0;
    witness_ = rig.read_feed(
        {.subscription = 0, .tenant = {}, .after = heard_, .types = {}, .subject = {}, .run = {}});
    hear(witness_);
    return true;
  }

  // --- the service ---

  /// Charges fail the first time they are answered.
  static connectors::http_answer answer(const delivery& d) {
    if (d.order.url.find("/charge/") != std::string::npos && d.before == 0)
      return fake_service::says(503, "{}");
    const auto from = d.order.url.rfind('/') + 1;
    const auto name = d.order.url.substr(from, d.order.url.find('?') - from);
    return fake_service::says(200, R"({"name":")" + name + R"("})");
  }

  /// The journal as it is stored must want this call, at the moment when it reaches the service.
  void check_cause(const delivery& d) {
    const auto stored = rig.reader->load_run("default", d.order.id.run);
    if (!stored || !*stored) return problems.push_back("a call of a run that is not stored");
    const auto m = rebuilt(**stored);
    for (const auto& c : m.outstanding())
      if (const auto* call = std::get_if<workflow::http_call>(&c))
        if (call->effect == d.order.id.effect && call->idempotency_key == d.key) return;
    problems.push_back("a call before its cause was durable: " + d.key);
  }

  workflow::machine rebuilt(const store::stored_run& stored) {
    auto& d = definitions_[stored.row.workflow_id];
    if (!d) {
      const auto source = rig.reader->workflow_by_id(stored.row.workflow_id);
      d = workflow::read_definition((*source)->source).value();
    }
    workflow::machine m{d, rig.settings.tenant.machine};
    replay(m, stored);
    return m;
  }

  // --- the end ---

  bool over() {
    for (const auto& c : clients_)
      if (!c.answer) return false;
    const auto counts = rig.reader->count_runs("default").value();
    for (size_t s = 0; s < counts.size(); ++s)
      if (counts[s] > 0 && !workflow::is_final(static_cast<run_status>(s))) return false;
    if (witness_->closed) return false;
    return heard_ == rig.reader->feed_range("default")->newest;
  }

  void check_answers() {
    for (const auto& c : clients_) {
      for (const auto& a : c.attempts)
        if (a.sink()->got.size() != 1)
          problems.push_back(c.name + " got " + std::to_string(a.sink()->got.size()) + " answers");
      if (c.answer && c.answer->what == reply::kind::failed &&
          // Repeating a control that was done already is a conflict.
          !(c.answer->why.code == ec::conflict && c.attempts.size() > 1))
        problems.push_back(c.name + " failed: " + c.answer->why.detail);
    }
  }

  void check_runs() {
    std::set<std::string> seen;
    for (const auto& row : rig.runs()) {
      auto label = row.workflow.name + row.input;
      if (row.parent) label += "<" + rig.row(*row.parent).workflow.name;
      if (!seen.insert(label).second) problems.push_back("doubled: " + label);
      if (!workflow::is_final(row.status)) problems.push_back("not ended: " + label);
      outcomes[label] =
          std::string{workflow::to_string(row.status)} + " " + row.output.value_or("");
      const auto m = rebuilt(**rig.reader->load_run("default", row.id));
      if (m.status() != row.status || (row.output && workflow::to_json(m.output()) != *row.output))
        problems.push_back("replay differs: " + label);
    }
    if (!rig.reader->timers({}, 10)->empty()) problems.push_back("a timer was left behind");
  }

  void check_feed() {
    std::map<std::string, std::pair<int, int>> told;
    uint64_t last = 0;
    for (const auto& e : rig.events()) {
      if (e.sequence != ++last) problems.push_back("a hole in the stored feed");
      if (e.type == "io.serverlessworkflow.workflow.started.v1") ++told[e.subject].first;
      for (const auto s : {run_status::completed, run_status::faulted, run_status::cancelled})
        if (e.type ==
            "io.serverlessworkflow.workflow." + std::string{workflow::to_string(s)} + ".v1")
          ++told[e.subject].second;
    }
    for (const auto& row : rig.runs())
      if (told["runs/" + row.id.text()] != std::pair{1, 1})
        problems.push_back("not one start and one end in the feed: " + row.workflow.name);
  }

  void check_service() {
    std::map<std::string, std::set<std::string>> keys; // by what a step is for the service
    std::set<std::string> steps_of_key;
    for (const auto& d : rig.service.deliveries) keys[d.order.url].insert(d.key);
    for (const auto& [url, of_step] : keys) {
      if (of_step.size() != 1) problems.push_back("several keys for " + url);
      if (!steps_of_key.insert(*of_step.begin()).second) problems.push_back("shared key: " + url);
    }
    outcomes["steps"] = std::to_string(keys.size());
  }

  void check_tree() {
    rig.control(run_id{}, run_action::cancel); // loads the tenant, if nothing else did
    rig.pass(1s);
    for (const auto* path :
         {"store", "store/journal", "store/library", "store/queries", "store/loader", "feed",
          "timers", "http_client", "tenants", "tenants/default", "tenants/default/runner"})
      if (!rig.at(path)) problems.push_back("not there: " + std::string{path});
    check_running(rig.tree());
  }
  void check_running(const supervision::tree_node& t) {
    if (t.state != "running") problems.push_back(t.path + " is " + t.state);
    for (const auto& c : t.children) check_running(c);
  }

  std::vector<client> clients_;
  std::map<std::string, run_id> runs_; ///< By client, those that were accepted.
  std::map<int64_t, std::shared_ptr<const workflow::definition>> definitions_;
  std::shared_ptr<feed_witness> witness_;
  uint64_t heard_ = 0;
  int64_t resume_us_ = 0, began_us_ = 0;
};

} // namespace steward::actors::testing
