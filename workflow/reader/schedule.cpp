#include "workflow/reader/schedule.hpp"

#include "workflow/reader/events.hpp"

#include <algorithm>
#include <array>

namespace steward::workflow::reader {

namespace {

using schedule::schedule_plan;

constexpr std::array<std::string_view, 4> kinds{"every", "cron", "after", "on"};

/// A length of time that is known and not nothing: no run is there whose data could tell it.
std::optional<duration> read_length(reading& r, const place& where) {
  if (is_expression(where)) {
    r.problems.at(where, "a schedule has no data that an expression could use",
                  "a duration such as PT15M or { minutes: 15 }");
    return std::nullopt;
  }
  auto length = read_duration(where.content());
  if (!length) {
    r.problems.at(where, length.error(), "a duration such as PT15M or { minutes: 15 }");
    return std::nullopt;
  }
  if (*length == duration{}) {
    r.problems.at(where, "\"" + std::string{where.key()} + "\" is no time at all",
                  "a duration longer than nothing");
    return std::nullopt;
  }
  return *length;
}

void read_cron(reading& r, const place& where, schedule_plan& into) {
  auto text = read_text(r.problems, where, "\"cron\"");
  if (!text) return;
  auto parsed = schedule::cron_expression::parse(*text);
  if (parsed)
    into.trigger = schedule::cron{*parsed, {}};
  else
    r.problems.in_text(where, parsed.error().offset, parsed.error().reason,
                       "a cron expression such as 0 0 * * *");
}

/// Steward's own settings, beside a schedule of that kind.
void read_settings(reading& r, const place& where, std::string_view kind, schedule_plan& into) {
  auto f = fields{
      r.problems, where, "metadata.steward.schedule", {"timezone", "overlap", "catchUp", "jitter"}};
  auto only_with = [&](std::string_view name, std::initializer_list<std::string_view> with) {
    auto p = f.get(name);
    if (p && std::find(with.begin(), with.end(), kind) == with.end()) {
      r.problems.at_key(*p, "\"" + std::string{name} + "\" has no meaning with \"" +
                                std::string{kind} + "\"");
      p.reset();
    }
    return p;
  };
  if (auto p = only_with("timezone", {"cron"}))
    if (auto name = read_text(r.problems, *p, "\"timezone\"")) {
      auto zone = schedule::time_zone::find(*name);
      if (!zone)
        r.problems.at(*p, zone.error(), "a name of the IANA database such as Europe/Berlin");
      else if (auto cron = std::get_if<schedule::cron>(&into.trigger))
        cron->zone = *zone;
    }
  if (auto p = only_with("overlap", {"every", "cron"}))
    if (auto name = read_text(r.problems, *p, "\"overlap\"")) {
      auto parsed = schedule::parse_overlap(*name);
      if (parsed)
        into.overlapping = *parsed;
      else
        r.problems.at(*p, parsed.error());
    }
  if (auto p = only_with("catchUp", {"every", "cron"}))
    if (auto name = read_text(r.problems, *p, "\"catchUp\"")) {
      auto parsed = schedule::parse_catch_up(*name);
      if (parsed)
        into.catching_up = *parsed;
      else
        r.problems.at(*p, parsed.error());
    }
  if (auto p = only_with("jitter", {"every", "cron", "after"}))
    into.jitter = read_length(r, *p).value_or(duration{});
}

/// The one kind that the schedule has; empty, and a problem, if there are none or several.
std::string_view find_kind(reading& r, const place& where) {
  std::string_view found;
  size_t count = 0;
  for (auto kind : kinds)
    if (where.content().find(kind)) {
      found = kind;
      ++count;
    }
  if (count == 1) return found;
  r.problems.at(where, "\"schedule\" has " + std::to_string(count) + " of its kinds",
                "one of \"every\", \"cron\", \"after\" or \"on\"");
  return {};
}

/// Steward's settings in the document's metadata: the names there are its own.
std::optional<place> find_settings(reading& r, const place& steward) {
  auto f = fields{r.problems, steward, "metadata.steward", {"schedule"}};
  return f.get("schedule");
}

event_trigger read_trigger(reading& r, const fields& f) {
  auto scope = variable_scope{{}};
  event_trigger result;
  result.to = read_event_strategy(r, *f.get("on"), scope);
  result.read = read_event_reading(f);
  return result;
}

} // namespace

decltype(definition::starts) read_schedule(reading& r, const place& workflow) {
  auto document = workflow.child("document");
  auto metadata = document ? document->child("metadata") : std::nullopt;
  auto steward = metadata ? metadata->child("steward") : std::nullopt;
  auto settings = steward ? find_settings(r, *steward) : std::nullopt;
  auto where = workflow.child("schedule");
  if (!where) {
    if (settings)
      r.problems.at_key(*settings, "metadata.steward.schedule has no meaning without a schedule",
                        "\"schedule\" in the workflow");
    return {};
  }
  auto f = fields{r.problems, *where, "schedule", {"every", "cron", "after", "on", "read"}};
  if (!f.is_object()) return {};
  auto kind = find_kind(r, *where);
  if (auto read = f.get("read"); read && !f.has("on"))
    r.problems.at_key(*read, "\"read\" has no meaning without \"on\"", "\"on\" beside it");
  if (kind.empty()) return {};
  auto plan = schedule_plan{};
  auto length = [&](std::string_view name) {
    return read_length(r, *f.get(name)).value_or(duration{});
  };
  if (kind == "every") plan.trigger = schedule::every{length("every")};
  if (kind == "after") plan.trigger = schedule::after{length("after")};
  if (kind == "cron") read_cron(r, *f.get("cron"), plan);
  if (settings) read_settings(r, *settings, kind, plan);
  if (kind == "on") return read_trigger(r, f);
  return plan;
}

} // namespace steward::workflow::reader
