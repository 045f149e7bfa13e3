#pragma once

#include "caf/test/dsl.hpp"
#include "intelligence/instants.hpp"
#include "intelligence/skill.hpp"
#include "workflow/json.hpp"

#include <map>
#include <string>
#include <vector>

/// A salon in memory: records that skills are shown and plans that change them, as the server would
/// do it (without its gate: what is proposed is done, unless a test says otherwise).
namespace steward::intelligence::salon_test {

using workflow::value;

inline value json(std::string_view text) {
  const auto parsed = workflow::parse_json(text);
  if (!parsed) CAF_FAIL("no JSON: " << parsed.error().reason << " in " << text);
  return *parsed;
}

inline value merged(value into, const value& changes) {
  if (!into.is_object()) into = value::empty_object();
  for (const auto& m : changes.members()) {
    const auto key = m.key.as_string();
    if (m.item.is_null())
      into.erase(key);
    else if (m.item.is_object())
      into.set(key, merged(into.get(key), m.item));
    else
      into.set(key, m.item);
  }
  return into;
}

/// The value at "a.b.0.c" as JSON text; "null" if there is none.
inline std::string at(const value& v, std::string_view path) {
  auto here = v;
  while (!path.empty()) {
    const auto dot = path.find('.');
    const auto step = path.substr(0, dot);
    if (here.is_array()) {
      const auto i = static_cast<size_t>(std::stoul(std::string{step}));
      here = i < here.size() ? value{here.items()[i]} : value{};
    } else {
      here = value{here.get(step)};
    }
    path = dot == std::string_view::npos ? std::string_view{} : path.substr(dot + 1);
  }
  return workflow::to_json(here);
}

struct world {
  struct row {
    int64_t version = 0;
    value data;
  };
  std::map<std::string, std::map<std::string, row>> collections;
  value settings = json(R"({"zone":"UTC","currency":"INR","language":"en","title":"Glow"})");
  int64_t now_us = parse_instant("2024-01-15T10:00:00Z").value_or(0); // a Monday
  int64_t last_version = 0;
  std::vector<value> events, messages, outcomes;
  bool conflict = false; ///< The last plan was refused by a version.

  void put(const std::string& collection, const std::string& id, value data) {
    collections[collection][id] = {++last_version, std::move(data)};
  }
  void put(const std::string& collection, const std::string& id, const char* text) {
    put(collection, id, json(text));
  }
  value get(const std::string& collection, const std::string& id) {
    return collections[collection][id].data;
  }
  std::string at(const std::string& collection, const std::string& id, std::string_view path) {
    return salon_test::at(get(collection, id), path);
  }

  value all(const std::string& collection) const {
    auto list = value::empty_array();
    if (const auto found = collections.find(collection); found != collections.end())
      for (const auto& [id, r] : found->second)
        list.push_back(value::object({{"id", id}, {"version", r.version}, {"data", r.data}}));
    return list;
  }

  /// What every skill is shown here: all there is, under the pack's names of the queries.
  value seen() const {
    auto v = value::empty_object();
    for (const auto* same : {"staff", "services", "customers", "appointments", "gaps", "outreach",
                             "waitlist", "staff_days", "forecasts"})
      v.set(same, all(same));
    v.set("appointment", all("appointments"));
    v.set("history", all("appointments"));
    v.set("decisions", all("autonomous_decisions"));
    v.set("scores", all("customer_scores"));
    v.set("stats", all("daily_stats"));
    v.set("siblings", all("outreach"));
    v.set("theirs", all("outreach"));
    v.set("original", all("outreach"));
    return v;
  }

  value ask(std::string_view name, const value& trigger, const value& with = {}) const {
    const auto what = find_skill(name);
    if (!what) CAF_FAIL("there is no skill " << name);
    const auto observed = seen();
    return what({observed, trigger, settings, with, now_us});
  }
  value tick(std::string_view name, std::string_view with = "{}") {
    auto plan = ask(name, json("{}"), json(with));
    apply(plan);
    return plan;
  }
  value act(std::string_view name, std::string_view body, std::string_view id = "key1") {
    auto plan = ask(name, value::object({{"body", json(body)}, {"id", id}}));
    apply(plan);
    return plan;
  }
  /// The customer answers that message; the theirs query knows the customer's only.
  value answer(const std::string& outreach_id, std::string_view text) {
    auto plan = ask("salon.answer", answer_trigger(outreach_id, text));
    apply(plan);
    return plan;
  }
  value answer_trigger(const std::string& outreach_id, std::string_view text) {
    auto document = get("outreach", outreach_id);
    document.set("id", outreach_id);
    return value::object({{"outreach", document}, {"text", text}});
  }

  /// All or nothing, as the server does it.
  void apply(const value& plan) {
    conflict = false;
    if (plan.find("refused")) return;
    const auto writes = plan.get("writes");
    if (!writes.is_array()) return;
    for (const auto& w : writes.items()) {
      const auto* version = w.find("if_version");
      if (version && version->as_int() != version_of(w)) conflict = true;
    }
    if (conflict) return;
    for (const auto& w : writes.items()) {
      const auto id = text(w, "id");
      const auto collection = text(w, "collection");
      if (const auto* data = w.find("data"))
        put(collection, id, *data);
      else if (const auto* changes = w.find("merge"))
        put(collection, id, merged(get(collection, id), *changes));
      else
        collections[collection].erase(id);
    }
    const auto said_here = plan.get("messages"), proposed_here = plan.get("proposals");
    for (const auto& m : said_here.items()) check_words(m);
    for (const auto& p : proposed_here.items()) check_words(p.get("act").get("outreach"));
    const auto outcomes_here = plan.get("outcomes");
    for (const auto& o : outcomes_here.items()) {
      outcomes.push_back(o);
      const auto id = text(o, "decision_id");
      auto decision = get("autonomous_decisions", id);
      put("autonomous_decisions", id, merged(decision, value::object({{"outcome", o}})));
    }
    const auto proposals = plan.get("proposals");
    for (const auto& p : proposals.items()) carry_out(p);
    const auto told = plan.get("events"), said = plan.get("messages");
    for (const auto& e : told.items()) events.push_back(e);
    for (const auto& m : said.items()) messages.push_back(m);
  }

  std::string events_text() const {
    std::string out;
    for (const auto& e : events) out += text(e, "event") + " " + text(e, "subject") + "\n";
    return out;
  }
  std::string said_text() const {
    std::string out;
    for (const auto& m : messages)
      out += text(m, "template") + " to " + text(m, "customer_id") + "\n";
    return out;
  }

  static std::string text(const value& v, std::string_view key) {
    const auto* found = v.find(key);
    return found && found->is_string() ? std::string{found->as_string()} : std::string{};
  }

private:
  /// Every placeholder of the pack's template has something to show.
  static void check_words(const value& message) {
    const auto name = text(message, "template");
    std::vector<std::string> needed{"first_name", "salon"};
    if (name == "another_time") needed.emplace_back("times");
    if (name == "confirmed" || name == "booked" || name.ends_with("_offer") ||
        name == "no_show_reminder" || name == "retention" || name == "rebooking")
      for (const auto* field : {"day", "time"}) needed.emplace_back(field);
    if (name == "booked" || name.ends_with("_offer") || name == "no_show_reminder" ||
        name == "retention" || name == "rebooking")
      for (const auto* field : {"service", "staff"}) needed.emplace_back(field);
    const auto fields = message.get("fields");
    for (const auto& field : needed)
      if (text(fields, field).empty()) CAF_ERROR(name << " lacks " << field);
    if (name == "discount_offer" && salon_test::at(fields, "discount") == "0")
      CAF_ERROR("a discount of nothing");
  }

  int64_t version_of(const value& write) {
    const auto& rows = collections[text(write, "collection")];
    const auto found = rows.find(text(write, "id"));
    return found == rows.end() ? 0 : found->second.version;
  }

  void carry_out(const value& p) {
    const auto n = std::to_string(collections["autonomous_decisions"].size() + 1);
    auto context = value::empty_object();
    for (const auto* member :
         {"customer_id", "trigger_id", "trigger_type", "staff_id", "service_id", "time_slot"})
      context.set(member, p.get(member));
    put("autonomous_decisions", "dec_" + n,
        value::object({{"decision_type", p.get("decision_type")},
                       {"context", context},
                       {"action_details", p.get("details")},
                       {"outcome", value::object({{"status", "pending"}})},
                       {"expires_at", p.get("expires_at")},
                       {"created_at", instant_text(now_us)}}));
    const auto act = p.get("act");
    const auto* outreach = act.find("outreach");
    if (!outreach) return;
    auto document = *outreach;
    document.set("customer_id", p.get("customer_id"));
    document.set("decision_id", "dec_" + n);
    document.set("status", "sent");
    document.set("trigger_id", p.get("trigger_id"));
    document.set("created_at", instant_text(now_us));
    document.set("delivery", value::object({{"sent_at", instant_text(now_us)}}));
    put("outreach", "out_" + n, document);
  }
};

/// One stylist, Monday to Saturday 9 to 17 with a break, two services, two customers who agreed.
inline world small_salon() {
  world w;
  w.put("staff", "rahul",
        R"({"name":"Rahul Kumar","active":true,"skills":[],
            "working_hours":{"mon":[["09:00","17:00"]],"tue":[["09:00","17:00"]],
              "wed":[["09:00","17:00"]],"thu":[["09:00","17:00"]],"fri":[["09:00","17:00"]],
              "sat":[["09:00","17:00"]],"sun":[]},
            "breaks":{"mon":[["13:00","13:30"]]}})");
  w.put("services", "cut", R"({"name":"Haircut","duration_minutes":30,"price":500})");
  w.put("services", "colour", R"({"name":"Colour","duration_minutes":90,
            "buffer_before_minutes":10,"buffer_after_minutes":20,"price":2500})");
  w.put("customers", "priya", R"({"name":"Priya Sharma","phone":"+911","language":"en",
            "consent":{"whatsapp":true}})");
  w.put("customers", "asha", R"({"name":"Asha Rao","phone":"+912","language":"hi",
            "consent":{"whatsapp":true}})");
  return w;
}

} // namespace steward::intelligence::salon_test
