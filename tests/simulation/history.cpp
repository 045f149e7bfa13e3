#include "tests/simulation/history.hpp"

#include "actors/local_messages.hpp"
#include "messages/digest.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace steward::simulation {

namespace {

constexpr size_t steps_max = 200'000;
constexpr int64_t rest_within_us = 30LL * 24 * 3600 * 1'000'000;

const std::vector<tenant_id>& tenants() {
  static const std::vector<tenant_id> all{"acme", "zeta"};
  return all;
}

/// Ends the handler that waits for the disk when its process has ended.
struct process_is_gone : std::runtime_error {
  process_is_gone() : std::runtime_error("the process is gone") {}
};

} // namespace

// --- the wall clock: it may jump, the time that passes does not ---

class history::wall_clock final : public world {
public:
  wall_clock(uint64_t seed, const process& p, auditor& audit)
      : chance_(seed), process_(p), audit_(audit) {}
  int64_t now_us() override {
    const auto now = 1'700'000'000'000'000 + process_.now_us() + ahead_us_;
    audit_.clock_shows(now);
    return now;
  }
  uint64_t random() override { return chance_.next(); }
  void jump(int64_t us) { ahead_us_ += us; }

private:
  dice chance_;
  const process& process_;
  auditor& audit_;
  int64_t ahead_us_ = 0;
};

// --- one process's way to the disk ---

class history::disk_line final : public disk_access {
public:
  disk_line(history& h, server& s) : h_(h), server_(s), cut_(s.cut) {}

  answer may_commit() override {
    if (*cut_ || server_.crash_due || !h_.audit_.content() || server_.off_database)
      return answer::refuse;
    if (h_.trouble() && h_.chance_.one_in(h_.plan_.commits_fail_one_in)) return answer::refuse;
    if (h_.sabotage_ == sabotage::lying_disk && h_.chance_.one_in(20)) return answer::lie;
    take_time();
    return answer::write;
  }
  void committed(std::span<const write_batch* const> group, store::commit_report& report) override {
    h_.audit_.committed(group, report);
    take_time();
    // The answer to a commit may be lost with the way to the database.
    if (server_.off_database) throw process_is_gone{};
  }
  bool may_read() override {
    return !*cut_ && !server_.off_database &&
           !(h_.trouble() && h_.chance_.one_in(h_.plan_.reads_fail_one_in));
  }
  void read_feed(std::vector<feed_event>& page) override {
    if (h_.sabotage_ == sabotage::skips_feed_event && page.size() > 2) page.erase(page.begin() + 1);
  }

private:
  /// The writer's thread is blocked; everybody else goes on. A process that ends in the middle
  /// leaves the group on disk or not, and tells nobody.
  void take_time() {
    if (h_.trouble()) {
      if (h_.plan_.commit_us > 0) h_.live_for(server_, h_.chance_.pause(h_.plan_.commit_us));
      if (h_.chance_.one_in(h_.plan_.commits_stall_one_in)) h_.live_for(server_, 3'000'000);
    }
    if (server_.crash_due || !h_.audit_.content()) throw process_is_gone{};
  }

  history& h_;
  server& server_;
  std::shared_ptr<bool> cut_;
};

// --- a history's course ---

history::history(uint64_t seed, sabotage s, size_t keep, size_t servers)
    : seed_(seed), sabotage_(s), keep_(keep), chance_(seed),
      plan_(servers > 1 ? fault_plan::of_cluster(chance_) : fault_plan::of(chance_)),
      settings_(fault_plan::settings(chance_)), disk_(std::make_shared<memory_disk>()),
      audit_(*disk_, settings_.tenant.machine),
      network_(
          chance_, later_, [this] { return now_us(); }, servers),
      cluster_([this] { return now_us(); },
               std::chrono::microseconds{settings_.cluster.lease}.count()),
      service_(chance_, later_, [this] { return now_us(); }),
      clients_(
          chance_, later_, audit_, [this] { return server_to_ask(); }, [this] { return now_us(); }),
      readers_(
          chance_, later_, audit_, *disk_, [this] { return server_to_ask(); },
          [this] { return now_us(); }) {
  spdlog::set_level(spdlog::level::off);
  for (size_t i = 0; i < servers; ++i) {
    auto& made = *servers_.emplace_back(std::make_unique<server>());
    made.number = i;
    made.wall = std::make_unique<wall_clock>(chance_.next(), made.life, audit_);
    // Clocks of several machines differ; the first one's is right.
    if (i > 0 && chance_.coin()) made.wall->jump(chance_.pause(plan_.jump_us));
  }
  service_.temper = plan_.service;
  service_.on_request = [this](const auto& order, const auto& key) { audit_.called(order, key); };
}

history::~history() {
  for (const auto& s : servers_) s->life.crash();
}

verdict history::tell() {
  deploy();
  clients_.invite(static_cast<size_t>(chance_.between(4, 16)), tenants(), plan_.until_us / 2);
  readers_.invite(tenants());
  later_.add(plan_.until_us, [this] {
    service_.temper = {};
    readers_.calm();
    heal();
  });
  for (const auto& s : servers_) boot(*s);
  while (audit_.content()) {
    const auto due = std::ranges::find_if(servers_, [](const auto& s) { return s->crash_due; });
    if (due != servers_.end()) {
      crash(**due);
      continue;
    }
    if (ready() == 0 && at_rest()) break;
    step(std::numeric_limits<int64_t>::max());
  }
  if (audit_.content()) check_at_rest();
  for (const auto& s : servers_) {
    *s->cut = true;
    clients_.disconnected(s->life);
  }
  verdict_.seed = seed_;
  verdict_.violations = audit_.violations;
  for (const auto& [name, t] : disk_->tenants) verdict_.runs += t.runs.size();
  verdict_.last_messages.assign(last_.begin(), last_.end());
  return verdict_;
}

void history::deploy() {
  std::vector<write_batch> batches;
  for (const auto& tenant : tenants())
    for (const auto& w : sample_workflows()) {
      const auto source = source_of(w);
      batches.push_back(
          {tenant,
           {put_workflow{{0, {"sim", w.name, "1.0.0"}, sha256_digest(source), source, 1}}}});
    }
  std::vector<const write_batch*> group;
  for (const auto& b : batches) group.push_back(&b);
  disk_->commit(group);
}

void history::boot(server& s) {
  s.cut = std::make_shared<bool>(false);
  s.line = std::make_shared<disk_line>(*this, s);
  std::shared_ptr<cluster_part> part;
  if (clustered()) {
    // A server that can't reach the database when it starts is started again.
    if (s.off_database) return later_.add(now_us() + 500'000, [this, &s] { boot(s); });
    part = std::make_shared<cluster_part>(cluster_, "n" + std::to_string(s.number),
                                          [&s, cut = s.cut] { return !*cut && !s.off_database; });
  }
  s.life.boot(
      settings_, *s.wall, open_memory_store(disk_, s.line, part),
      [this, cut = s.cut] { return service_.connect(cut); },
      [this, number = s.number, cut = s.cut](cluster::transport_events events) {
        return network_.connect(number, cut, std::move(events));
      });
}

void history::crash(server& s) {
  s.crash_due = false;
  ++verdict_.crashes;
  remember("server " + std::to_string(s.number) + " crashes");
  *s.cut = true;
  clients_.disconnected(s.life);
  readers_.disconnected(s.life);
  s.life.crash();
  freeze(s, false);
  damage_disk();
  audit_.check_disk();
  later_.add(now_us() + chance_.pause(3'000'000), [this, &s] { boot(s); });
}

size_t history::ready() const {
  size_t sum = 0;
  for (const auto& s : servers_)
    if (!s->frozen) sum += s->life.ready();
  return sum;
}

history::server& history::any_server() {
  return *servers_[clustered() ? chance_.below(servers_.size()) : 0];
}

process* history::server_to_ask() {
  auto& s = any_server();
  return s.life.up() ? &s.life : nullptr;
}

void history::step(int64_t until_us) {
  if (++steps_ > steps_max || now_us() > plan_.until_us + rest_within_us)
    return audit_.note("it never comes to rest: " + what_is_missing());
  if (trouble()) strike();
  bool crash_due = false;
  for (const auto& s : servers_) {
    if (s->life.up() && s->life.gave_up()) s->crash_due = true;
    crash_due = crash_due || s->crash_due;
  }
  if (!audit_.content() || crash_due || later_.do_one(now_us())) return;
  if (ready() > 0 && !chance_.one_in(50)) return deliver_one();
  pass_time(until_us);
}

void history::pass_time(int64_t until_us) {
  auto next = until_us;
  if (const auto at = later_.next()) next = std::min(next, *at);
  for (const auto& s : servers_)
    if (const auto at = s->life.next_timer_us(); at && !s->frozen) next = std::min(next, *at);
  if (ready() > 0) next = std::min(next, now_us() + chance_.pause(50'000));
  if (next == std::numeric_limits<int64_t>::max())
    return audit_.note("nothing will ever happen: " + what_is_missing());
  for (const auto& s : servers_) s->life.advance_to(next);
}

void history::live_for(const server& who, int64_t us) {
  const auto until = now_us() + us;
  while ((now_us() < until || who.frozen) && audit_.content() && !who.crash_due) {
    step(who.frozen ? std::numeric_limits<int64_t>::max() : until);
    // Somebody is to crash, which can't happen in here.
    if (std::ranges::any_of(servers_, [](const auto& s) { return s->crash_due; })) return;
  }
}

void history::deliver_one() {
  auto n = plan_.in_order ? 0 : chance_.below(ready());
  for (const auto& each : servers_) {
    auto& s = *each;
    if (s.frozen) continue;
    if (n >= s.life.ready()) {
      n -= s.life.ready();
      continue;
    }
    const auto m = s.life.peek(n);
    if (!m) return s.life.deliver(n);
    if (trouble() && disturb(s, *m)) return;
    audit_.message(*m);
    count(s, *m);
    if (wakes_timers(s, *m)) return watch_timers(s, n);
    if (const auto* arm = m->is<arm_timer>(); arm && sabotage_ == sabotage::early_timer)
      caf::anon_send(s.life.actors().tenant_or_loader(arm->tenant),
                     timer_due{arm->tenant, arm->run, arm->effect});
    if (m->is<perform_call>() && sabotage_ == sabotage::swallows_call)
      return s.life.put_off(*m, now_us() + 2 * rest_within_us);
    return s.life.deliver(n);
  }
}

// --- what goes wrong ---

void history::strike() {
  auto& s = any_server();
  if (!s.life.up() || s.frozen) return;
  if (plan_.crashes_left > 0 && chance_.one_in(plan_.crashes_one_in)) {
    --plan_.crashes_left;
    s.crash_due = true;
  } else if (plan_.kills_left > 0 && chance_.one_in(plan_.kills_one_in)) {
    --plan_.kills_left;
    kill_someone(s);
  } else if (chance_.one_in(plan_.jumps_one_in)) {
    const auto us = chance_.pause(plan_.jump_us);
    s.wall->jump(chance_.coin() ? us : -us);
    remember("the clock jumps");
  } else if (plan_.cuts_left > 0 && chance_.one_in(plan_.cuts_one_in)) {
    --plan_.cuts_left;
    cut_something(s);
  }
}

/// For a while: shorter than a lease, or longer.
void history::cut_something(server& s) {
  const auto lasts = chance_.pause(3 * cluster_.lease_us()) + 10'000;
  const auto number = s.number;
  const auto what = chance_.below(5);
  const auto off_others = [this, number](bool cut, bool both) {
    for (size_t other = 0; other < servers_.size(); ++other) {
      if (other == number) continue;
      network_.mute(number, other, cut);
      if (both) network_.mute(other, number, cut);
    }
  };
  const bool nodes = what != 1 && what != 4, both = what != 2;
  const bool database = what == 1 || what == 3;
  remember("server " + std::to_string(number) + (what == 4 ? " stands still" : " is cut off from") +
           (nodes ? " the others" : "") + (nodes && !both ? ", one way" : "") +
           (database ? " the database" : ""));
  if (what == 4) freeze(s, true);
  if (nodes) off_others(true, both);
  if (database) s.off_database = true;
  later_.add(now_us() + lasts, [this, &s, nodes, both, database, what, off_others] {
    if (what == 4) freeze(s, false);
    if (nodes) off_others(false, both);
    if (database) s.off_database = false;
  });
}

void history::heal() {
  for (const auto& s : servers_) {
    freeze(*s, false);
    s->off_database = false;
    for (size_t other = 0; other < servers_.size(); ++other)
      if (other != s->number) network_.mute(s->number, other, false);
  }
}

void history::freeze(server& s, bool frozen) {
  if (s.frozen == frozen) return;
  s.frozen = frozen;
  network_.freeze(s.number, frozen);
}

void history::kill_someone(server& s) {
  if (s.life.ready() > 0 && chance_.coin()) {
    const auto m = s.life.peek(chance_.below(s.life.ready()));
    if (m) kill(s, m->handle(), name_of(s, m->receiver->id()));
    return;
  }
  if (!lately_.empty() && chance_.one_in(3)) { // a run that waits, most often
    const auto& [of, whom] = lately_[chance_.below(lately_.size())];
    if (of == &s) return kill(s, caf::actor_cast<caf::actor>(whom), name_of(s, whom.id()));
  }
  std::vector<std::string> paths{"store",         "store/journal", "store/library",
                                 "store/queries", "store/loader",  "timers",
                                 "feed",          "http_client",   "tenants"};
  if (clustered()) paths.insert(paths.end(), {"cluster", "cluster/membership", "cluster/router"});
  const auto which = chance_.below(paths.size() + 2 * tenants().size());
  auto path =
      which < paths.size() ? paths[which] : "tenants/" + tenants()[which % tenants().size()];
  if (which >= paths.size() && chance_.coin()) path += "/runner";
  kill(s, s.life.at(path), path);
}

void history::kill(server& s, const caf::actor& whom, const std::string& name) {
  if (!whom || whom == s.life.root()) return;
  ++verdict_.kills;
  remember(name + " is killed");
  s.life.kill(whom);
}

bool history::disturb(server& s, const waiting_message& m) {
  // Those that may come twice or late by contract. What a run asks of its tenant keeps its order.
  if (!m.is<timer_due>() && !m.is<call_done>() && !m.is<child_done>() && !m.is<perform_call>() &&
      !m.is<arm_timer>())
    return false;
  // A call of an actor that has ended is late in no real process: its successor has sent it again.
  if (m.is<perform_call>() && process::sender_has_ended(m)) {
    s.life.discard(m);
    return true;
  }
  if (chance_.one_in(plan_.repeats_one_in)) s.life.repeat(m, now_us() + chance_.pause(10'000'000));
  if (!chance_.one_in(plan_.put_off_one_in)) return false;
  s.life.put_off(m, now_us() + chance_.pause(5'000'000));
  return true;
}

void history::damage_disk() {
  for (auto& [name, t] : disk_->tenants)
    for (auto& [id, run] : t.runs) {
      if (sabotage_ == sabotage::loses_journal_entry && !run.journal.empty())
        return run.journal.pop_back();
      if (sabotage_ == sabotage::loses_run) {
        t.runs.erase(id);
        return;
      }
    }
}

// --- what is looked at ---

bool history::wakes_timers(const server& s, const waiting_message& m) {
  return m.element->content().match_elements<caf::atom_value, uint64_t>() &&
         m.handle() == s.life.actors().timers->get();
}

/// Sees what the timers tell whom in one turn.
void history::watch_timers(server& s, size_t n) {
  const auto timers = s.life.actors().timers->get();
  if (timers.id() != std::exchange(s.timers_actor, timers.id())) s.told_timers.clear();
  std::vector<std::pair<caf::actor, size_t>> receivers;
  for (const auto& tenant : tenants())
    if (const auto handle = s.life.actors().tenant_or_loader(tenant))
      receivers.emplace_back(handle, process::waiting<timer_due>(handle).size());
  s.life.deliver(n);
  for (const auto& [handle, before] : receivers) {
    auto told = process::waiting<timer_due>(handle);
    told.erase(told.begin(), told.begin() + static_cast<std::ptrdiff_t>(before));
    std::erase_if(told,
                  [&s](const auto& t) { return !s.told_timers.emplace(t.run, t.effect).second; });
    audit_.timers_told(told);
  }
}

bool history::at_rest() const {
  if (trouble() || !clients_.done() || !readers_.done()) return false;
  // A timer that was armed late, when it was no longer wanted, goes when it has come due.
  if (!disk_->timers.empty()) return false;
  // With several servers that may be a day, in which they look at each other every second.
  for (const auto& s : servers_)
    if (!s->life.up() || (!clustered() && s->life.actors().counters.timers_armed != 0))
      return false;
  for (const auto& [name, t] : disk_->tenants)
    for (const auto& [id, run] : t.runs)
      if (!workflow::is_final(run.row.status)) return false;
  if (!clustered()) return true;
  // Every shard has a server, and all have their share.
  size_t shards = 0;
  for (const auto& s : servers_) {
    const auto has = static_cast<size_t>(s->life.actors().counters.shards_here.load());
    if (has < shard_count / servers_.size()) return false;
    shards += has;
  }
  return shards == shard_count;
}

void history::check_at_rest() {
  audit_.check_end();
  for (const auto& s : servers_) {
    if (s->life.actors().counters.runs_awake != 0) audit_.note("actors of ended runs are left");
    for (const auto* path : {"store", "store/journal", "store/library", "store/queries",
                             "store/loader", "feed", "timers", "http_client", "tenants"})
      if (!s->life.at(path)) audit_.note(std::string{"not there: "} + path);
  }
}

void history::count(server& s, const waiting_message& m) {
  ++verdict_.messages;
  lately_.emplace_back(&s, m.receiver->address());
  if (lately_.size() > 40) lately_.pop_front();
  const auto type =
      m.element->content().size() > 0 ? m.element->content().type(0) : caf::rtti_pair{0, nullptr};
  for (const uint64_t part : {static_cast<uint64_t>(now_us()), uint64_t{m.receiver->id()},
                              uint64_t{type.first}, type.second ? type.second->hash_code() : 0})
    verdict_.fingerprint = (verdict_.fingerprint ^ part) * 0x100000001b3;
  if (keep_ == 0) return;
  auto text = m.element->content().stringify();
  if (text.size() > 400) text.resize(400);
  remember((clustered() ? std::to_string(s.number) + " " : "") + name_of(s, m.receiver->id()) +
           " <- " + text);
}

void history::remember(const std::string& what) {
  if (keep_ == 0) return;
  last_.push_back(std::to_string(verdict_.messages) + "  " + std::to_string(now_us()) + " us  " +
                  what);
  if (last_.size() > keep_) last_.pop_front();
}

std::string history::name_of(const server& s, caf::actor_id whom) const {
  std::vector<std::string> paths{"store",         "store/journal",      "store/library",
                                 "store/queries", "store/loader",       "timers",
                                 "feed",          "http_client",        "tenants",
                                 "cluster",       "cluster/membership", "cluster/router"};
  for (const auto& t : tenants()) {
    paths.push_back("tenants/" + t);
    paths.push_back("tenants/" + t + "/runner");
  }
  for (const auto& path : paths)
    if (const auto handle = s.life.at(path); handle && handle.id() == whom) return path;
  return "actor " + std::to_string(whom);
}

std::string history::what_is_missing() const {
  std::string text;
  if (!clients_.done()) text += "clients wait; ";
  if (!readers_.done()) text += "readers of the feed wait; ";
  if (!disk_->timers.empty()) text += std::to_string(disk_->timers.size()) + " timers; ";
  for (const auto& s : servers_) {
    if (!s->life.up()) {
      text += "a server is down; ";
      continue;
    }
    const auto& counters = s->life.actors().counters;
    text += std::to_string(counters.timers_armed.load()) + " of them armed; ";
    if (clustered()) text += std::to_string(counters.shards_here.load()) + " shards; ";
  }
  for (const auto& [name, t] : disk_->tenants)
    for (const auto& [id, run] : t.runs)
      if (!workflow::is_final(run.row.status))
        text += run.row.workflow.name + " " + id.text() + " is " +
                std::string{workflow::to_string(run.row.status)} + "; ";
  return text;
}

std::string verdict::text() const {
  std::string text = "seed " + std::to_string(seed) + ", after " + std::to_string(messages) +
                     " messages, " + std::to_string(crashes) + " crashes and " +
                     std::to_string(kills) + " kills (again: ./dev sim --seed " +
                     std::to_string(seed) + "):";
  for (size_t i = 0; i < violations.size() && i < 10; ++i) text += "\n  " + violations[i];
  if (!last_messages.empty()) text += "\n  the last messages:";
  for (const auto& m : last_messages) text += "\n    " + m;
  return text;
}

} // namespace steward::simulation
