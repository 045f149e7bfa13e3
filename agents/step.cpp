#include "agents/step.hpp"

#include "workflow/json.hpp"

namespace steward::agents {

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
  events_.emplace_back(
      publish_event{event_type_of(name), subject, now_us_, workflow::to_json(data)});
  published.emplace_back(name, std::move(data));
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
