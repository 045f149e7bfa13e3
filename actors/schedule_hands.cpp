#include "actors/schedule_hands.hpp"

#include "actors/tell_batch.hpp"

#include <algorithm>

namespace steward {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds end_wait{60'000};
constexpr int64_t longest_sleep_us = 60'000'000; // a clock that jumps is noticed within this

/// Tells the actor the answer, or that it was lost.
class tell_reply final : public reply_sink {
public:
  tell_reply(caf::actor whom, uint64_t question) : whom_(std::move(whom)), question_(question) {}
  void answer(reply r) override { caf::anon_send(whom_, schedule_told{question_, std::move(r)}); }

private:
  caf::actor whom_;
  uint64_t question_;
};

reply lost() {
  return reply::error({ec::unavailable, "a part of the server restarts", {}, milliseconds{1000}});
}

template <class Map>
auto take(Map& from, uint64_t number) {
  const auto found = from.find(number);
  auto taken = found == from.end() ? typename Map::mapped_type{} : std::move(found->second);
  if (found != from.end()) from.erase(found);
  return taken;
}

} // namespace

schedule_hands::schedule_hands(caf::event_based_actor* self, std::shared_ptr<node> n,
                               tenant_id tenant)
    : self_(self), node_(std::move(n)), tenant_(std::move(tenant)) {}

void schedule_hands::start(const run_id& id, const workflow_ref& which, std::string input,
                           std::function<void(const reply&)> then) {
  auto order = std::make_shared<start_order>();
  order->request.tenant = tenant_;
  order->request.namespace_ = which.namespace_;
  order->request.name = which.name;
  order->request.input = std::move(input);
  order->id = id;
  order->slot = slot_for(std::move(then));
  tell_tenant(start_due{std::move(order)});
}

void schedule_hands::await_end(const run_id& run, std::function<void(const reply&)> then) {
  tell_tenant(await_run{tenant_, run, end_wait}, slot_for(std::move(then)));
}

void schedule_hands::read(const run_id& run, std::function<void(found_run&)> then) {
  const auto failed = [then] {
    found_run nothing;
    nothing.failed = true;
    then(nothing);
  };
  const auto loader = node_->loader->get();
  if (!loader) return later(milliseconds{200}, failed);
  self_->request(loader, caf::infinite, find_run{tenant_, run})
      .then([then](found_run& found) { then(found); }, [failed](caf::error&) { failed(); });
}

void schedule_hands::read_schedules(std::function<void(schedule_page&)> then) {
  const auto failed = [then] {
    schedule_page nothing;
    nothing.failed = true;
    then(nothing);
  };
  const auto loader = node_->loader->get();
  if (!loader) return later(milliseconds{200}, failed);
  self_->request(loader, caf::infinite, steward::read_schedules{tenant_})
      .then([then](schedule_page& page) { then(page); }, [failed](caf::error&) { failed(); });
}

void schedule_hands::find(const workflow_ref& ref, std::function<void(found_workflow&)> then) {
  const auto failed = [then] {
    found_workflow nothing{nullptr, lost().why};
    then(nothing);
  };
  const auto library = node_->library->get();
  if (!library) return later(milliseconds{200}, failed);
  self_->request(library, caf::infinite, find_workflow{tenant_, ref, 0})
      .then([then](found_workflow& found) { then(found); }, [failed](caf::error&) { failed(); });
}

void schedule_hands::commit(std::vector<write_op> ops, std::function<void(bool)> then) {
  const auto journal = node_->journal->get();
  if (!journal) return later(milliseconds{200}, [then] { then(false); });
  commits_[++last_] = std::move(then);
  commit_request request;
  request.batch = {tenant_, std::move(ops)};
  request.completion = std::make_shared<tell_batch>(caf::actor_cast<caf::actor>(self_), last_);
  self_->send(journal, std::move(request));
}

void schedule_hands::later(milliseconds wait, std::function<void()> then) {
  tasks_[++last_] = std::move(then);
  self_->delayed_send(self_, wait, schedule_later_atom::value, last_);
}

void schedule_hands::wake_at(const std::string& schedule, std::optional<int64_t> time_us) {
  const auto known = wakes_.find(schedule);
  if (known != wakes_.end()) {
    if (time_us == known->second) return;
    agenda_.erase({known->second, schedule});
    wakes_.erase(known);
  }
  if (!time_us) return;
  wakes_.emplace(schedule, *time_us);
  agenda_.emplace(*time_us, schedule);
  sleep();
}

std::vector<std::string> schedule_hands::take_due() {
  std::vector<std::string> due;
  while (!agenda_.empty() && agenda_.begin()->first <= now_us()) {
    due.push_back(agenda_.begin()->second);
    wakes_.erase(due.back());
    agenda_.erase(agenda_.begin());
  }
  sleep();
  return due;
}

void schedule_hands::forget_listener(const std::string& trigger) {
  commit({clear_listener{{}, 0, trigger}}, [](bool) {});
  tell_tenant(close_listener{tenant_, {{}, 0, trigger}});
}

void schedule_hands::answered(const schedule_told& m) {
  if (const auto then = take(questions_, m.question)) then(m.answer);
}

void schedule_hands::committed(const batch_done& m) {
  if (const auto then = take(commits_, m.number))
    then(!m.lost && m.result.what == batch_result::kind::committed);
}

void schedule_hands::woken(uint64_t task) {
  if (const auto then = take(tasks_, task)) then();
}

bool schedule_hands::is_wake(uint64_t epoch) {
  if (epoch != epoch_) return false;
  sleeps_until_us_.reset();
  return true;
}

reply_slot schedule_hands::slot_for(std::function<void(const reply&)> then) {
  questions_[++last_] = std::move(then);
  return reply_slot{std::make_shared<tell_reply>(caf::actor_cast<caf::actor>(self_), last_)};
}

/// Keeps one wake-up on its way, for the soonest.
void schedule_hands::sleep() {
  if (agenda_.empty()) return;
  const auto now = now_us();
  const auto until = std::min(agenda_.begin()->first, now + longest_sleep_us);
  if (sleeps_until_us_ && *sleeps_until_us_ <= until) return;
  sleeps_until_us_ = until;
  self_->delayed_send(self_, std::chrono::microseconds{std::max<int64_t>(0, until - now)},
                      schedule_wake_atom::value, ++epoch_);
}

} // namespace steward
