#include "tests/simulation/history.hpp"

#include "actors/local_messages.hpp"
#include "messages/digest.hpp"

#include <spdlog/spdlog.h>

namespace steward::simulation {

namespace {

constexpr size_t steps_max = 200'000;
constexpr int64_t rest_within_us = 30LL * 24 * 3600 * 1'000'000;
const std::vector<tenant_id> tenants{"acme", "zeta"};

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
  disk_line(history& h, std::shared_ptr<bool> cut) : h_(h), cut_(std::move(cut)) {}

  answer may_commit() override {
    if (*cut_ || !h_.going_on()) return answer::refuse;
    if (h_.trouble() && h_.chance_.one_in(h_.plan_.commits_fail_one_in)) return answer::refuse;
    if (h_.sabotage_ == sabotage::lying_disk && h_.chance_.one_in(20)) return answer::lie;
    take_time();
    return answer::write;
  }
  void committed(std::span<const write_batch* const> group, store::commit_report& report) override {
    h_.audit_.committed(group, report);
    take_time();
  }
  bool may_read() override {
    return !*cut_ && !(h_.trouble() && h_.chance_.one_in(h_.plan_.reads_fail_one_in));
  }
  void read_feed(std::vector<feed_event>& page) override {
    if (h_.sabotage_ == sabotage::skips_feed_event && page.size() > 2) page.erase(page.begin() + 1);
  }

private:
  /// The writer's thread is blocked; everybody else goes on. A process that ends in the middle
  /// leaves the group on disk or not, and tells nobody.
  void take_time() {
    if (h_.trouble()) {
      if (h_.plan_.commit_us > 0) h_.live_for(h_.chance_.pause(h_.plan_.commit_us));
      if (h_.chance_.one_in(h_.plan_.commits_stall_one_in)) h_.live_for(3'000'000);
    }
    if (!h_.going_on()) throw process_is_gone{};
  }

  history& h_;
  std::shared_ptr<bool> cut_;
};

// --- a history's course ---

history::history(uint64_t seed, sabotage s, size_t keep)
    : seed_(seed), sabotage_(s), keep_(keep), chance_(seed), plan_(fault_plan::of(chance_)),
      settings_(fault_plan::settings(chance_)), disk_(std::make_shared<memory_disk>()),
      audit_(*disk_, settings_.tenant.machine),
      wall_(std::make_unique<wall_clock>(chance_.next(), server_, audit_)),
      service_(chance_, later_, [this] { return server_.now_us(); }),
      clients_(chance_, later_, audit_, server_),
      readers_(chance_, later_, audit_, *disk_, server_) {
  spdlog::set_level(spdlog::level::off);
  service_.temper = plan_.service;
  service_.on_request = [this](const auto& order, const auto& key) { audit_.called(order, key); };
}

history::~history() { server_.crash(); }

verdict history::tell() {
  deploy();
  clients_.invite(static_cast<size_t>(chance_.between(4, 16)), tenants, plan_.until_us / 2);
  readers_.invite(tenants);
  later_.add(plan_.until_us, [this] {
    service_.temper = {};
    readers_.calm();
  });
  boot();
  while (audit_.content()) {
    if (crash_due_) {
      crash();
      continue;
    }
    if (server_.ready() == 0 && at_rest()) break;
    step(std::numeric_limits<int64_t>::max());
  }
  if (audit_.content()) check_at_rest();
  *cut_ = true;
  clients_.disconnected();
  verdict_.seed = seed_;
  verdict_.violations = audit_.violations;
  for (const auto& [name, t] : disk_->tenants) verdict_.runs += t.runs.size();
  verdict_.last_messages.assign(last_.begin(), last_.end());
  return verdict_;
}

void history::deploy() {
  std::vector<write_batch> batches;
  for (const auto& tenant : tenants)
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

void history::boot() {
  cut_ = std::make_shared<bool>(false);
  line_ = std::make_shared<disk_line>(*this, cut_);
  server_.boot(settings_, *wall_, open_memory_store(disk_, line_),
               [this, cut = cut_] { return service_.connect(cut); });
}

void history::crash() {
  crash_due_ = false;
  ++verdict_.crashes;
  remember("the process crashes");
  *cut_ = true;
  clients_.disconnected();
  server_.crash();
  damage_disk();
  audit_.check_disk();
  later_.add(server_.now_us() + chance_.pause(3'000'000), [this] { boot(); });
}

void history::step(int64_t until_us) {
  if (++steps_ > steps_max || server_.now_us() > plan_.until_us + rest_within_us)
    return audit_.note("it never comes to rest: " + what_is_missing());
  if (trouble()) strike();
  if (server_.up() && server_.gave_up()) crash_due_ = true;
  if (!going_on() || later_.do_one(server_.now_us())) return;
  if (server_.ready() > 0 && !chance_.one_in(50)) return deliver_one();
  pass_time(until_us);
}

void history::pass_time(int64_t until_us) {
  auto next = until_us;
  if (const auto at = later_.next()) next = std::min(next, *at);
  if (const auto at = server_.next_timer_us()) next = std::min(next, *at);
  if (server_.ready() > 0) next = std::min(next, server_.now_us() + chance_.pause(50'000));
  if (next == std::numeric_limits<int64_t>::max())
    return audit_.note("nothing will ever happen: " + what_is_missing());
  server_.advance_to(next);
}

void history::live_for(int64_t us) {
  const auto until = server_.now_us() + us;
  while (server_.now_us() < until && going_on()) step(until);
}

void history::deliver_one() {
  const auto n = plan_.in_order ? 0 : chance_.below(server_.ready());
  const auto m = server_.peek(n);
  if (!m) return server_.deliver(n);
  if (trouble() && disturb(*m)) return;
  audit_.message(*m);
  count(*m);
  if (wakes_timers(*m)) return watch_timers(n);
  if (const auto* arm = m->is<arm_timer>(); arm && sabotage_ == sabotage::early_timer)
    caf::anon_send(server_.actors().tenant_or_loader(arm->tenant),
                   timer_due{arm->tenant, arm->run, arm->effect});
  if (m->is<perform_call>() && sabotage_ == sabotage::swallows_call)
    return server_.put_off(*m, server_.now_us() + 2 * rest_within_us);
  server_.deliver(n);
}

// --- what goes wrong ---

void history::strike() {
  if (!server_.up()) return;
  if (plan_.crashes_left > 0 && chance_.one_in(plan_.crashes_one_in)) {
    --plan_.crashes_left;
    crash_due_ = true;
  } else if (plan_.kills_left > 0 && chance_.one_in(plan_.kills_one_in)) {
    --plan_.kills_left;
    kill_someone();
  } else if (chance_.one_in(plan_.jumps_one_in)) {
    const auto us = chance_.pause(7'200'000'000);
    wall_->jump(chance_.coin() ? us : -us);
    remember("the clock jumps");
  }
}

void history::kill_someone() {
  if (server_.ready() > 0 && chance_.coin()) {
    const auto m = server_.peek(chance_.below(server_.ready()));
    if (m) kill(m->handle(), name_of(m->receiver->id()));
    return;
  }
  if (!lately_.empty() && chance_.one_in(3)) { // a run that waits, most often
    const auto whom = lately_[chance_.below(lately_.size())];
    return kill(caf::actor_cast<caf::actor>(whom), name_of(whom.id()));
  }
  static const std::vector<std::string> paths{"store",         "store/journal", "store/library",
                                              "store/queries", "store/loader",  "timers",
                                              "feed",          "http_client",   "tenants"};
  const auto which = chance_.below(paths.size() + 2 * tenants.size());
  auto path = which < paths.size() ? paths[which] : "tenants/" + tenants[which % tenants.size()];
  if (which >= paths.size() && chance_.coin()) path += "/runner";
  kill(server_.at(path), path);
}

void history::kill(const caf::actor& whom, const std::string& name) {
  if (!whom || whom == server_.root()) return;
  ++verdict_.kills;
  remember(name + " is killed");
  server_.kill(whom);
}

bool history::disturb(const waiting_message& m) {
  // Those that may come twice or late by contract. What a run asks of its tenant keeps its order.
  if (!m.is<timer_due>() && !m.is<call_done>() && !m.is<child_done>() && !m.is<perform_call>() &&
      !m.is<arm_timer>())
    return false;
  // A call of an actor that has ended is late in no real process: its successor has sent it again.
  if (m.is<perform_call>() && process::sender_has_ended(m)) {
    server_.discard(m);
    return true;
  }
  if (chance_.one_in(plan_.repeats_one_in))
    server_.repeat(m, server_.now_us() + chance_.pause(10'000'000));
  if (!chance_.one_in(plan_.put_off_one_in)) return false;
  server_.put_off(m, server_.now_us() + chance_.pause(5'000'000));
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

bool history::wakes_timers(const waiting_message& m) const {
  return m.element->content().match_elements<caf::atom_value, uint64_t>() &&
         m.handle() == server_.actors().timers->get();
}

/// Sees what the timers tell whom in one turn.
void history::watch_timers(size_t n) {
  const auto timers = server_.actors().timers->get();
  if (timers.id() != std::exchange(timers_actor_, timers.id())) told_timers_.clear();
  std::vector<std::pair<caf::actor, size_t>> receivers;
  for (const auto& tenant : tenants)
    if (const auto handle = server_.actors().tenant_or_loader(tenant))
      receivers.emplace_back(handle, process::waiting<timer_due>(handle).size());
  server_.deliver(n);
  for (const auto& [handle, before] : receivers) {
    auto told = process::waiting<timer_due>(handle);
    told.erase(told.begin(), told.begin() + static_cast<std::ptrdiff_t>(before));
    std::erase_if(told,
                  [this](const auto& t) { return !told_timers_.emplace(t.run, t.effect).second; });
    audit_.timers_told(told);
  }
}

bool history::at_rest() const {
  if (!server_.up() || trouble() || !clients_.done() || !readers_.done()) return false;
  // A timer that was armed late, when it was no longer wanted, goes when it has come due.
  if (!disk_->timers.empty() || server_.actors().counters.timers_armed != 0) return false;
  for (const auto& [name, t] : disk_->tenants)
    for (const auto& [id, run] : t.runs)
      if (!workflow::is_final(run.row.status)) return false;
  return true;
}

void history::check_at_rest() {
  audit_.check_end();
  const auto& counters = server_.actors().counters;
  if (counters.runs_awake != 0) audit_.note("actors of ended runs are left");
  for (const auto* path : {"store", "store/journal", "store/library", "store/queries",
                           "store/loader", "feed", "timers", "http_client", "tenants"})
    if (!server_.at(path)) audit_.note(std::string{"not there: "} + path);
}

void history::count(const waiting_message& m) {
  ++verdict_.messages;
  lately_.push_back(m.receiver->address());
  if (lately_.size() > 40) lately_.pop_front();
  const auto type =
      m.element->content().size() > 0 ? m.element->content().type(0) : caf::rtti_pair{0, nullptr};
  for (const uint64_t part : {static_cast<uint64_t>(server_.now_us()), uint64_t{m.receiver->id()},
                              uint64_t{type.first}, type.second ? type.second->hash_code() : 0})
    verdict_.fingerprint = (verdict_.fingerprint ^ part) * 0x100000001b3;
  if (keep_ == 0) return;
  auto text = m.element->content().stringify();
  if (text.size() > 400) text.resize(400);
  remember(name_of(m.receiver->id()) + " <- " + text);
}

void history::remember(const std::string& what) {
  if (keep_ == 0) return;
  last_.push_back(std::to_string(verdict_.messages) + "  " + std::to_string(server_.now_us()) +
                  " us  " + what);
  if (last_.size() > keep_) last_.pop_front();
}

std::string history::name_of(caf::actor_id whom) const {
  std::vector<std::string> paths{"store",         "store/journal", "store/library",
                                 "store/queries", "store/loader",  "timers",
                                 "feed",          "http_client",   "tenants"};
  for (const auto& t : tenants) {
    paths.push_back("tenants/" + t);
    paths.push_back("tenants/" + t + "/runner");
  }
  for (const auto& path : paths)
    if (const auto handle = server_.at(path); handle && handle.id() == whom) return path;
  return "actor " + std::to_string(whom);
}

std::string history::what_is_missing() const {
  std::string text;
  if (!clients_.done()) text += "clients wait; ";
  if (!readers_.done()) text += "readers of the feed wait; ";
  if (!disk_->timers.empty()) text += std::to_string(disk_->timers.size()) + " timers; ";
  if (server_.up())
    text += std::to_string(server_.actors().counters.timers_armed.load()) + " of them armed; ";
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
