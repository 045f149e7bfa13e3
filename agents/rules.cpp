#include "agents/rules.hpp"

#include <cstdio>

namespace steward::agents {

namespace {

using governance::autonomy;
using workflow::value;

constexpr int64_t minute_us = 60 * governance::second_us;

class rules_reader {
public:
  explicit rules_reader(rules base) : read_(std::move(base)) {}

  outcome<rules, std::vector<field_problem>> read(const value& v) {
    if (!v.is_object()) {
      wrong("", "this is no object", "an object");
      return failed{std::move(problems_)};
    }
    for (const auto& m : v.members()) member(std::string{m.key.as_string()}, m.item);
    if (!problems_.empty()) return failed{std::move(problems_)};
    return std::move(read_);
  }

private:
  void wrong(std::string pointer, std::string detail, std::string expected) {
    problems_.push_back({std::move(pointer), std::move(detail), std::move(expected), 0, 0, -1});
  }

  void member(const std::string& name, const value& v) {
    const auto at = "/" + name;
    if (name == "levels") return levels(v);
    if (name == "otherwise") return level(v, at, read_.table.otherwise);
    if (name == "rules") return value_rules(v);
    if (name == "paused") return flag(v, at, read_.paused);
    if (name == "shadow") return flag(v, at, read_.shadow);
    if (name == "limits")
      return members(v, at, [&](std::string_view key, const value& item, const std::string& p) {
        auto& l = read_.limits;
        if (key == "hourly_actions") return count(item, p, l.hourly);
        if (key == "daily_actions") return count(item, p, l.daily);
        if (key == "per_customer_hourly") return count(item, p, l.customer_hourly);
        if (key == "per_customer_daily") return count(item, p, l.customer_daily);
        unknown(p);
      });
    if (name == "circuit_breaker")
      return members(v, at, [&](std::string_view key, const value& item, const std::string& p) {
        auto& b = read_.breaker;
        if (key == "error_threshold") return count(item, p, b.error_threshold, 1);
        if (key == "cooldown_minutes") return minutes(item, p, b.cooldown_us);
        if (key == "half_open_attempts") return count(item, p, b.half_open_attempts, 1);
        if (key == "auto_recovery") return flag(item, p, b.auto_recovery);
        unknown(p);
      });
    if (name == "quiet_hours")
      return members(v, at, [&](std::string_view key, const value& item, const std::string& p) {
        if (key == "from") return clock(item, p, read_.quiet.from_minute);
        if (key == "to") return clock(item, p, read_.quiet.to_minute);
        unknown(p);
      });
    if (name == "approvals")
      return members(v, at, [&](std::string_view key, const value& item, const std::string& p) {
        if (key == "expire_minutes") return minutes(item, p, read_.approval_expires_us);
        if (key == "escalate_minutes") return minutes(item, p, read_.approval_escalates_us, 0);
        unknown(p);
      });
    if (name == "earning")
      return members(v, at, [&](std::string_view key, const value& item, const std::string& p) {
        auto& e = read_.earning;
        if (key == "consent") return flag(item, p, e.consent);
        if (key == "approvals") return share(item, p, e.approvals);
        if (key == "successes") return share(item, p, e.successes);
        if (key == "decisions_least") return count(item, p, e.decisions_least, 1);
        if (key == "bad_most") return count(item, p, e.bad_most, 1);
        if (key == "bad_among") return count(item, p, e.bad_among, 1);
        unknown(p);
      });
    if (name == "alerts")
      return members(v, at, [&](std::string_view key, const value& item, const std::string& p) {
        auto& a = read_.alerts;
        if (key == "success_rate_below") return share(item, p, a.success_rate_below);
        if (key == "success_rate_minutes") return minutes(item, p, a.success_rate_for_us, 0);
        if (key == "backlog_above") return whole(item, p, a.backlog_above);
        if (key == "backlog_minutes") return minutes(item, p, a.backlog_for_us, 0);
        if (key == "webhook") return address(item, p, a.webhook);
        unknown(p);
      });
    if (name == "settings") {
      if (!v.is_object()) return wrong(at, "this is no object", "an object");
      if (const auto* zone = v.find("zone")) {
        const auto known =
            zone->is_string() && workflow::schedule::time_zone::find(zone->as_string());
        if (!known)
          return wrong(at + "/zone", "this is no time zone", "a name such as Europe/Berlin");
      }
      read_.settings = v;
      return;
    }
    if (name == "earned") return; // as it was read; nobody sets it
    unknown(at);
  }

  void unknown(const std::string& at) {
    wrong(at, "this is not known here", "a member of the document that GET answers");
  }
  template <class Read>
  void members(const value& v, const std::string& at, Read read) {
    if (!v.is_object()) return wrong(at, "this is no object", "an object");
    for (const auto& m : v.members())
      read(m.key.as_string(), m.item, at + "/" + std::string{m.key.as_string()});
  }

  void levels(const value& v) {
    if (!v.is_object()) return wrong("/levels", "this is no object", "{decision_type: level}");
    for (const auto& m : v.members()) {
      const std::string type{m.key.as_string()};
      if (m.item.is_null()) {
        read_.table.levels.erase(type);
        continue;
      }
      level(m.item, "/levels/" + type, read_.table.levels[type]);
    }
  }
  void level(const value& v, const std::string& at, autonomy& into) {
    const auto known = v.is_string() ? governance::autonomy_from(v.as_string()) : std::nullopt;
    if (!known) return wrong(at, "this is no level", "full_auto, supervised or manual_only");
    into = *known;
  }
  void value_rules(const value& v) {
    if (!v.is_array() || v.size() > 200)
      return wrong("/rules", "this is no list of rules", "at most 200 rules");
    read_.table.rules.clear();
    for (size_t i = 0; i < v.size(); ++i) {
      const auto& rule = v.items()[i];
      const auto at = "/rules/" + std::to_string(i);
      governance::value_rule r;
      bool has_field = false, has_above = false;
      members(rule, at, [&](std::string_view key, const value& item, const std::string& p) {
        if (key == "level") return level(item, p, r.level);
        if (key == "above") {
          has_above = item.is_number();
          if (has_above) r.above = item.as_double();
          return;
        }
        if (key != "field" && key != "decision_type") return unknown(p);
        if (!item.is_string()) return wrong(p, "this is no text", "a text");
        (key == "field" ? r.field : r.decision_type) = item.as_string();
        has_field |= key == "field";
      });
      if (!has_field) wrong(at + "/field", "this is missing", "a member of the details");
      if (!has_above) wrong(at + "/above", "this is no number", "a number");
      read_.table.rules.push_back(std::move(r));
    }
  }
  void count(const value& v, const std::string& at, uint32_t& into, int64_t least = 0) {
    if (!v.is_int() || v.as_int() < least || v.as_int() > 100'000)
      return wrong(at, "this is no count",
                   "a whole number from " + std::to_string(least) + " to 100000");
    into = static_cast<uint32_t>(v.as_int());
  }
  void whole(const value& v, const std::string& at, int64_t& into) {
    auto read = static_cast<uint32_t>(into);
    count(v, at, read);
    into = read;
  }
  void address(const value& v, const std::string& at, std::string& into) {
    const auto text = v.is_string() ? v.as_string() : std::string_view{};
    const bool fits = v.is_null() || (v.is_string() && text.empty()) ||
                      ((text.starts_with("https://") || text.starts_with("http://")) &&
                       text.size() <= 2'000 && text.find_first_of(" \r\n\t") == text.npos);
    if (!fits) return wrong(at, "this is no address", "https://..., or null");
    into = text;
  }
  void minutes(const value& v, const std::string& at, int64_t& into, int64_t least = 1) {
    if (!v.is_int() || v.as_int() < least || v.as_int() > 7 * 24 * 60)
      return wrong(at, "this is no number of minutes",
                   "a whole number from " + std::to_string(least) + " to 10080");
    into = v.as_int() * minute_us;
  }
  void share(const value& v, const std::string& at, double& into) {
    if (!v.is_number() || !(v.as_double() >= 0 && v.as_double() <= 1))
      return wrong(at, "this is no share", "a number from 0 to 1");
    into = v.as_double();
  }
  void flag(const value& v, const std::string& at, bool& into) {
    if (!v.is_bool()) return wrong(at, "this is no boolean", "true or false");
    into = v.as_bool();
  }
  void clock(const value& v, const std::string& at, int& into) {
    int hour = 0, minute = 0;
    char rest = 0;
    const bool fits =
        v.is_string() && v.size() == 5 &&
        std::sscanf(std::string{v.as_string()}.c_str(), "%2d:%2d%c", &hour, &minute, &rest) == 2 &&
        hour >= 0 && hour < 24 && minute >= 0 && minute < 60;
    if (!fits) return wrong(at, "this is no time of day", "HH:MM, 00:00 to 23:59");
    into = hour * 60 + minute;
  }

  rules read_;
  std::vector<field_problem> problems_;
};

std::string clock_text(int minute) {
  char text[16];
  std::snprintf(text, sizeof text, "%02d:%02d", minute / 60 % 24, minute % 60);
  return text;
}

} // namespace

rules rules::defaults() { return {}; }

outcome<rules, std::vector<field_problem>> read_rules(const value& document, const rules& base) {
  return rules_reader{base}.read(document);
}

value to_document(const rules& r) {
  auto levels = value::empty_object();
  for (const auto& [type, level] : r.table.levels) levels.set(type, to_string(level));
  auto lines = value::empty_array();
  for (const auto& rule : r.table.rules)
    lines.push_back(value::object({{"decision_type", rule.decision_type},
                                   {"field", rule.field},
                                   {"above", rule.above},
                                   {"level", to_string(rule.level)}}));
  return value::object(
      {{"levels", levels},
       {"otherwise", to_string(r.table.otherwise)},
       {"rules", lines},
       {"limits", value::object({{"hourly_actions", r.limits.hourly},
                                 {"daily_actions", r.limits.daily},
                                 {"per_customer_hourly", r.limits.customer_hourly},
                                 {"per_customer_daily", r.limits.customer_daily}})},
       {"circuit_breaker", value::object({{"error_threshold", r.breaker.error_threshold},
                                          {"cooldown_minutes", r.breaker.cooldown_us / minute_us},
                                          {"half_open_attempts", r.breaker.half_open_attempts},
                                          {"auto_recovery", r.breaker.auto_recovery}})},
       {"quiet_hours", value::object({{"from", clock_text(r.quiet.from_minute)},
                                      {"to", clock_text(r.quiet.to_minute)}})},
       {"approvals", value::object({{"expire_minutes", r.approval_expires_us / minute_us},
                                    {"escalate_minutes", r.approval_escalates_us / minute_us}})},
       {"earning", value::object({{"consent", r.earning.consent},
                                  {"approvals", r.earning.approvals},
                                  {"successes", r.earning.successes},
                                  {"decisions_least", r.earning.decisions_least},
                                  {"bad_most", r.earning.bad_most},
                                  {"bad_among", r.earning.bad_among}})},
       {"alerts", value::object({{"success_rate_below", r.alerts.success_rate_below},
                                 {"success_rate_minutes", r.alerts.success_rate_for_us / minute_us},
                                 {"backlog_above", r.alerts.backlog_above},
                                 {"backlog_minutes", r.alerts.backlog_for_us / minute_us},
                                 {"webhook", r.alerts.webhook}})},
       {"paused", r.paused},
       {"shadow", r.shadow},
       {"settings", r.settings}});
}

} // namespace steward::agents
