#include "app/demo/salon_run.hpp"

#include "app/demo/salon_setup.hpp"
#include "app/demo/server_process.hpp"

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <optional>
#include <set>
#include <thread>

namespace steward::app {

namespace {

using intelligence::instant_text;
using namespace std::chrono_literals;

constexpr int64_t step_us = 5 * demo::minute_us;

[[gnu::format(printf, 1, 2)]] void say(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  std::vfprintf(stderr, format, arguments);
  va_end(arguments);
  std::fputc('\n', stderr);
}

class salon_run {
public:
  salon_run(const salon_run_options& o, const volatile std::sig_atomic_t& interrupted)
      : o_(o), interrupted_(interrupted), s_(demo::make_salon(o.salon)),
        history_(demo::history_of(s_)), start_(o.salon.start_us), first_day_(s_.local_day(start_)),
        // The last moment is of the last day: what agents count begins anew at midnight.
        end_(s_.instant(first_day_ + o.days, 0) - step_us), now_(start_), http_("", o.key),
        api_(http_) {}

  salon_figures live() {
    open();
    salon_life life{s_, history_, api_, end_};
    salon_owner owner{s_, api_, o_.owner};
    const auto kills = kill_steps();
    const auto began = std::chrono::steady_clock::now();
    for (int64_t step = 1; now_ < end_; ++step) {
      const auto next = std::min(end_, start_ + step * step_us);
      if (kills.contains(step)) order_kill(step);
      api_.move_clock(instant_text(next));
      now_ = next;
      life.live_until(now_);
      owner.look(now_);
      revive();
      tell(life);
      keep_pace(began);
    }
    life.finish();
    const auto account = read_account(api_, first_day_, first_day_ + o_.days);
    auto figures = figures_of(s_, life, owner, account, first_day_, first_day_ + o_.days);
    figures.agents = o_.agents;
    figures.kills = kills_;
    figures.http_calls = http_.calls();
    figures.http_retries = http_.retries();
    return figures;
  }

private:
  void open() {
    http_.on_retry = [this] {
      stop_if_interrupted();
      revive();
    };
    if (o_.server.empty()) {
      own_.emplace(o_.folder);
      own_->start(instant_text(start_));
      http_.move_to(own_->url());
    } else {
      http_.move_to(o_.server);
      api_.move_clock(instant_text(start_)); // refused at once unless the clock is a manual one
    }
    say("A salon of %zu with %zu customers, agents %s. Dashboard: %s", s_.staff.size(),
        s_.customers.size(), o_.agents ? "on" : "off",
        (o_.server.empty() ? own_->url() : o_.server).c_str());
    set_up_salon(api_, s_, history_, o_.agents);
    say("  %zu appointments of the past and the days ahead are loaded", history_.size());
  }

  /// Steps, spread over the hours in which something happens, before whose move of the clock a kill
  /// is ordered.
  std::set<int64_t> kill_steps() const {
    std::set<int64_t> steps;
    const auto all = static_cast<uint64_t>((end_ - start_) / step_us);
    const auto wanted = std::min(o_.server.empty() ? o_.kills : 0, all / 4);
    for (uint64_t n = 0; steps.size() < wanted; ++n) {
      const auto step = 1 + static_cast<int64_t>(s_.luck.below(all, "kill", n));
      const auto minute = s_.local_minute(start_ + step * step_us);
      if (minute >= 8 * 60 && minute < 21 * 60) steps.insert(step);
    }
    return steps;
  }

  /// Somewhere in this step: while the clock moves, or while customers do something.
  void order_kill(int64_t step) {
    own_->kill_after(
        std::chrono::milliseconds{s_.luck.below(120, "killed after", static_cast<uint64_t>(step))});
  }

  /// Starts the server again if it was killed. Its clock goes on from the last moment it has
  /// confirmed.
  void revive() {
    if (!own_) return;
    if (!own_->finish_kill()) {
      if (own_->has_ended())
        throw std::runtime_error{"the server has ended by itself:\n" + own_->log_end()};
      return;
    }
    ++kills_;
    own_->start(instant_text(now_));
    http_.move_to(own_->url());
    say("  killed and started again at %s", instant_text(now_).c_str());
  }

  void tell(const salon_life& life) const {
    const auto minute = s_.local_minute(now_);
    if (minute % 60 != 0 || minute < 8 * 60) return;
    uint64_t done = 0, away = 0, by_agents = 0;
    double revenue = 0;
    for (const auto& [id, one] : life.ledger().appointments) {
      if (one.by_agent() && one.stands()) ++by_agents;
      if (one.start_us < start_) continue;
      if (one.status == "completed") ++done, revenue += one.price;
      if (one.status == "no_show") ++away;
    }
    const auto& c = life.counts();
    say("  %s %02d:00  calls %llu  booked %llu  kept %llu  no-shows %llu  messages %llu  yes %llu  "
        "by agents %llu  revenue %.0f",
        intelligence::date_text(s_.local_day(now_)).c_str(), minute / 60,
        static_cast<unsigned long long>(c.calls), static_cast<unsigned long long>(c.booked),
        static_cast<unsigned long long>(done), static_cast<unsigned long long>(away),
        static_cast<unsigned long long>(c.messages), static_cast<unsigned long long>(c.yes),
        static_cast<unsigned long long>(by_agents), revenue);
  }

  /// Waits until the real time has come that belongs to the simulated one.
  void keep_pace(std::chrono::steady_clock::time_point began) const {
    stop_if_interrupted();
    if (o_.speed <= 0) return;
    const auto due = began + std::chrono::microseconds{static_cast<int64_t>(
                                 static_cast<double>(now_ - start_) / o_.speed)};
    while (!interrupted_ && std::chrono::steady_clock::now() < due)
      std::this_thread::sleep_until(std::min(due, std::chrono::steady_clock::now() + 200ms));
    stop_if_interrupted();
  }

  void stop_if_interrupted() const {
    if (interrupted_) throw std::runtime_error{"interrupted"};
  }

  const salon_run_options& o_;
  const volatile std::sig_atomic_t& interrupted_;
  demo::salon s_;
  std::vector<demo::past_appointment> history_;
  int64_t start_, first_day_, end_, now_;
  std::optional<server_process> own_;
  http_session http_;
  salon_api api_;
  uint64_t kills_ = 0;
};

} // namespace

salon_figures run_salon(const salon_run_options& o, const volatile std::sig_atomic_t& interrupted) {
  return salon_run{o, interrupted}.live();
}

} // namespace steward::app
