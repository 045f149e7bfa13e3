#include "messages/events.hpp"

#include "workflow/json.hpp"

#include <stdexcept>

namespace steward {

using workflow::value;

std::string encode_routes(const std::vector<workflow::event_route>& routes) {
  std::vector<value> items;
  for (const auto& route : routes) {
    std::vector<value> keys;
    for (const auto& [from, expected] : route.keys)
      keys.push_back(value::object({{"from", value{from}}, {"is", expected}}));
    items.push_back(
        value::object({{"type", value{route.type}}, {"keys", value::array(std::move(keys))}}));
  }
  return workflow::to_json(value::array(std::move(items)));
}

std::vector<workflow::event_route> decode_routes(std::string_view json) {
  const auto parsed = workflow::parse_json(json);
  if (!parsed || !parsed->is_array()) throw std::runtime_error("a listener's routes are no array");
  std::vector<workflow::event_route> routes;
  for (const auto& item : parsed->items()) {
    const auto type = item.get("type");
    const auto keys = item.get("keys");
    if (!type.is_string() || !keys.is_array())
      throw std::runtime_error("a listener's route is not as expected");
    workflow::event_route route{std::string{type.as_string()}, {}};
    for (const auto& key : keys.items()) {
      const auto from = key.get("from");
      if (!from.is_string()) throw std::runtime_error("a listener's key is not as expected");
      route.keys.emplace_back(from.as_string(), key.get("is"));
    }
    routes.push_back(std::move(route));
  }
  return routes;
}

} // namespace steward
