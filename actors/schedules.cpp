#include "actors/schedules.hpp"

#include "actors/schedule.hpp"
#include "supervision/supervisor.hpp"
#include "workflow/json.hpp"

#include <spdlog/spdlog.h>

namespace steward {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds load_again{200};

bool starts_itself(const workflow::definition& d) {
  return !std::holds_alternative<std::monostate>(d.starts);
}

class schedules_state {
public:
  schedules_state(caf::event_based_actor* self, std::shared_ptr<node> n, tenant_id tenant)
      : hands_(self, std::move(n), std::move(tenant)) {
    load();
  }

  void wake(uint64_t epoch) {
    if (!hands_.is_wake(epoch)) return;
    for (const auto& name : hands_.take_due()) {
      const auto found = schedules_.find(name);
      if (found != schedules_.end()) found->second->go_on();
    }
  }

  void changed(const workflow_changed& m) {
    when_loaded([this, m] { find({m.namespace_, m.name, ""}, std::nullopt, m.newest_event); });
  }

  void offered(const event_due& m) {
    when_loaded([this, m] {
      if (const auto found = schedules_.find(m.who.trigger); found != schedules_.end())
        return found->second->offered(m);
      hands_.forget_listener(m.who.trigger);
    });
  }

  void list(const list_schedules& m, const reply_slot& slot) {
    when_loaded([this, m, slot] {
      std::string json = "{\"items\":[";
      auto at = schedules_.upper_bound(m.cursor);
      std::string last;
      for (uint32_t shown = 0; at != schedules_.end() && shown < m.limit; ++at, ++shown) {
        if (shown > 0) json += ',';
        workflow::append_json(json, at->second->document());
        last = at->first;
      }
      json += "],\"next\":";
      if (at == schedules_.end())
        json += "null";
      else
        workflow::append_json_string(json, last);
      json += '}';
      slot.answer(reply::ok(std::move(json)));
    });
  }

  void control(const control_schedule& m, const reply_slot& slot) {
    when_loaded([this, m, slot] {
      const auto name = m.namespace_ + '/' + m.name;
      const auto found = schedules_.find(name);
      if (found != schedules_.end()) return found->second->control(m.action, slot);
      slot.answer(reply::error(ec::not_found, "the workflow " + name + " has no schedule"));
    });
  }

  schedule_hands& hands() { return hands_; }

private:
  template <class Task>
  void when_loaded(Task task) {
    if (loaded_) return task();
    deferred_.emplace_back(std::move(task));
  }

  /// Reads the rows, and finds the workflow of each.
  void load() {
    hands_.read_schedules([this](schedule_page& page) {
      if (page.failed) return hands_.later(load_again, [this] { load(); });
      newest_event_ = page.newest_event;
      to_find_ = page.schedules->size();
      if (to_find_ == 0) return loaded();
      for (const auto& s : *page.schedules) find({s.namespace_, s.name, ""}, s.state, {});
    });
  }

  void find(const workflow_ref& ref, std::optional<std::string> stored,
            std::optional<uint64_t> newest_event) {
    hands_.find(ref, [this, ref, stored, newest_event](found_workflow& found) {
      if (!found.workflow && found.why.code == ec::unavailable)
        return hands_.later(load_again,
                            [this, ref, stored, newest_event] { find(ref, stored, newest_event); });
      if (found.workflow)
        apply(found, stored, newest_event.value_or(newest_event_));
      else
        spdlog::error("schedule.lost tenant={} workflow={}/{} reason=\"{}\"", hands_.tenant(),
                      ref.namespace_, ref.name, found.why.detail);
      if (stored && --to_find_ == 0) loaded();
    });
  }

  void loaded() {
    loaded_ = true;
    for (auto& task : std::exchange(deferred_, {})) task();
  }

  /// The workflow as it is now, and what was stored of its schedule: goes on, begins or ends.
  void apply(const found_workflow& found, const std::optional<std::string>& stored,
             uint64_t newest_event) {
    const auto& d = *found.workflow->definition;
    const auto name = d.ref.namespace_ + '/' + d.ref.name;
    const auto known = schedules_.find(name);
    if (!starts_itself(d)) {
      if (known != schedules_.end()) known->second->retire();
      if (known != schedules_.end() || stored)
        hands_.commit({clear_schedule{d.ref.namespace_, d.ref.name}}, [](bool) {});
      schedules_.erase(name);
      return;
    }
    auto progress = known != schedules_.end() ? std::optional{known->second->progress()}
                    : stored                  ? decode_progress(*stored)
                                              : std::nullopt;
    if (stored && !progress)
      spdlog::error("schedule.unreadable tenant={} workflow={}: it starts anew", hands_.tenant(),
                    name);
    const bool anew = !progress || progress->timing != timing_of(d);
    if (anew) progress = begun_anew(progress, found, newest_event);
    const bool by_time = std::holds_alternative<workflow::schedule::schedule_plan>(d.starts);
    if (by_time && known != schedules_.end()) known->second->retire();
    auto& s = schedules_[name];
    s = by_time ? make_timed_schedule(hands_, found.workflow, *std::move(progress))
                : make_event_schedule(hands_, found.workflow, *std::move(progress));
    if (anew) s->save();
    s->go_on();
  }

  /// It stays paused, and the run that may go on counts for overlaps; a chain begins a new one.
  static schedule_progress begun_anew(const std::optional<schedule_progress>& before,
                                      const found_workflow& found, uint64_t newest_event) {
    const auto& d = *found.workflow->definition;
    auto p = new_progress(d, found.created_us, newest_event);
    if (!before) return p;
    p.paused = before->paused;
    const auto* plan = std::get_if<workflow::schedule::schedule_plan>(&d.starts);
    if (plan && std::holds_alternative<workflow::schedule::after>(plan->trigger)) return p;
    p.last_run = before->last_run;
    p.last_due_us = before->last_due_us;
    return p;
  }

  schedule_hands hands_;
  std::map<std::string, std::unique_ptr<schedule>, std::less<>> schedules_; ///< By namespace/name.
  std::vector<std::function<void()>> deferred_; ///< What came before the rows were read.
  size_t to_find_ = 0;
  uint64_t newest_event_ = 0; ///< Of the inbox, when the rows were read.
  bool loaded_ = false;
};

} // namespace

caf::behavior schedules(caf::event_based_actor* self, std::shared_ptr<node> n, tenant_id tenant) {
  auto common = supervision::prepare(self);
  auto s = std::make_shared<schedules_state>(self, std::move(n), std::move(tenant));
  return caf::message_handler{
      [s](const workflow_changed& m) { s->changed(m); },
      [s](const event_due& m) { s->offered(m); },
      [s](const list_schedules& m, const reply_slot& slot, const ticket&) { s->list(m, slot); },
      [s](const control_schedule& m, const reply_slot& slot, const ticket&) {
        s->control(m, slot);
      },
      [s](const schedule_told& m) { s->hands().answered(m); },
      [s](const batch_done& m) { s->hands().committed(m); },
      [s](schedule_later_atom, uint64_t task) { s->hands().woken(task); },
      [s](schedule_wake_atom, uint64_t epoch) { s->wake(epoch); },
  }
      .or_else(common);
}

} // namespace steward
