#include "agents/pack.hpp"

#include "agents/placeholders.hpp"
#include "agents/rules.hpp"
#include "agents/task_queue.hpp"
#include "governance/autonomy.hpp"
#include "intelligence/skill.hpp"
#include "messages/record_bodies.hpp"
#include "messages/record_words.hpp"
#include "workflow/json.hpp"
#include "workflow/reader.hpp"
#include "workflow/schedule/time_zone.hpp"

#include <algorithm>
#include <set>

namespace steward::agents {

namespace {

using workflow::value;

constexpr size_t observed_most = 20'000;
constexpr size_t list_most = 500;

/// "gap_fill_agent": what names of agents, actions, templates and queries are made of.
bool is_name(std::string_view text) { return is_collection_name(text); }

class pack_reader {
public:
  explicit pack_reader(const value& document) : document_(document) {}

  outcome<pack_ptr, std::vector<field_problem>> read() {
    auto p = std::make_shared<pack>();
    if (!document_.is_object()) {
      wrong("", "this is no pack", "an object with `pack`, `version`, `agents`, ...");
      return failed{std::move(problems_)};
    }
    only(document_, "",
         {"pack", "version", "title", "settings", "governance", "collections", "agents", "actions",
          "answers", "templates", "workflows"});
    p->document = document_;
    p->name = name(document_, "pack", "");
    p->version = text(document_, "version", "", true);
    p->title = text(document_, "title", "", false);
    p->settings = object(document_, "settings", "");
    p->governance = object(document_, "governance", "");
    if (const auto judged = read_rules(p->governance, rules::defaults()); !judged)
      for (const auto& problem : judged.error())
        wrong("/governance" + problem.pointer, problem.detail, problem.expected);
    if (const auto* zone = p->settings.find("zone")) {
      if (!zone->is_string())
        wrong("/settings/zone", "this is no time zone", "a name such as Europe/Berlin");
      else if (const auto found = workflow::schedule::time_zone::find(zone->as_string()); !found)
        wrong("/settings/zone", found.error(), "a name such as Europe/Berlin");
    }
    each("collections", [&](const value& v, const std::string& at) { collection(*p, v, at); });
    each("agents", [&](const value& v, const std::string& at) { agent(*p, v, at); });
    each("actions", [&](const value& v, const std::string& at) { action(*p, v, at); });
    each("templates", [&](const value& v, const std::string& at) { message_template(*p, v, at); });
    each("workflows", [&](const value& v, const std::string& at) { definition(*p, v, at); });
    if (const auto* answers = document_.find("answers")) p->answers = decides(*answers, "/answers");
    if (!problems_.empty()) return failed{std::move(problems_)};
    return pack_ptr{std::move(p)};
  }

private:
  void wrong(std::string pointer, std::string detail, std::string expected) {
    if (problems_.size() < 50)
      problems_.push_back({std::move(pointer), std::move(detail), std::move(expected), 0, 0, -1});
  }
  void only(const value& of, const std::string& at, std::initializer_list<std::string_view> known) {
    for (const auto& m : of.members())
      if (std::ranges::find(known, m.key.as_string()) == known.end())
        wrong(at + "/" + std::string{m.key.as_string()}, "this is not known here",
              "one of the members that docs/agents.md names");
  }
  std::string text(const value& of, std::string_view member, const std::string& at, bool needed) {
    const auto* found = of.find(member);
    if (found && found->is_string()) return std::string{found->as_string()};
    if (found || needed)
      wrong(at + "/" + std::string{member}, found ? "this is no text" : "this is missing",
            "a text");
    return {};
  }
  std::string name(const value& of, std::string_view member, const std::string& at) {
    auto read = text(of, member, at, true);
    if (!read.empty() && !is_name(read))
      wrong(at + "/" + std::string{member}, "'" + read + "' is no name",
            "1 to 40 of a to z, 0 to 9 and _, beginning with a letter");
    return read;
  }
  value object(const value& of, std::string_view member, const std::string& at) {
    const auto* found = of.find(member);
    if (!found || found->is_null()) return value::empty_object();
    if (found->is_object()) return *found;
    wrong(at + "/" + std::string{member}, "this is no object", "an object");
    return value::empty_object();
  }
  template <class Read>
  void each(std::string_view list, Read read) {
    const auto* found = document_.find(list);
    if (!found || found->is_null()) return;
    const auto at = "/" + std::string{list};
    if (!found->is_array() || found->size() > list_most)
      return wrong(at, "this is no list", "a list of at most 500");
    for (size_t i = 0; i < found->size(); ++i) {
      const auto place = at + "/" + std::to_string(i);
      if (found->items()[i].is_object())
        read(found->items()[i], place);
      else
        wrong(place, "this is no object", "an object");
    }
  }

  void collection(pack& p, const value& v, const std::string& at) {
    only(v, at, {"name", "managed", "schema", "indexes", "history"});
    declared_collection c;
    c.name = name(v, "name", at);
    const auto* managed = v.find("managed");
    if (managed && !managed->is_bool())
      wrong(at + "/managed", "this is no boolean", "true or false");
    c.managed = managed && managed->is_bool() && managed->as_bool();
    auto declaration = value::empty_object();
    for (const auto* member : {"schema", "indexes", "history"})
      if (const auto* found = v.find(member)) declaration.set(member, *found);
    if (c.managed) { // JSON Schema's word for what only its owner writes
      auto schema = declaration.get("schema");
      if (!schema.is_object()) schema = value::empty_object();
      schema.set("readOnly", true);
      declaration.set("schema", schema);
    }
    c.declaration = workflow::to_json(declaration);
    if (const auto read = read_collection(c.name, c.declaration); !read) {
      if (read.error().problems.empty()) wrong(at, read.error().detail, "a collection");
      for (const auto& problem : read.error().problems)
        wrong(at + problem.pointer, problem.detail, problem.expected);
    }
    if (!names_.insert("collections/" + c.name).second)
      wrong(at + "/name", "there is another collection of this name", "each name once");
    p.collections.push_back(std::move(c));
  }

  void agent(pack& p, const value& v, const std::string& at) {
    only(v, at,
         {"name", "title", "task_type", "task_types", "queue", "every_minutes", "on", "observe",
          "decide"});
    agent_declaration a;
    a.name = name(v, "name", at);
    a.title = text(v, "title", at, false);
    a.task_type = text(v, "task_type", at, false);
    if (a.task_type.empty()) a.task_type = a.name;
    a.task_types = texts(v, "task_types", at, 20);
    a.on = texts(v, "on", at, 20);
    if (v.find("queue")) a.queue = text(v, "queue", at, true);
    if (!find_queue(a.queue))
      wrong(at + "/queue", "there is no such queue", "autonomous-agents, analytics or cleanup");
    const auto every = v.get("every_minutes");
    if (every.is_int() && every.as_int() >= 1 && every.as_int() <= 7 * 24 * 60)
      a.every_minutes = every.as_int();
    else if (a.on.empty() || v.find("every_minutes"))
      wrong(at + "/every_minutes", "this is no number of minutes",
            "a whole number from 1 to 10080");
    a.decides = decides(v, at);
    if (!names_.insert("agents/" + a.name).second)
      wrong(at + "/name", "there is another agent of this name", "each name once");
    p.agents.push_back(std::move(a));
  }

  std::vector<std::string> texts(const value& of, std::string_view member, const std::string& at,
                                 size_t most) {
    std::vector<std::string> read;
    const auto* found = of.find(member);
    if (!found) return read;
    const auto place = at + "/" + std::string{member};
    if (!found->is_array() || found->size() > most) {
      wrong(place, "this is no list", "a list of at most " + std::to_string(most) + " texts");
      return read;
    }
    for (size_t i = 0; i < found->size(); ++i) {
      const auto& item = found->items()[i];
      if (item.is_string() && !item.as_string().empty() && item.as_string().size() <= 200)
        read.emplace_back(item.as_string());
      else
        wrong(place + "/" + std::to_string(i), "this is no text", "1 to 200 characters");
    }
    return read;
  }

  void definition(pack& p, const value& v, const std::string& at) {
    auto text = workflow::to_json(v);
    if (auto read = workflow::read_definition(text); !read)
      for (const auto& problem : read.error())
        wrong(at + problem.pointer, problem.message, problem.expected);
    p.workflows.push_back(std::move(text));
  }

  void action(pack& p, const value& v, const std::string& at) {
    only(v, at, {"name", "title", "schema", "observe", "decide"});
    const auto called = name(v, "name", at);
    const auto* schema = v.find("schema");
    auto compiled = workflow::json_schema::compile(schema ? *schema : value{true});
    if (!compiled)
      return wrong(at + "/schema" + compiled.error().pointer, compiled.error().reason,
                   "a JSON Schema");
    action_declaration a{called, text(v, "title", at, false), std::move(*compiled), decides(v, at)};
    if (!p.actions.emplace(called, std::move(a)).second)
      wrong(at + "/name", "there is another action of this name", "each name once");
  }

  void message_template(pack& p, const value& v, const std::string& at) {
    only(v, at, {"name", "texts"});
    const auto called = name(v, "name", at);
    const auto texts = object(v, "texts", at);
    texts_by_language read;
    for (const auto& m : texts.members())
      if (m.item.is_string())
        read.emplace(m.key.as_string(), m.item.as_string());
      else
        wrong(at + "/texts/" + std::string{m.key.as_string()}, "this is no text", "a text");
    if (read.empty()) wrong(at + "/texts", "there is no text", "at least one, by language");
    if (!p.templates.emplace(called, std::move(read)).second)
      wrong(at + "/name", "there is another template of this name", "each name once");
  }

  deciding decides(const value& v, const std::string& at) {
    deciding d;
    if (!v.is_object()) {
      wrong(at, "this is no object", "an object with `observe` and `decide`");
      return d;
    }
    for (const auto& m : object(v, "observe", at).members())
      d.observe.push_back(observe(m, at + "/observe/" + std::string{m.key.as_string()}));
    const auto how = object(v, "decide", at);
    only(how, at + "/decide", {"skill", "rule", "with"});
    d.with = object(how, "with", at + "/decide");
    const auto *skill = how.find("skill"), *rule = how.find("rule");
    if ((skill != nullptr) == (rule != nullptr)) {
      wrong(at + "/decide", "it takes either a skill or a rule", "{skill: name} or {rule: jq}");
      return d;
    }
    if (skill) {
      d.skill = text(how, "skill", at + "/decide", true);
      if (!intelligence::find_skill(d.skill))
        wrong(at + "/decide/skill", "there is no skill '" + d.skill + "'",
              "a skill of this server");
      return d;
    }
    const auto source = text(how, "rule", at + "/decide", true);
    auto compiled = workflow::expression::compile(source);
    if (!compiled)
      wrong(at + "/decide/rule", compiled.error().reason, "a jq expression");
    else if (!compiled->free_variables().empty())
      wrong(at + "/decide/rule",
            "the variable $" + *compiled->free_variables().begin() + " is not defined",
            "an expression over .observed, .trigger, .settings, .with, .now");
    else
      d.rule = std::move(*compiled);
    return d;
  }

  observation observe(const workflow::member& m, const std::string& at) {
    observation o;
    o.name = m.key.as_string();
    if (!m.item.is_object()) {
      wrong(at, "this is no query", "{collection, filter, sort, limit}");
      return o;
    }
    only(m.item, at, {"collection", "id", "filter", "sort", "limit"});
    o.collection = name(m.item, "collection", at);
    o.id = text(m.item, "id", at, false);
    if (!o.id.empty()) texts_fit(value{o.id}, at + "/id");
    o.filter = m.item.get("filter");
    // Placeholders are texts, so the filter can be judged with them in their places; those of a
    // trigger may become anything.
    if (!o.filter.is_null()) {
      const auto probe = filled(o.filter, {0, {}, value::empty_object()});
      if (auto read = read_record_filter(workflow::to_json(probe)); !read)
        wrong(at + "/" + read.error().pointer, read.error().detail, read.error().expected);
      texts_fit(o.filter, at + "/filter");
    }
    const auto sort = text(m.item, "sort", at, false);
    if (auto order = read_record_order(sort))
      o.order = std::move(*order);
    else
      wrong(at + "/sort", order.error().detail, order.error().expected);
    if (const auto* limit = m.item.find("limit")) {
      if (limit->is_int() && limit->as_int() >= 1 &&
          static_cast<size_t>(limit->as_int()) <= observed_most)
        o.limit = static_cast<size_t>(limit->as_int());
      else
        wrong(at + "/limit", "this is no limit", "a whole number from 1 to 20000");
    }
    return o;
  }

  void texts_fit(const value& v, const std::string& at) {
    if (v.is_string() && !is_placeholder_or_text(v.as_string()))
      wrong(at, "'" + std::string{v.as_string()} + "' is no placeholder",
            "{now}, {now-1d}, {today+1d} or {trigger.name}");
    if (v.is_array())
      for (const auto& item : v.items()) texts_fit(item, at);
    if (v.is_object())
      for (const auto& m : v.members())
        texts_fit(m.item, at + "/" + std::string{m.key.as_string()});
  }

  const value& document_;
  std::vector<field_problem> problems_;
  std::set<std::string> names_;
};

} // namespace

outcome<pack_ptr, std::vector<field_problem>> read_pack(const value& document) {
  return pack_reader{document}.read();
}

std::string shared_name(const pack& a, const pack& b) {
  for (const auto& c : a.collections) {
    const auto same = std::ranges::find(b.collections, c.name, &declared_collection::name);
    if (same != b.collections.end() && (c.managed || same->managed)) return "collections/" + c.name;
  }
  for (const auto& one : a.agents)
    if (std::ranges::find(b.agents, one.name, &agent_declaration::name) != b.agents.end())
      return "agents/" + one.name;
  for (const auto& [name, action] : a.actions)
    if (b.actions.contains(name)) return "actions/" + name;
  for (const auto& [name, texts] : a.templates)
    if (b.templates.contains(name)) return "templates/" + name;
  return {};
}

void join_parts(value& into, const value& part) {
  if (!part.is_object()) return;
  for (const auto& m : part.members()) {
    const auto key = m.key.as_string();
    const auto* there = into.find(key);
    if (there && there->is_array() && m.item.is_array()) {
      auto joined = *there;
      for (const auto& item : m.item.items()) joined.push_back(item);
      into.set(key, std::move(joined));
    } else {
      into.set(key, m.item);
    }
  }
}

} // namespace steward::agents
