#include "actors/agents/preparation.hpp"

#include "agents/documents.hpp"
#include "agents/placeholders.hpp"
#include "intelligence/instants.hpp"
#include "intelligence/skill.hpp"
#include "messages/record_bodies.hpp"
#include "messages/record_words.hpp"
#include "workflow/json.hpp"

#include <chrono>

namespace steward {

namespace {

using agents::planned_write;
using workflow::value;

constexpr workflow::evaluation_budget rule_budget{5'000'000, 128u << 20, 5'000};

class no_variables final : public workflow::variable_source {
public:
  value lookup(std::string_view) const override { return {}; }
};

} // namespace

template <class T>
T preparation::read(store::result<T> r) {
  if (!r)
    throw problem{"the store can't be read: " + r.error().reason,
                  r.error().code == ec::unavailable};
  return std::move(*r);
}

considered preparation::consider_all(const consider& m) {
  using clock = std::chrono::steady_clock;
  const auto began = clock::now();
  considered c;
  drafts_.clear();
  order_.clear();
  try {
    const auto now_us = outside_.now_us();
    for (const auto& w : m.first) write(m.tenant, w);
    c.plan = std::make_shared<agents::plan>();
    if (m.how) *c.plan = decide(m, observe(m, now_us), now_us);
    c.ops = std::make_shared<std::vector<write_op>>();
    c.customers = std::make_shared<std::map<std::string, agents::customer_facts>>();
    c.decisions = std::make_shared<std::map<std::string, value>>();
    if (!c.plan->refused)
      for (const auto& w : c.plan->writes) write(m.tenant, w);
    for (const auto& key : order_) {
      const auto& d = drafts_.at(key);
      if (d.what == planned_write::kind::remove) {
        c.ops->emplace_back(delete_record{key.first, key.second, now_us, d.if_version});
        continue;
      }
      const auto known = read(schemas_.find(reader_, m.tenant, key.first));
      if (!known) throw problem{"there is no collection '" + key.first + "'"};
      if (const auto wrong = judge_record(known->schema, d.data, ""); !wrong.empty())
        throw problem{"record '" + key.second + "' of " + key.first +
                      " would not fit its schema: " + wrong.front().pointer + " " +
                      wrong.front().detail};
      c.ops->emplace_back(put_record{key.first, key.second, workflow::to_json(d.data), now_us,
                                     d.if_version, known->edition()});
    }
    const auto know = [&](const std::string& customer) {
      if (customer.empty() || c.customers->contains(customer)) return;
      const auto written = drafts_.find({"customers", customer});
      (*c.customers)[customer] =
          agents::facts_of(written != drafts_.end() ? written->second.data
                                                    : stored(m.tenant, "customers", customer));
    };
    for (const auto& p : c.plan->proposals) {
      know(p.customer_id());
      if (const auto a = agents::read_action(p.act, p.context); a && a->outreach)
        know(a->outreach->customer_id);
    }
    for (const auto& message : c.plan->messages) know(message.customer_id);
    for (const auto& o : c.plan->outcomes)
      (*c.decisions)[o.decision_id] = stored(m.tenant, "autonomous_decisions", o.decision_id);
  } catch (const problem& p) {
    c.error = p.what;
    c.unavailable = p.unavailable;
  } catch (const std::exception& e) {
    c.error = e.what();
  }
  c.took_ms = std::chrono::duration<double, std::milli>(clock::now() - began).count();
  return c;
}

value preparation::observe(const consider& m, int64_t now_us) {
  agents::moment at{now_us, {}, m.trigger};
  if (const auto zone = agents::text_of(m.settings, "zone"); !zone.empty())
    if (auto found = workflow::schedule::time_zone::find(zone)) at.zone = *found;
  auto seen = value::empty_object();
  for (const auto& o : m.how->observe) seen.set(o.name, observed(m.tenant, o, at));
  return seen;
}

value preparation::observed(const tenant_id& tenant, const agents::observation& o,
                            const agents::moment& at) {
  if (!o.id.empty()) {
    const auto id = agents::filled(value{o.id}, at);
    if (!id.is_string() || !is_record_id(id.as_string())) return value::empty_array();
    const auto row = read(reader_.get_record(tenant, o.collection, std::string{id.as_string()}));
    auto data = row ? workflow::parse_json(row->data) : workflow::parse_json("null");
    if (!row || !data) return value::empty_array();
    return value::array(
        {value::object({{"id", row->id}, {"version", row->version}, {"data", std::move(*data)}})});
  }
  record_query q;
  q.collection = o.collection;
  q.order = o.order;
  if (!o.filter.is_null()) {
    auto filter = read_record_filter(workflow::to_json(agents::filled(o.filter, at)));
    if (!filter)
      throw problem{"the query '" + o.name + "' makes no sense: " + filter.error().detail};
    q.filter = std::move(*filter);
  }
  auto seen = value::empty_array();
  while (seen.size() < o.limit) {
    q.limit = std::min<size_t>(1'000, o.limit - seen.size());
    const auto rows = read(reader_.find_records(tenant, q));
    value last;
    for (const auto& row : rows) {
      auto data = workflow::parse_json(row.data);
      if (!data) continue;
      last = *data;
      seen.push_back(
          value::object({{"id", row.id}, {"version", row.version}, {"data", std::move(*data)}}));
    }
    if (rows.size() < q.limit) break;
    q.after = cursor_after(q.order, last, rows.back().id);
  }
  return seen;
}

agents::plan preparation::decide(const consider& m, const value& seen, int64_t now_us) {
  value planned;
  // What was written first is what a decision sees of its trigger; the rest it reads.
  if (!m.how->skill.empty()) {
    const auto skill = intelligence::find_skill(m.how->skill);
    if (!skill) throw problem{"there is no skill '" + m.how->skill + "'"};
    planned = skill({seen, m.trigger, m.settings, m.how->with, now_us});
  } else if (m.how->rule) {
    const auto input = value::object({{"observed", seen},
                                      {"trigger", m.trigger},
                                      {"settings", m.settings},
                                      {"with", m.how->with},
                                      {"now", intelligence::instant_text(now_us)}});
    auto result = m.how->rule->evaluate_one(input, no_variables{}, now_us, rule_budget);
    if (!result) throw problem{"the rule failed: " + result.error().reason};
    planned = std::move(*result);
  } else {
    return {};
  }
  auto plan = agents::read_plan(planned);
  if (!plan) throw problem{"the plan makes no sense: " + plan.error()};
  return std::move(*plan);
}

value preparation::stored(const tenant_id& tenant, const std::string& collection,
                          const std::string& id) {
  const auto row = read(reader_.get_record(tenant, collection, id));
  if (!row) return {};
  auto data = workflow::parse_json(row->data);
  return data ? std::move(*data) : value{};
}

void preparation::write(const tenant_id& tenant, const planned_write& w) {
  const std::pair key{w.collection, w.id};
  auto at = drafts_.find(key);
  const bool is_new = at == drafts_.end();
  if (is_new) {
    at = drafts_.emplace(key, draft{}).first;
    order_.push_back(key);
  }
  auto& d = at->second;
  d.what = w.what;
  if (w.what != planned_write::kind::merge) {
    if (is_new || w.if_version) d.if_version = w.if_version;
    d.data = w.data;
    return;
  }
  d.what = planned_write::kind::put;
  if (is_new) {
    const auto row = read(reader_.get_record(tenant, w.collection, w.id));
    auto data = row ? workflow::parse_json(row->data) : workflow::parse_json("{}");
    if (!data) throw problem{"record '" + w.id + "' of " + w.collection + " can't be read"};
    d.data = std::move(*data);
    d.if_version = w.if_version ? w.if_version : std::optional<uint64_t>{row ? row->version : 0};
  }
  d.data = merge_patch(std::move(d.data), w.data);
}

} // namespace steward
