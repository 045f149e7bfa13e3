#include "actors/schedule.hpp"

#include "messages/run_document.hpp"
#include "workflow/json.hpp"

#include <spdlog/spdlog.h>

namespace steward {

namespace {

using std::chrono::milliseconds;
using workflow::value;
namespace plans = workflow::schedule;

constexpr milliseconds write_again{1000}, start_again{500}, start_again_at_most{60'000};
constexpr size_t notes_kept = 100; // while the store can't be written

value time_or_null(const std::optional<int64_t>& time_us) {
  return time_us ? value{time_text(*time_us)} : value{};
}

value ref_value(const workflow_ref& ref) {
  return value::object(
      {{"namespace", ref.namespace_}, {"name", ref.name}, {"version", ref.version}});
}

} // namespace

schedule::schedule(schedule_hands& hands, deployed_ptr workflow, schedule_progress progress)
    : hands_(hands), workflow_(std::move(workflow)),
      name_(definition().ref.namespace_ + '/' + definition().ref.name),
      progress_(std::move(progress)) {}

void schedule::control(schedule_action action, const reply_slot& slot) {
  const bool pause = action == schedule_action::pause;
  const auto answer = guarded([this, slot] { slot.answer(reply::ok(to_json(document()))); });
  if (progress_.paused == pause) return save(answer);
  spdlog::info("schedule.{} tenant={} workflow={}", pause ? "paused" : "resumed", hands_.tenant(),
               name_);
  if (pause) {
    progress_.paused = true;
    on_pause();
    return save(answer);
  }
  on_resume(answer);
}

value schedule::document() const {
  const auto written = definition().document.get("schedule");
  const auto* plan = std::get_if<plans::schedule_plan>(&definition().starts);
  const auto* cron = plan ? std::get_if<plans::cron>(&plan->trigger) : nullptr;
  const bool after = plan && std::holds_alternative<plans::after>(plan->trigger);
  const auto kind = cron ? "cron" : after ? "after" : plan ? "every" : "on";
  const bool on_clock = plan && !after;
  const auto or_null = [](bool is, std::string_view text) { return is ? value{text} : value{}; };
  return value::object(
      {{"workflow", ref_value(definition().ref)},
       {"kind", kind},
       {"expression", cron ? written.get("cron") : value{}},
       {"interval", plan && !cron ? written.get(kind) : value{}},
       {"timezone", or_null(cron != nullptr, cron ? cron->zone.name() : "")},
       {"overlap", or_null(on_clock, on_clock ? plans::to_string(plan->overlapping) : "")},
       {"catch_up", or_null(on_clock, on_clock ? plans::to_string(plan->catching_up) : "")},
       {"paused", progress_.paused},
       {"next_due", time_or_null(progress_.paused ? std::nullopt : next_due())},
       {"last_due", time_or_null(progress_.last_due_us)},
       {"last_run", progress_.last_run ? value{progress_.last_run->text()} : value{}},
       {"missed", progress_.missed}});
}

void schedule::save(std::function<void()> then) {
  if (then) waiting_.push_back(std::move(then));
  changed_ = true;
  if (!writing_) write();
}

void schedule::write() {
  writing_ = true;
  changed_ = false;
  const auto& ref = definition().ref;
  std::vector<write_op> ops;
  ops.emplace_back(put_schedule{ref.namespace_, ref.name, encode_progress(progress_)});
  add_writes(ops);
  for (const auto& n : notes_) ops.push_back(n);
  hands_.commit(std::move(ops), guarded([this, noted = notes_.size(),
                                         told = std::exchange(waiting_, {})](bool done) {
                  if (!done) {
                    waiting_.insert(waiting_.begin(), told.begin(), told.end());
                    return later(write_again, [this] { write(); });
                  }
                  notes_.erase(notes_.begin(), notes_.begin() + static_cast<ptrdiff_t>(noted));
                  writing_ = false;
                  if (changed_) write();
                  for (const auto& then : told) then();
                }));
}

void schedule::start(std::shared_ptr<const occasion> what, unsigned attempt) {
  if (!what->wanted()) return what->given_up();
  const auto started = [this, what] {
    progress_.last_run = what->run;
    progress_.last_due_us = what->due_us;
    note("dev.steward.schedule.started.v1",
         {{"due", time_text(what->due_us)}, {"run", what->run.text()}});
    what->started();
  };
  const auto failed = [this, what, attempt](const failure& why) {
    if (attempt == 0) {
      note_failed(what->due_us, why);
      save();
    }
    const auto wait = std::min(start_again * (1 << std::min(attempt, 7u)), start_again_at_most);
    later(wait, [this, what, attempt] { start(what, attempt + 1); });
  };
  hands_.start(what->run, newest(), what->input,
               guarded([this, what, started, failed](const reply& r) {
                 if (r.what != reply::kind::failed) return started();
                 // It may be there all the same, and only its answer was lost.
                 hands_.read(what->run, guarded([started, failed, why = r.why](found_run& found) {
                               if (found.row) return started();
                               failed(why);
                             }));
               }));
}

void schedule::note_missed(uint64_t count, bool more, std::string_view policy) {
  progress_.missed += count;
  spdlog::warn("schedule.missed tenant={} workflow={} left_out={}{} policy={}", hands_.tenant(),
               name_, count, more ? "+" : "", policy);
  note("dev.steward.schedule.missed.v1", {{"left_out", count}, {"more", more}, {"policy", policy}});
}

void schedule::note_failed(int64_t due_us, const failure& why) {
  spdlog::warn("schedule.failed tenant={} workflow={} due={} reason=\"{}\"", hands_.tenant(), name_,
               time_text(due_us), why.detail);
  note("dev.steward.schedule.failed.v1",
       {{"due", time_text(due_us)}, {"code", to_string(why.code)}, {"reason", why.detail}});
}

void schedule::note(std::string type, std::vector<workflow::member> data) {
  if (notes_.size() >= notes_kept) return;
  data.insert(data.begin(), {"workflow", ref_value(definition().ref)});
  notes_.emplace_back(publish_event{std::move(type), "schedules/" + name_, hands_.now_us(),
                                    workflow::to_json(value::object(std::move(data)))});
}

workflow_ref schedule::newest() const {
  return {definition().ref.namespace_, definition().ref.name, ""};
}

} // namespace steward
