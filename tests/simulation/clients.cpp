#include "tests/simulation/clients.hpp"

#include "workflow/json.hpp"

namespace steward::simulation {

namespace {

constexpr int64_t retry_pause_us = 400'000;

/// Hands the one answer on, unless its connection is broken.
class answer_line final : public reply_sink {
public:
  explicit answer_line(std::function<void(const reply&)> hand) : hand_(std::move(hand)) {}
  void answer(reply r) override { hand_(r); }

private:
  std::function<void(const reply&)> hand_;
};

} // namespace

void clients::invite(size_t starters, const std::vector<tenant_id>& tenants, int64_t within_us) {
  std::vector<const sample_workflow*> wanted;
  for (const auto& w : sample_workflows())
    if (!w.child) wanted.push_back(&w);
  for (size_t i = 0; i < starters; ++i) {
    const auto s = std::make_shared<starter>();
    s->tenant = tenants[chance_.below(tenants.size())];
    s->workflow = wanted[chance_.below(wanted.size())];
    s->input =
        R"({"name":"r)" + std::to_string(i) + R"(","n":)" + std::to_string(chance_.below(3)) + "}";
    // Who wants to cancel it has to learn its id in the end.
    if (s->workflow->endless || !chance_.one_in(4)) s->key = "key-" + std::to_string(i);
    if (chance_.one_in(3)) s->wait = std::chrono::milliseconds{chance_.between(1, 10'000)};
    later(chance_.between(0, within_us), [this, s] { start(s); });
  }
}

void clients::later(int64_t pause_us, std::function<void()> what) {
  ++wishes_;
  later_.add(now_us_() + pause_us, [this, what = std::move(what)] {
    what();
    --wishes_;
  });
}

// --- asking ---

void clients::ask(const sending& send, told then) {
  const auto number = ++asked_;
  auto* const to = server_();
  open_.emplace(number, question{to, std::move(then)});
  ++wishes_;
  const auto line = std::make_shared<answer_line>([this, number](const reply& r) {
    const auto found = open_.find(number);
    if (found == open_.end()) return; // its connection broke before
    const auto hand = std::move(found->second.then);
    open_.erase(found);
    hand(&r);
    --wishes_;
  });
  if (to)
    send(*to, reply_slot{line});
  else
    line->answer(reply::error(ec::unavailable, "nobody listens"));
}

void clients::disconnected(const process& from) {
  std::vector<told> broken;
  std::erase_if(open_, [&](auto& each) {
    if (each.second.to != &from) return false;
    broken.push_back(each.second.then);
    return true;
  });
  for (const auto& then : broken) {
    then(nullptr);
    --wishes_;
  }
}

bool clients::says_nothing(const reply& r) {
  return r.what == reply::kind::failed &&
         (r.why.code == ec::unavailable || r.why.code == ec::overloaded);
}

void clients::insist(sending send, std::function<void(const reply&)> then) {
  ask(send, [this, send, then](const reply* r) {
    if (r && !says_nothing(*r)) return then(*r);
    later(chance_.pause(retry_pause_us) + 50'000, [this, send, then] { insist(send, then); });
  });
}

// --- starting ---

void clients::start(const starter_ptr& s) {
  const auto send = [s](process& server, reply_slot slot) {
    server.ask_tenant(start_run{s->tenant, "sim", s->workflow->name, "", s->input, s->key, s->wait},
                      std::move(slot));
  };
  if (!s->key.empty()) return insist(send, [this, s](const reply& r) { started(s, r); });
  // Whoever can't repeat a request does not learn what became of it.
  ask(send, [this, s](const reply* r) {
    if (r && !says_nothing(*r)) started(s, *r);
  });
}

void clients::started(const starter_ptr& s, const reply& r) {
  if (r.what == reply::kind::failed) return audit_.note("a start was refused: " + r.why.detail);
  const auto document = workflow::parse_json(r.json);
  const auto id = document->get("id");
  const auto run = run_id::parse(id.as_string());
  if (!run) return audit_.note("an answer without a run: " + r.json);
  if (s->run && *s->run != *run) audit_.note("two runs for one key: " + s->key);
  const bool again = s->run.has_value();
  s->run = run;
  audit_.promised(s->tenant, *run, r.what == reply::kind::ok && s->wait.count() > 0);
  if (again) return;
  if (!s->key.empty() && chance_.one_in(5)) // its answer was lost on the way
    later(chance_.pause(3'000'000), [this, s] { start(s); });
  if (chance_.one_in(3)) later(chance_.pause(8'000'000), [this, s] { look_at(s); });
  if (s->workflow->endless || chance_.one_in(8))
    later(chance_.pause(6'000'000), [this, s] { control(s, run_action::cancel, [] {}); });
  if (chance_.one_in(6))
    later(chance_.pause(5'000'000), [this, s] {
      control(s, run_action::suspend, [this, s] {
        later(chance_.pause(5'000'000), [this, s] { control(s, run_action::resume, [] {}); });
      });
    });
}

// --- controlling and looking ---

void clients::control(const starter_ptr& s, run_action action, std::function<void()> then) {
  if (action == run_action::cancel) audit_.cancel_asked(*s->run);
  insist(
      [s, action](process& server, reply_slot slot) {
        server.ask_tenant(control_run{s->tenant, *s->run, action}, slot);
      },
      [this, then](const reply& r) {
        // It may have ended, or been done already when the answer was lost.
        if (r.what == reply::kind::failed && r.why.code != ec::conflict)
          audit_.note("a control was refused: " + r.why.detail);
        then();
      });
}

void clients::look_at(const starter_ptr& s) {
  const bool history = chance_.coin();
  insist(
      [s, history](process& server, reply_slot slot) {
        const auto queries = server.at("store/queries");
        if (history)
          server.ask(queries, get_history{s->tenant, *s->run}, std::move(slot));
        else
          server.ask(queries, get_run{s->tenant, *s->run}, std::move(slot));
      },
      [this](const reply& r) {
        if (r.what == reply::kind::failed)
          audit_.note("an accepted run can't be seen: " + r.why.detail);
      });
}

} // namespace steward::simulation
