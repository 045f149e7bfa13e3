#include "workflow/machine/interpreter.hpp"

namespace steward::workflow {

namespace {

/// A number that looks random and is the same on every replay (FNV-1a, then SplitMix64's finish).
uint64_t place_hash(std::string_view run, std::string_view pointer, uint64_t attempt) {
  uint64_t h = 0xcbf29ce484222325u;
  auto mix = [&h](unsigned char byte) { h = (h ^ byte) * 0x100000001b3u; };
  for (char c : run) mix(static_cast<unsigned char>(c));
  mix(0);
  for (char c : pointer) mix(static_cast<unsigned char>(c));
  h += attempt * 0x9e3779b97f4a7c15u;
  h = (h ^ (h >> 30)) * 0xbf58476d1ce4e5b9u;
  h = (h ^ (h >> 27)) * 0x94d049bb133111ebu;
  return h ^ (h >> 31);
}

int64_t saturating_product(int64_t a, int64_t b) {
  int64_t product = 0;
  return __builtin_mul_overflow(a, b, &product) ? std::numeric_limits<int64_t>::max() : product;
}

int64_t saturating_sum(int64_t a, int64_t b) {
  int64_t sum = 0;
  return __builtin_add_overflow(a, b, &sum) ? std::numeric_limits<int64_t>::max() : sum;
}

/// `n` counts the retries from 1.
int64_t grown(int64_t delay, retry_policy::growth how, uint64_t n) {
  switch (how) {
  case retry_policy::growth::constant:
    return delay;
  case retry_policy::growth::linear:
    return saturating_product(delay, static_cast<int64_t>(n));
  case retry_policy::growth::exponential:
    return saturating_product(delay, int64_t{1} << std::min<uint64_t>(n - 1, 62));
  }
  return delay;
}

} // namespace

void interpreter::begin_attempt() {
  auto& f = top();
  const auto& body = std::get<try_task>(f.what->body);
  f.attempt->at = try_state::phase::done; // until the attempt really begins
  if (body.retry && body.retry->attempt_duration)
    f.attempt->attempt =
        deadline_after(*body.retry->attempt_duration, f.input, "limit.attempt.duration");
  f.attempt->at = try_state::phase::body;
  f.open(body.tasks, f.input);
}

/// Offers an error to the `try` on top. False: it goes on outwards, or what it has become, if the
/// `catch` itself failed.
bool interpreter::handle(run_error& e) {
  auto& f = top();
  const auto& body = std::get<try_task>(f.what->body);
  f.attempt->at = try_state::phase::done;
  drop_deadline(f.attempt->attempt);
  auto handled = true;
  auto failure = failure_of([&] {
    auto shown = to_value(e);
    if (!catches(body, e, shown)) {
      handled = false;
      return;
    }
    auto retry_at = body.retry ? next_attempt_at(*body.retry, e, shown) : std::nullopt;
    if (retry_at) {
      if (*retry_at <= now_us_) return begin_attempt();
      auto timer = set_timer{};
      timer.due_us = *retry_at;
      return ask(timer);
    }
    if (!body.handler.empty()) {
      f.attempt->at = try_state::phase::handler;
      f.attempt->caught = std::move(shown);
      return f.open(body.handler, f.input);
    }
    // A policy without a handler says what to do about the error; once it is spent, nothing is
    // left.
    handled = !body.retry;
    if (handled) complete(f.input, body.then.what != flow::kind::next ? body.then : f.what->then);
  });
  if (!failure) return handled;
  e = *std::move(failure);
  if (e.instance.empty()) e.instance = f.what->pointer;
  return false;
}

bool interpreter::catches(const try_task& body, const run_error& e, const value& shown) const {
  if (body.with && !matches(*body.with, e)) return false;
  auto variables = view().with_error(body.as, shown);
  return (!body.when || holds(*body.when, shown, variables, "catch.when")) &&
         (!body.except_when || !holds(*body.except_when, shown, variables, "catch.exceptWhen"));
}

/// When the next attempt is due, and counts it; nothing when the policy has no more.
std::optional<int64_t> interpreter::next_attempt_at(const retry_policy& policy, const run_error& e,
                                                    const value& shown) {
  auto& f = top();
  auto& state = *f.attempt;
  auto variables = view().with_error(std::get<try_task>(f.what->body).as, shown);
  if (policy.when && !holds(*policy.when, shown, variables, "retry.when")) return std::nullopt;
  if (policy.except_when && holds(*policy.except_when, shown, variables, "retry.exceptWhen"))
    return std::nullopt;
  if (policy.attempt_count && state.retries >= *policy.attempt_count) return std::nullopt;
  auto length = [&](const duration_source& source, std::string_view field) {
    return std::max<int64_t>(instant_after(source, now_us_, f.input, variables, field) - now_us_,
                             0);
  };
  auto n = state.retries + 1;
  int64_t delay = 0;
  if (policy.delay) delay = grown(length(*policy.delay, "retry.delay"), policy.backoff, n);
  if (policy.jitter) {
    auto from = length(policy.jitter->first, "retry.jitter.from");
    auto to = std::max(from, length(policy.jitter->second, "retry.jitter.to"));
    auto range = static_cast<uint64_t>(to - from) + 1;
    auto drawn = from + static_cast<int64_t>(place_hash(run_.id, f.what->pointer, n) % range);
    delay = saturating_sum(delay, drawn);
  }
  auto due = saturating_sum(now_us_, delay);
  if (policy.total_duration && due > instant_after(*policy.total_duration, state.first_attempt_us,
                                                   f.input, variables, "limit.duration"))
    return std::nullopt;
  ++state.retries;
  ++retries_;
  if (observer_)
    observe("task.retried",
            value::object({{"delay_ms", value{delay / 1000}}, {"error", to_value(e)}}));
  return due;
}

/// The attempt that the innermost `try` with a retry policy is at, from 1. Without one, that of the
/// innermost task that the run was retried from.
int interpreter::attempt_of(const branch& line, size_t depth) const {
  auto repeated = 0;
  auto open = depth + 1;
  for (const auto* b = &line; b; b = b->parent, open = b ? b->frames.size() : 0)
    for (; open > 0; --open) {
      const auto& f = b->frames[open - 1];
      if (repeated == 0) repeated = f.repeated;
      if (f.attempt && !f.runs_handler() && std::get<try_task>(f.what->body).retry)
        return static_cast<int>(
            std::min<uint64_t>(f.attempt->earlier + f.attempt->retries + 1, 1'000'000'000));
    }
  return 1 + repeated;
}

} // namespace steward::workflow
