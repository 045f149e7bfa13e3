#include "agents/step.hpp"

#include "agents/documents.hpp"
#include "workflow/json.hpp"

#include <algorithm>
#include <array>

namespace steward::agents {

using workflow::value;

namespace {

/// Of no interest to workflows: there are many, and each is followed by another that is.
constexpr std::array<std::string_view, 8> of_the_server{
    "AUTONOMOUS_DECISION", "AGENT_CHANGED",      "APPROVAL_DELEGATED", "OUTREACH_SENT",
    "OUTREACH_DELIVERED",  "APPROVAL_REQUESTED", "OUTREACH_READ",      "OUTREACH_FAILED"};

} // namespace

void step::put(const std::string& collection, const std::string& id, workflow::value document) {
  const std::pair key{collection, id};
  const auto [at, is_new] = documents_.insert_or_assign(key, std::move(document));
  if (is_new) order_.push_back(key);
}

const workflow::value* step::find(const std::string& collection, const std::string& id) const {
  const auto at = documents_.find({collection, id});
  return at == documents_.end() ? nullptr : &at->second;
}

void step::publish(std::string_view name, const std::string& subject, workflow::value data) {
  data.set("event", name);
  if (std::ranges::find(of_the_server, name) == of_the_server.end()) tell(name, subject, data);
  events_.emplace_back(
      publish_event{event_type_of(name), subject, now_us_, workflow::to_json(data)});
  published.emplace_back(name, std::move(data));
}

void step::tell(std::string_view name, const std::string& subject, workflow::value data) {
  const auto source = "/tenants/" + tenant_ + "/agents";
  const auto event_id = id("evt_");
  const auto event = value::object({{"specversion", "1.0"},
                                    {"id", event_id},
                                    {"source", source},
                                    {"type", event_type_of(name)},
                                    {"subject", subject},
                                    {"time", time_or_null(now_us_)},
                                    {"datacontenttype", "application/json"},
                                    {"data", std::move(data)}});
  events_.emplace_back(put_event{source, event_id, now_us_, workflow::to_json(event), 0});
  told = true;
}

std::vector<write_op> step::take_ops() {
  auto ops = std::move(ops_);
  for (const auto& key : order_)
    ops.emplace_back(
        put_record{key.first, key.second, workflow::to_json(documents_.at(key)), now_us_, {}, {}});
  for (auto& event : events_) ops.push_back(std::move(event));
  ops_.clear();
  events_.clear();
  order_.clear();
  documents_.clear();
  return ops;
}

} // namespace steward::agents
