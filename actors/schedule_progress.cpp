#include "actors/schedule_progress.hpp"

#include "messages/digest.hpp"
#include "workflow/json.hpp"

namespace steward {

namespace {

using workflow::value;

value time_or_null(const std::optional<int64_t>& time_us) {
  return time_us ? value{*time_us} : value{};
}

std::optional<int64_t> read_time(const value& v) {
  return v.is_int() ? std::optional{v.as_int()} : std::nullopt;
}

int64_t read_number(const value& v) { return v.is_int() ? v.as_int() : 0; }

} // namespace

std::string encode_progress(const schedule_progress& p) {
  return workflow::to_json(
      value::object({{"timing", p.timing},
                     {"anchor_us", p.anchor_us},
                     {"handled_us", p.handled_us},
                     {"last_due_us", time_or_null(p.last_due_us)},
                     {"last_run", p.last_run ? value{p.last_run->text()} : value{}},
                     {"queued_us", time_or_null(p.queued_us)},
                     {"missed", p.missed},
                     {"cursor", p.cursor},
                     {"collected", value::array(p.collected)},
                     {"paused", p.paused}}));
}

std::optional<schedule_progress> decode_progress(std::string_view json) {
  const auto read = workflow::parse_json(json);
  if (!read) return std::nullopt;
  const auto timing = read->get("timing"), run = read->get("last_run"),
             paused = read->get("paused");
  if (!timing.is_string() || !read->get("anchor_us").is_int()) return std::nullopt;
  schedule_progress p;
  p.timing = timing.as_string();
  p.anchor_us = read_number(read->get("anchor_us"));
  p.handled_us = read_number(read->get("handled_us"));
  p.last_due_us = read_time(read->get("last_due_us"));
  if (run.is_string()) p.last_run = run_id::parse(run.as_string());
  p.queued_us = read_time(read->get("queued_us"));
  p.missed = static_cast<uint64_t>(read_number(read->get("missed")));
  p.cursor = static_cast<uint64_t>(read_number(read->get("cursor")));
  if (const auto collected = read->get("collected"); collected.is_array())
    p.collected.assign(collected.items().begin(), collected.items().end());
  p.paused = paused.is_bool() && paused.as_bool();
  return p;
}

schedule_progress new_progress(const workflow::definition& d, int64_t now_us,
                               uint64_t newest_event) {
  schedule_progress p;
  p.timing = timing_of(d);
  p.anchor_us = p.handled_us = now_us;
  p.cursor = newest_event;
  return p;
}

std::string timing_of(const workflow::definition& d) {
  const auto settings = d.document.get("document").get("metadata").get("steward").get("schedule");
  return workflow::to_json(value::object(
      {{"schedule", d.document.get("schedule")}, {"timezone", settings.get("timezone")}}));
}

run_id scheduled_run_id(const tenant_id& tenant, std::string_view workflow, int64_t time_us,
                        std::string_view occasion) {
  std::string text = tenant;
  text.append("\n").append(workflow).append("\n").append(occasion);
  const auto digest = sha256_digest(text).substr(sizeof("sha256:") - 1);
  return run_id::make(time_us, std::stoull(digest.substr(0, 16), nullptr, 16),
                      std::stoull(digest.substr(16, 16), nullptr, 16));
}

} // namespace steward
