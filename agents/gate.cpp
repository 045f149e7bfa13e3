#include "agents/gate.hpp"

#include "agents/documents.hpp"
#include "intelligence/instants.hpp"

#include <algorithm>
#include <limits>

namespace steward::agents {

using governance::second_us;
using workflow::value;

namespace {

constexpr char rules_id[] = "rules";

/// Members of `over` in place of those of `base`.
value overlaid(value base, const value& over) {
  if (over.is_object())
    for (const auto& m : over.members()) base.set(m.key.as_string(), m.item);
  return base;
}

bool is_true(const value* v) { return v && v->is_bool() && v->as_bool(); }
bool is_false(const value* v) { return v && v->is_bool() && !v->as_bool(); }

} // namespace

customer_facts facts_of(const value& record) {
  customer_facts c;
  if (!record.is_object()) return c;
  c.known = true;
  c.name = text_of(record, "name");
  c.phone = text_of(record, "phone");
  c.email = text_of(record, "email");
  c.language = text_of(record, "language");
  c.zone = text_of(record, "zone");
  const auto consent = record.get("consent");
  c.opted_out = is_true(consent.find("opted_out")) || is_true(record.find("opted_out"));
  for (const auto* channel : {"whatsapp", "sms", "email", "push"})
    if (is_false(consent.find(channel))) c.refused_channels.insert(channel);
  return c;
}

gate::gate(tenant_id tenant, const stored_gate& stored, int64_t now_us)
    : tenant_(std::move(tenant)), packs_(stored.packs), rules_(rules::defaults()) {
  for (const auto& p : packs_)
    if (auto read = read_rules(p->governance, rules_)) rules_ = std::move(*read);
  if (auto read = read_rules(stored.governance, rules_)) rules_ = std::move(*read);
  if (const auto earned = stored.governance.get("earned"); earned.is_object())
    for (const auto& m : earned.members())
      earned_[std::string{m.key.as_string()}] =
          governance::earned_autonomy::from_document(m.item.get("record"));
  apply_rules();
  for (const auto& d : stored.agent_states) {
    auto& a = agent_of(text_of(d, "agent_name"), now_us);
    a.declared = false;
    a.title = text_of(d, "title");
    a.task_type = text_of(d, "task_type");
    a.restore(d, governor_);
  }
  for (const auto& p : packs_)
    for (const auto& declared : p->agents) {
      const bool is_new = !agents_.contains(declared.name);
      auto& a = agent_of(declared.name, now_us);
      a.declared = true;
      a.title = declared.title;
      a.task_type = declared.task_type;
      if (is_new) a.interval_minutes = declared.every_minutes;
    }
  apply_rules();
  for (auto& [name, a] : agents_)
    if (a.paused) governor_.pause(name);
  for (const auto& d : stored.decisions) {
    const auto id = text_of(d, "id"), agent = text_of(d, "agent_name");
    const auto outcome = text_of(d.get("outcome"), "status");
    const auto acted = d.get("acted_us");
    const bool acts = acted.is_int() && acted.as_int() > 0;
    if (acts && acted.as_int() > now_us - governance::day_us)
      governor_.restore(id, agent, text_of(d, "limits_customer"), acted.as_int(),
                        !is_true(d.find("settled")));
    const auto completed = time_of(d.get("outcome").get("completed_at"));
    if ((outcome == "success" || outcome == "failed") && completed != 0)
      agent_of(agent, now_us).settle(completed, outcome == "success");
    if (outcome != "pending") continue;
    auto& open = open_.change()[id];
    open.document = d;
    open.waits = text_of(d.get("approval"), "status") == "approved" && !acts;
    open.again_us = now_us;
    open.customer.known = true;
    if (const auto key = text_of(d, "key"); !key.empty()) keys_.change()[key] = id;
  }
  for (const auto& a : stored.alerts)
    if (text_of(a, "status") == "raised") alerts_.restore(a);
  for (const auto& a : stored.approvals) approvals_.change()[text_of(a, "id")] = a;
  if (stored.last_audit.is_object()) {
    const auto sequence = stored.last_audit.get("sequence");
    audit_ = audit_chain{sequence.is_int() ? static_cast<uint64_t>(sequence.as_int()) : 0,
                         text_of(stored.last_audit, "hash")};
  }
  day_ = stored.day;
}

void gate::apply_rules() {
  approvals_.forget_due(); // when they escalate is a rule
  const auto all = settings();
  zone_ = {};
  if (const auto zone = text_of(all, "zone"); !zone.empty())
    if (auto found = workflow::schedule::time_zone::find(zone)) zone_ = *found;
  currency_ = text_of(all, "currency");
  connected_channels.clear();
  const auto twilio = all.get("twilio");
  if (!text_of(twilio, "from").empty()) connected_channels.insert("sms");
  if (!text_of(twilio, "whatsapp_from").empty()) connected_channels.insert("whatsapp");
  const auto email = all.get("email");
  if (!text_of(email, "server").empty() && !text_of(email, "from").empty())
    connected_channels.insert("email");
  auto table = rules_.table;
  for (const auto& [type, earned] : earned_)
    if (earned.is_earned() && rules_.earning.consent) {
      const auto line = table.levels.find(type);
      const auto level = line == table.levels.end() ? table.otherwise : line->second;
      if (level == governance::autonomy::supervised)
        table.levels[type] = governance::autonomy::full_auto;
    }
  governor_.change_table(std::move(table));
  governor_.change_limits(rules_.limits);
  governor_.change_quiet_hours(rules_.quiet);
  if (rules_.paused || server_paused_)
    governor_.pause("");
  else
    governor_.resume("");
  for (auto& [name, a] : agents_) {
    if (!a.own_hourly) a.hourly = rules_.limits.hourly;
    if (!a.own_daily) a.daily = rules_.limits.daily;
    if (!a.own_cooldown) a.cooldown_minutes = rules_.breaker.cooldown_us / (60 * second_us);
    auto breaker = rules_.breaker;
    breaker.cooldown_us = a.cooldown_minutes * 60 * second_us;
    governor_.breaker(name).change(breaker);
    governor_.limit_agent(name, a.hourly, a.daily);
  }
}

void gate::pause_server(bool paused) {
  if (std::exchange(server_paused_, paused) != paused) apply_rules();
}

agent_record& gate::agent_of(const std::string& name, int64_t now_us) {
  const auto [at, is_new] = agents_.try_emplace(name);
  auto& a = at->second;
  if (!is_new) return a;
  a.name = a.title = a.task_type = name;
  a.hourly = rules_.limits.hourly;
  a.daily = rules_.limits.daily;
  a.cooldown_minutes = rules_.breaker.cooldown_us / (60 * second_us);
  a.created_us = now_us;
  governor_.breaker(name).change(rules_.breaker);
  return a;
}

void gate::put_agent(step& s, const std::string& name) {
  const auto& a = agent_of(name, s.now_us());
  s.put("agent_states", agent_state_id(tenant_, name), a.document(tenant_, governor_, s.now_us()));
}

value gate::settings() const {
  auto all = value::empty_object();
  for (const auto& p : packs_) all = overlaid(std::move(all), p->settings);
  return overlaid(std::move(all), rules_.settings);
}

const deciding* gate::answers() const {
  for (const auto& p : packs_)
    if (p->answers) return &*p->answers;
  return nullptr;
}

const action_declaration* gate::action(std::string_view name) const {
  for (const auto& p : packs_)
    if (const auto found = p->actions.find(name); found != p->actions.end()) return &found->second;
  return nullptr;
}

std::string gate::day_of(int64_t us) const {
  return intelligence::date_text(intelligence::day_number(zone_.to_local(us)));
}

const value* gate::open_decision(const std::string& id) const {
  const auto at = open_->find(id);
  return at == open_->end() ? nullptr : &at->second.document;
}

const value* gate::pending_approval(const std::string& id) const {
  const auto at = approvals_->find(id);
  return at == approvals_->end() ? nullptr : &at->second;
}

std::optional<std::string> gate::refuses_execution(const std::string& agent, int64_t now_us) const {
  if (governor_.is_paused(agent)) return "paused";
  const auto known = agents_.find(agent);
  if (known == agents_.end() || !known->second.declared) return "no pack has it";
  // A breaker that half opens lets one look; const in all but name.
  auto& breaker = const_cast<governance::governor&>(governor_).breaker(agent);
  if (!breaker.may_act(now_us)) return "circuit_breaker";
  return std::nullopt;
}

void gate::scheduled(const std::string& agent, int64_t next_us) {
  if (const auto known = agents_.find(agent); known != agents_.end())
    known->second.next_scheduled_us = next_us;
}

bool gate::saw_event(step& s, const std::string& agent, uint64_t sequence) {
  const auto known = agents_.find(agent);
  if (known == agents_.end() || sequence <= known->second.event_cursor) return false;
  known->second.event_cursor = sequence;
  put_agent(s, agent);
  return true;
}

void gate::executed(step& s, const std::string& agent, int64_t began_us, double took_ms,
                    const std::string& error) {
  auto& a = agent_of(agent, s.now_us());
  a.count_day(day_of(s.now_us()));
  a.last_execution_us = began_us;
  a.last_heartbeat_us = s.now_us();
  a.response_ms = a.response_ms == 0 ? took_ms : a.response_ms * 0.9 + took_ms * 0.1;
  auto& breaker = governor_.breaker(agent);
  if (error.empty()) {
    // A tick that went well mends what a tick has broken, not what messages have.
    if (breaker.error_count() > 0 && breaker.last_error().starts_with("deciding: "))
      breaker.succeeded();
    a.consecutive_failures = breaker.error_count();
  } else {
    const bool was_open = breaker.cooldown_until_us() != 0;
    breaker.failed(s.now_us(), "deciding: " + shortened(error, 500));
    a.consecutive_failures = breaker.error_count();
    if (!was_open && breaker.cooldown_until_us() != 0) {
      audit(s, "config_changed", "critical", agent, "Circuit breaker opened", "agent", agent,
            value::object({{"error", shortened(error, 500)}}));
      s.publish("AGENT_CHANGED", "agents/" + agent,
                value::object({{"agent_name", agent}, {"status", "circuit_breaker"}}));
    }
  }
  put_agent(s, agent);
}

void gate::audit(step& s, std::string_view event_type, std::string_view severity,
                 const std::string& actor, const std::string& action,
                 const std::string& resource_type, const std::string& resource_id, value details) {
  auto entry = audit_.add(value::object({{"salon_id", tenant_},
                                         {"event_type", event_type},
                                         {"severity", severity},
                                         {"actor", actor},
                                         {"action", action},
                                         {"resource_type", resource_type},
                                         {"resource_id", resource_id},
                                         {"details", std::move(details)},
                                         {"ip_address", nullptr},
                                         {"user_agent", nullptr},
                                         {"created_at", time_or_null(s.now_us())}}));
  s.put("audit_logs", entry.id, std::move(entry.document));
}

// --- the day's sums ---

value& gate::day(int64_t now_us) {
  const auto date = day_of(now_us);
  if (text_of(day_, "date") != date)
    day_ = value::object({{"date", date},
                          {"currency", currency_},
                          {"potential", 0},
                          {"actual", 0},
                          {"count", 0},
                          {"by_type", value::empty_object()},
                          {"by_agent", value::empty_object()}});
  return day_;
}

void gate::count_day(step& s, const std::string& agent, const std::string& type, double potential,
                     double actual, int64_t count) {
  auto& d = day(s.now_us());
  const auto add = [&](value& to) {
    to.set("potential", money(number_of(to, "potential") + potential));
    to.set("actual", money(number_of(to, "actual") + actual));
    to.set("count", static_cast<int64_t>(number_of(to, "count")) + count);
  };
  add(d);
  for (const auto& [group, name] : {std::pair{"by_type", type}, std::pair{"by_agent", agent}}) {
    auto part = d.get(group).get(name);
    if (!part.is_object()) part = value::empty_object();
    add(part);
    set_inside(d, group, name, std::move(part));
  }
  s.put("autonomous_days", text_of(d, "date"), d);
}

// --- rules ---

value gate::rules_document() const {
  auto document = to_document(rules_);
  auto earned = value::empty_object();
  for (const auto& [type, e] : earned_)
    earned.set(type, value::object({{"earned", e.is_earned()},
                                    {"explanation", e.explain(rules_.earning)},
                                    {"record", e.document()}}));
  document.set("earned", std::move(earned));
  return document;
}

void gate::put_rules(step& s) { s.put("governance", rules_id, rules_document()); }

gate::answered gate::change_rules(step& s, const value& body) {
  auto read = read_rules(body, rules_);
  if (!read)
    return steward::failed{
        failure{ec::unprocessable, "the rules don't fit", std::move(read.error()), {}}};
  const bool was_paused = rules_.paused;
  rules_ = std::move(*read);
  if (!rules_.earning.consent)
    for (auto& [type, earned] : earned_)
      if (earned.is_earned()) {
        earned = {};
        earn(s, type, governance::earned_autonomy::move::down);
      }
  apply_rules();
  for (const auto& [name, a] : agents_) put_agent(s, name);
  put_rules(s);
  audit(s, "config_changed", rules_.paused && !was_paused ? "warning" : "info", "owner",
        was_paused != rules_.paused ? (rules_.paused ? "All agents paused" : "All agents resumed")
                                    : "Rules changed",
        "governance", rules_id, body);
  s.publish("AGENT_CHANGED", "agents", value::object({{"paused", rules_.paused}}));
  return rules_document();
}

void gate::installed(step& s, pack_ptr p) {
  std::map<std::string, int64_t> intervals; ///< As declared until now.
  for (const auto& each : packs_)
    for (const auto& declared : each->agents) intervals[declared.name] = declared.every_minutes;
  const bool again =
      std::erase_if(packs_, [&](const pack_ptr& other) { return other->name == p->name; }) > 0;
  packs_.push_back(p);
  for (auto& [name, a] : agents_) a.declared = false;
  for (const auto& each : packs_)
    for (const auto& declared : each->agents) {
      const bool is_new = !agents_.contains(declared.name);
      auto& a = agent_of(declared.name, s.now_us());
      a.declared = true;
      a.title = declared.title;
      a.task_type = declared.task_type;
      // What the owner has set stays.
      const auto before = intervals.find(declared.name);
      if (is_new || (before != intervals.end() && before->second == a.interval_minutes))
        a.interval_minutes = declared.every_minutes;
    }
  // What the pack proposes counts until the owner says otherwise.
  if (auto read = read_rules(p->governance, rules::defaults()); read && !again) {
    if (packs_.size() == 1)
      rules_ = std::move(*read);
    else // of another pack only what nobody has said anything about
      rules_.table.levels.insert(read->table.levels.begin(), read->table.levels.end());
  }
  apply_rules();
  for (const auto& [name, a] : agents_) put_agent(s, name);
  put_rules(s);
  s.put("packs", p->name, p->document);
  audit(s, "config_changed", "info", "owner", "Pack installed: " + p->name, "pack", p->name,
        value::object({{"version", p->version}}));
}

} // namespace steward::agents
