#include "workflow/simulation/world.hpp"

#include "workflow/json.hpp"
#include "workflow/machine/errors.hpp"
#include "workflow/simulation/generated.hpp"
#include "workflow/simulation/inbox.hpp"
#include "workflow/simulation/life.hpp"
#include "workflow/simulation/services.hpp"

#include <algorithm>
#include <limits>
#include <queue>

namespace steward::workflow::simulation {

namespace {

constexpr int64_t second = 1'000'000;
constexpr int64_t hour = 3600 * second;
constexpr int deepest_child = 8;

/// Something that is going to happen. Of two at one time the seed says which comes first.
struct happening {
  int64_t at_us = 0;
  uint64_t tie = 0, order = 0;
  std::variant<event, value> what; ///< An event of the run, or a CloudEvent for the inbox.
  uint64_t incarnation = 0;        ///< Answers of calls are lost with the process that waits for
  bool survives = true;            ///< them, most of the time.
  bool operator<(const happening& other) const {
    return std::tie(at_us, tie, order) > std::tie(other.at_us, other.tie, other.order);
  }
};

value with_secrets(const definition& d, value secrets) {
  for (const auto& name : d.secrets)
    if (!secrets.find(name)) secrets.set(name, value{"secret-" + name});
  return secrets;
}

machine_limits limits_of(const world_options& o) {
  auto limits = machine_limits{};
  limits.steps = o.steps;
  return limits;
}

class world final : private audience {
public:
  world(std::shared_ptr<const definition> d, const scenario& s, const world_options& o,
        coverage* reached, int64_t now_us, int depth)
      : what_(std::move(d)), scenario_(s), options_(o), reached_(reached), start_us_(now_us),
        now_us_(now_us), depth_(depth), services_(s, o.seed, o.faults.http),
        order_(o.seed, "order"), events_(o.seed, "events"), crashes_(o.seed, "crashes"),
        control_(o.seed, "control"), made_(o.seed, "made"),
        life_(what_, limits_of(o), with_secrets(*what_, s.secrets), *this) {}

  life_report live(const value& input);

private:
  void on_step(const step& s, const machine& m) override;
  void note(const std::string& line);
  void fault(const std::string& what);
  void schedule(int64_t at_us, std::variant<event, value> what, bool survives = true);
  void schedule_event(int64_t at_us, const value& event);
  void plan_events();
  bool goes_on();
  void deliver(event e);
  void offer_events();
  void meddle();
  void rise(const std::vector<command>& lost);
  void close();
  void expect_same_work(const std::string& key, std::string method, std::string url,
                        std::string request);

  void carry_out(const command& c) {
    std::visit([this](const auto& one) { carry(one); }, c);
  }
  void carry(const http_call& c);
  void carry(const set_timer& c) { schedule(c.due_us, event{0, timer_fired{c.effect}}); }
  void carry(const drop_effect& c) { inbox_.drop(c.effect); }
  void carry(const start_child& c);
  void carry(const listen_for& c);
  void carry(const emit_event& c);
  void end_child(const start_child& c, const child_plan& plan);

  std::shared_ptr<const definition> what_;
  const scenario& scenario_;
  const world_options& options_;
  coverage* reached_;
  int64_t start_us_, now_us_;
  int depth_;
  services services_;
  dice order_, events_, crashes_, control_, made_;
  life life_;
  inbox inbox_;
  std::priority_queue<happening> queue_;
  uint64_t scheduled_ = 0, happened_ = 0, incarnation_ = 0;
  std::set<effect_id> served_; ///< Listeners for which events were made.
  std::map<std::string, std::pair<int64_t, child_ended>, std::less<>> children_; ///< By key.
  life_report report_;
};

void world::on_step(const step& s, const machine& m) {
  if (reached_ && depth_ == 0) reached_->on_step(s, m);
  if (!options_.trace) return;
  auto line = std::string{s.type};
  if (!s.task.empty()) line += " " + std::string{s.task};
  if (s.attempt > 1) line += ", attempt " + std::to_string(s.attempt);
  for (auto key : {"output", "error", "delay_ms", "reason"})
    if (auto found = s.data.find(key)) line += ", " + std::string{key} + " " + to_json(*found);
  note(line);
}

void world::note(const std::string& line) {
  constexpr size_t longest = 300;
  if (!options_.trace) return;
  report_.trace.push_back("+" + offset_text(now_us_ - start_us_) + "  " +
                          std::string(static_cast<size_t>(depth_) * 2, ' ') +
                          safe_text(line, longest));
}

void world::fault(const std::string& what) {
  ++report_.faults;
  note("fault: " + what);
}

void world::schedule(int64_t at_us, std::variant<event, value> what, bool survives) {
  queue_.push({std::max(at_us, now_us_), order_.next(), scheduled_++, std::move(what), incarnation_,
               survives});
}

/// A CloudEvent from outside, which may come at another time than it was meant to.
void world::schedule_event(int64_t at_us, const value& event) {
  const auto& rates = scenario_.faults;
  auto draw = [this](double rate) { return options_.faults.events && events_.chance(rate); };
  auto type = event.get("type").is_string() ? to_json(event.get("type")) : std::string{};
  if (draw(rates.early)) {
    auto room = std::min(at_us - now_us_, 12 * hour);
    at_us -= events_.between(0, std::max<int64_t>(room, 0));
    fault("event " + type + " comes early");
  } else if (draw(rates.late)) {
    at_us += events_.spread(second, 12 * hour);
    fault("event " + type + " comes late");
  } else if (draw(rates.out_of_order)) {
    at_us += events_.spread(1000, 60 * second);
    fault("event " + type + " comes out of order");
  }
  schedule(at_us, event);
  if (!draw(rates.duplicate)) return;
  fault("event " + type + " comes twice");
  schedule(at_us + events_.spread(1000, hour), event);
}

void world::plan_events() {
  auto number = 0;
  auto complete = [&number](value event) {
    if (!event.find("specversion")) event.set("specversion", "1.0");
    if (!event.find("source")) event.set("source", "/scenario");
    if (!event.find("id")) event.set("id", "event-" + std::to_string(++number));
    return event;
  };
  if (scenario_.events) {
    for (const auto& plan : *scenario_.events)
      schedule_event(plan.at_us ? *plan.at_us : plan.after.after(scenario_.start_us),
                     complete(plan.event));
    return;
  }
  // Some that come before anybody listens; those that need a correlation can't.
  if (!options_.faults.events) return;
  visit_tasks(*what_, [this](const task& t) {
    if (!std::holds_alternative<listen_task>(t.body) || !events_.chance(scenario_.faults.early))
      return;
    auto wanted = listen_for{};
    wanted.task = t.pointer;
    for (const auto& event : make_events(*what_, wanted, made_)) {
      fault("event " + to_json(event.get("type")) + " comes early");
      schedule(now_us_, event);
    }
  });
}

life_report world::live(const value& input) {
  plan_events();
  if (reached_ && depth_ == 0) reached_->begin_run();
  auto id = "simulated-" + std::to_string(options_.seed) + (depth_ > 0 ? "-child" : "");
  deliver({now_us_, run_started{id, input}});
  offer_events();
  while (!is_final(life_.now().status()) && goes_on()) {
    auto next = queue_.top();
    queue_.pop();
    now_us_ = std::max(now_us_, next.at_us);
    if (!next.survives && next.incarnation != incarnation_) continue;
    if (auto arrived = std::get_if<value>(&next.what)) {
      note("event " + to_json(*arrived));
      inbox_.put(std::move(*arrived), now_us_);
    } else {
      deliver(std::get<event>(std::move(next.what)));
    }
    offer_events();
    meddle();
  }
  close();
  return std::move(report_);
}

/// False, and why, when the run goes nowhere.
bool world::goes_on() {
  if (queue_.empty()) {
    for (const auto& c : life_.now().outstanding()) {
      auto listener = std::get_if<listen_for>(&c);
      if (!listener) continue;
      if (!report_.waits_for.empty()) report_.waits_for += ", ";
      auto types = std::string{};
      for (const auto& route : listener->routes)
        if (!route.type.empty()) types += (types.empty() ? "" : " or ") + route.type;
      report_.waits_for +=
          "waits for event " + (types.empty() ? "of any type" : types) + " at " + listener->task;
    }
    return false;
  }
  if (++happened_ > options_.happenings)
    report_.waits_for =
        "still going on after " + std::to_string(options_.happenings) + " happenings";
  else if (queue_.top().at_us > options_.horizon.after(start_us_))
    report_.waits_for = "still going on after " + offset_text(now_us_ - start_us_);
  return report_.waits_for.empty();
}

/// Something happens to the run: journaled, applied, carried out; the process may die in between.
void world::deliver(event e) {
  e.time_us = now_us_;
  if (!life_.now().wants(e)) return;
  auto dies = options_.faults.crash && report_.crashes < options_.crashes &&
              crashes_.chance(scenario_.faults.crash);
  auto journaled = life_.journal_entries() == 0 || !dies || crashes_.chance(0.5);
  if (!journaled) {
    note("crash, before the entry was journaled");
    // What is durable elsewhere is told again; the answer of a call is not.
    auto answer = std::holds_alternative<http_answered>(e.what) ||
                  std::holds_alternative<http_failed>(e.what);
    if (!answer) schedule(now_us_ + second, std::move(e));
    return rise({});
  }
  auto commands = life_.take(e);
  if (dies) {
    note("crash, after journal entry " + std::to_string(life_.journal_entries()));
    return rise(commands);
  }
  for (const auto& c : commands) carry_out(c);
}

/// The run begins again from its journal: nothing but the commit's own events was carried out, and
/// what is outstanding is asked for again.
void world::rise(const std::vector<command>& lost) {
  ++report_.crashes;
  ++incarnation_;
  if (auto difference = life_.rebuild()) report_.broken.push_back(*difference);
  inbox_.forget_listeners();
  for (const auto& c : lost)
    if (auto emitted = std::get_if<emit_event>(&c)) carry(*emitted);
  for (const auto& c : life_.now().outstanding()) carry_out(c);
}

void world::offer_events() {
  while (!is_final(life_.now().status())) {
    auto offer = inbox_.next_offer(now_us_);
    if (!offer) return;
    auto twice = options_.faults.events && events_.chance(scenario_.faults.duplicate);
    deliver({now_us_, *offer});
    if (twice) deliver({now_us_, *std::move(offer)});
  }
}

void world::meddle() {
  if (!options_.faults.control || is_final(life_.now().status())) return;
  if (control_.chance(scenario_.faults.suspend)) {
    fault("suspended");
    deliver({now_us_, suspend_requested{}});
    schedule(now_us_ + control_.spread(second, 24 * hour), event{0, resume_requested{}});
  }
  if (control_.chance(scenario_.faults.cancel)) {
    fault("cancelled");
    report_.cancelled_by_us = true;
    deliver({now_us_, cancel_requested{"simulated"}});
  }
}

void world::close() {
  if (auto difference = life_.rebuild()) report_.broken.push_back(*difference);
  const auto& m = life_.now();
  report_.lasted_us = now_us_ - start_us_;
  report_.journal_entries = life_.journal_entries();
  report_.steps = life_.steps();
  report_.output = m.output();
  report_.error = m.error();
  if (m.status() == run_status::completed) report_.how = life_report::end::completed;
  if (m.status() == run_status::cancelled) report_.how = life_report::end::cancelled;
  if (m.status() != run_status::faulted) return;
  report_.how = life_report::end::faulted;
  if (m.error()->detail.find("limits.steps is spent") != std::string::npos)
    report_.broken.push_back("the run took more than " + std::to_string(options_.steps) + " steps");
}

/// Whatever is sent under one key must be one and the same piece of work.
void world::expect_same_work(const std::string& key, std::string method, std::string url,
                             std::string request) {
  auto found = report_.work.find(key);
  if (found == report_.work.end()) {
    report_.work.emplace(key, work_asked{std::move(method), std::move(url), std::move(request)});
    return;
  }
  const auto& before = found->second.request;
  if (before == request) return;
  report_.broken.push_back("the idempotency key " + key + " is used for two requests: " +
                           safe_text(before, 200) + " / " + safe_text(request, 200));
}

void world::carry(const http_call& c) {
  note(describe(c));
  expect_same_work(c.idempotency_key, c.method, c.url,
                   c.method + " " + c.url + " " + c.body.value_or(""));
  auto reply = services_.answer(c);
  if (!reply.fault.empty()) fault(reply.fault + " of " + c.method + " " + c.url);
  schedule(now_us_ + reply.after_us, std::move(reply.what), crashes_.chance(0.3));
}

void world::carry(const start_child& c) {
  auto name = c.workflow.namespace_ + "/" + c.workflow.name;
  note(describe(c));
  expect_same_work(c.idempotency_key, "run", name, name + " " + to_json(c.input));
  if (!c.await) return;
  if (!children_.contains(c.idempotency_key)) {
    auto plan = scenario_.children.find(name);
    end_child(c, plan != scenario_.children.end() ? plan->second : child_plan{});
  }
  auto& [at_us, ended] = children_.at(c.idempotency_key);
  ended.effect = c.effect;
  schedule(at_us, event{0, ended});
}

/// What becomes of the child, and when: declared, or simulated from here to its end.
void world::end_child(const start_child& c, const child_plan& plan) {
  auto ended = child_ended{c.effect, run_status::completed, plan.output, plan.error};
  auto at_us = plan.delay.after(now_us_);
  if (plan.error) {
    ended.status = run_status::faulted;
    ended.output = {};
  } else if (plan.what && depth_ < deepest_child) {
    auto inner = options_;
    inner.seed = made_.next();
    auto child = world{plan.what, scenario_, inner, nullptr, now_us_, depth_ + 1}.live(c.input);
    using end = life_report::end;
    for (auto& line : child.trace) report_.trace.push_back(std::move(line));
    for (auto& what : child.broken) report_.broken.push_back("in " + plan.file + ": " + what);
    report_.faults += child.faults;
    report_.crashes += child.crashes;
    at_us = now_us_ + child.lasted_us;
    for (auto& event : child.emitted) schedule(at_us, std::move(event));
    if (child.how == end::endless) at_us = std::numeric_limits<int64_t>::max();
    ended.status = child.how == end::completed   ? run_status::completed
                   : child.how == end::cancelled ? run_status::cancelled
                                                 : run_status::faulted;
    ended.output = std::move(child.output);
    ended.error = std::move(child.error);
  }
  children_.emplace(c.idempotency_key, std::pair{at_us, std::move(ended)});
}

void world::carry(const listen_for& c) {
  note(describe(c));
  inbox_.listen(c);
  if (scenario_.events || !served_.insert(c.effect).second) return;
  auto at_us = now_us_;
  for (const auto& event : make_events(*what_, c, made_))
    schedule_event(at_us += made_.spread(second, hour), event);
}

void world::carry(const emit_event& c) {
  note(describe(c));
  report_.emitted.push_back(c.event);
  inbox_.put(c.event, now_us_);
}

} // namespace

life_report live(std::shared_ptr<const definition> d, const scenario& s, const value& input,
                 const world_options& o, coverage* reached) {
  return world{std::move(d), s, o, reached, s.start_us, 0}.live(input);
}

} // namespace steward::workflow::simulation
