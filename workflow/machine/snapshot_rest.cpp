#include "workflow/machine/snapshot_fields.hpp"
#include "workflow/machine/snapshot_values.hpp"

#include <algorithm>
#include <span>

/// What a snapshot leaves out because it follows from the frames of a run that rests, and what has
/// to fit together so that no event can break the rebuilt run.
namespace steward::workflow {

namespace {

/// Sums and differences of two such times, in microseconds, fit.
constexpr int64_t time_max = int64_t{1} << 61;
constexpr int count_max = 1'000'000'000;

bool is_time(int64_t us) { return us >= -time_max && us <= time_max; }

bool has_open_branches(const frame& f) {
  return f.fork && std::ranges::any_of(f.fork->open, [](auto id) { return id != 0; });
}

/// Whose frame an effect is, and what for.
struct claim {
  effect_id id;
  open_effect::purpose use;
  branch_id where;
  size_t depth;
};

void claim_effects(std::vector<claim>& claims, const branch& b) {
  using purpose = open_effect::purpose;
  for (size_t depth = 0; depth < b.frames.size(); ++depth) {
    const auto& f = b.frames[depth];
    auto add = [&](effect_id id, purpose use) {
      if (id != 0) claims.push_back({id, use, b.id, depth});
    };
    add(f.timeout.timer, purpose::timeout);
    if (f.attempt) add(f.attempt->attempt.timer, purpose::attempt_timeout);
    auto listener = f.listening ? f.listening->effect : 0;
    add(listener, purpose::answer);
    if (f.waits_for != listener) add(f.waits_for, purpose::answer);
  }
}

/// Whether the frame can go on with the answer to that.
bool may_ask(const frame& f, open_effect::purpose use, const command& sent) {
  auto timer = std::holds_alternative<set_timer>(sent);
  if (use != open_effect::purpose::answer) return timer;
  if (!f.what) return false;
  const auto& body = f.what->body;
  if (timer)
    return std::holds_alternative<wait_task>(body) ||
           (std::holds_alternative<try_task>(body) && f.attempt);
  if (std::holds_alternative<http_call>(sent))
    return std::holds_alternative<call_http_task>(body) ||
           std::holds_alternative<call_openapi_task>(body);
  if (std::holds_alternative<listen_for>(sent)) return f.listening != nullptr;
  return std::holds_alternative<start_child>(sent) &&
         std::holds_alternative<run_workflow_task>(body);
}

/// The scope is one that an extension puts around the task.
bool is_around(const frame& f) {
  return f.extended && std::ranges::any_of(f.extended->applying, [&f](const extension* e) {
           return f.list == &e->before || f.list == &e->after;
         });
}

/// The frame goes on with the end of its scope, or in it.
bool goes_on_in_scope(const frame& f) {
  auto surrounds = f.extended && f.extended->at != extension_state::phase::body;
  return f.list && is_around(f) == surrounds;
}

} // namespace

// --- what follows ---

bool snapshot_access::rests(const interpreter& m) {
  if (m.ready() || !m.queue_.empty() || !m.fallen_branches_.empty()) return false;
  auto claims = std::vector<claim>{};
  auto follows = [&](const branch& b) {
    if (!b.fallen.empty()) return false;
    for (size_t depth = 1; depth < b.frames.size(); ++depth) {
      const auto& around = b.frames[depth - 1];
      if (!around.list || around.next >= around.list->size() ||
          b.frames[depth].what != &(*around.list)[around.next])
        return false;
    }
    if (m.ended() || b.frames.empty()) return b.blocked_on == 0 && !b.joining;
    claim_effects(claims, b);
    const auto& top = b.frames.back();
    return b.joining == has_open_branches(top) && b.blocked_on == (b.joining ? 0 : top.waits_for);
  };
  if (!follows(m.main_)) return false;
  for (const auto& [id, b] : m.branches_)
    if (!follows(*b)) return false;
  return claims.size() == m.effects_.size() && std::ranges::all_of(claims, [&m](const claim& c) {
           auto found = m.effects_.find(c.id);
           return found != m.effects_.end() && found->second.use == c.use &&
                  found->second.where == c.where && found->second.depth == c.depth;
         });
}

// --- what fits ---

void snapshot_access::settle(interpreter& m) {
  ensure_readable(m.now_us_ >= 0 && is_time(m.now_us_) && is_time(m.run_.started_us),
                  "a time is no time");
  ensure_readable(m.ended_as_ == run_status::pending || is_final(m.ended_as_), "the end is no end");
  ensure_readable(m.error_.has_value() == (m.ended_as_ == run_status::faulted),
                  "an error is no fault's");
  ensure_readable(m.last_branch_ < 1u << 31 && m.last_effect_ < uint64_t{1} << 62,
                  "a number is too large");
  for (const auto& child : m.unanswered_)
    ensure_readable(std::holds_alternative<start_child>(child), "a child is none");
  ensure_readable(!m.main_.frames.empty() || (!m.ended() && m.branches_.empty()),
                  "no frame is there");
  if (m.failed_in_) {
    auto failed = m.find_branch(*m.failed_in_);
    ensure_readable(m.ended() && failed && failed->frames.size() > 1, "what failed is not there");
  }
  auto claims = std::vector<claim>{};
  auto forked = ptrdiff_t{0};
  m.each_branch([&](branch& b) {
    ensure_readable(b.id <= m.last_branch_ && b.repeat >= 0 && b.repeat < count_max,
                    "a branch is no branch");
    ensure_readable(!b.frames.empty() || &b == &m.main_, "a branch has no frames");
    for (auto& f : b.frames)
      if (f.fork) {
        f.fork->running = f.fork->open.size() -
                          static_cast<size_t>(std::ranges::count(f.fork->open, branch_id{0}));
        forked += static_cast<ptrdiff_t>(f.fork->running);
      }
    if (b.frames.empty()) return;
    const auto& top = b.frames.back();
    for (const auto& f : std::span{b.frames}.first(b.frames.size() - 1))
      ensure_readable(goes_on_in_scope(f), "a task is at work in the wrong scope");
    if (m.ended()) {
      ensure_readable(goes_on_in_scope(top) || top.waits_for != 0 || has_open_branches(top) ||
                          m.failed_in_ == b.id || m.main_.frames.size() == 1,
                      "a task could not go on");
      return;
    }
    b.joining = has_open_branches(top);
    b.blocked_on = b.joining ? 0 : top.waits_for;
    ensure_readable(!b.ready() && b.frames.front().list, "a branch waits for nothing");
    claim_effects(claims, b);
  });
  // Each branch is in its parent's list: so nothing else is in any.
  ensure_readable(forked == static_cast<ptrdiff_t>(m.branches_.size()), "a branch is not there");
  std::ranges::sort(claims, {}, &claim::id);
  auto twice = std::ranges::adjacent_find(claims, {}, &claim::id) != claims.end();
  ensure_readable(!twice && claims.size() == m.effects_.size(), "an effect is nobody's");
  for (const auto& c : claims) {
    auto found = m.effects_.find(c.id);
    ensure_readable(found != m.effects_.end() && c.id <= m.last_effect_, "an effect is not there");
    auto& effect = found->second;
    const auto& b = m.line(c.where);
    auto waits =
        c.use == open_effect::purpose::answer && !std::holds_alternative<listen_for>(effect.sent);
    ensure_readable(!waits || c.depth + 1 == b.frames.size(), "a task waits below another");
    ensure_readable(may_ask(b.frames[c.depth], c.use, effect.sent),
                    "a task waits for something else");
    effect.use = c.use;
    effect.where = c.where;
    effect.depth = c.depth;
  }
  for (const auto& e : m.arrived_) {
    auto found = m.effects_.find(effect_of(e));
    ensure_readable(found == m.effects_.end() || answers(e, found->second.sent),
                    "an answer is to nothing");
  }
}

void snapshot_access::check_frame(const branch& line, frame& f) {
  ensure_readable(is_time(f.started_us) && is_time(f.timeout.since_us), "a time is no time");
  ensure_readable(f.repeated >= 0 && f.repeated < count_max, "a count is too large");
  if (!f.what) {
    auto alone = !f.loop && !f.attempt && !f.fork && !f.listening && !f.extended;
    return ensure_readable(alone && f.waits_for == 0 && line.frames.empty(), "a root is no task");
  }
  const auto& body = f.what->body;
  auto is_or_not = [](const auto& state, auto task) {
    ensure_readable(!state || task, "a task is of another kind");
    return state != nullptr;
  };
  if (is_or_not(f.loop, std::get_if<for_task>(&body))) {
    const auto& l = *f.loop;
    ensure_readable(l.items.is_array() && (!l.iterating || l.index < l.items.size()),
                    "a loop has no item");
  }
  if (is_or_not(f.attempt, std::get_if<try_task>(&body)))
    ensure_readable(is_time(f.attempt->first_attempt_us) && is_time(f.attempt->attempt.since_us),
                    "a time is no time");
  if (auto fork = std::get_if<fork_task>(&body); is_or_not(f.fork, fork)) {
    auto n = fork->branches.size();
    ensure_readable(f.fork->open.size() == n && f.fork->outputs.size() == n &&
                        f.fork->exports.size() == n,
                    "a fork has other branches");
  }
  if (auto listen = std::get_if<listen_task>(&body); is_or_not(f.listening, listen)) {
    ensure_readable(!f.listening->iterating || listen->each, "a listener has no iterations");
    bind(f.listening->consumption, listen->to, listen->read);
  }
}

/// A listener whose task failed before it began has consumed nothing and is of no strategy.
void snapshot_access::bind(event_consumption& c, const event_strategy& what, event_reading read) {
  auto until = std::get_if<std::shared_ptr<const event_strategy>>(&what.until);
  auto fits = c.fulfilled_.size() == what.filters.size() &&
              std::ranges::equal(c.expected_, what.filters, [](const auto& e, const auto& f) {
                return e.size() == f.correlations.size();
              });
  if (!fits || (until != nullptr) != (c.until_ != nullptr)) {
    auto blank = c.fulfilled_.empty() && c.expected_.empty() && c.taken_.empty() && !c.until_;
    return ensure_readable(blank && !c.done_, "a listener consumes other events");
  }
  c.what_ = &what;
  c.read_ = read;
  if (until) bind(*c.until_, **until, read);
}

} // namespace steward::workflow
