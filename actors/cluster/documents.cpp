#include "actors/cluster/documents.hpp"

#include "workflow/json.hpp"

#include <map>

namespace steward {

using workflow::value;

std::string cluster_document(const config::cluster_settings& settings,
                             const store::cluster_view& view, const std::set<int64_t>& connected) {
  static constexpr const char* states[] = {"active", "draining", "gone"};
  std::map<int64_t, int64_t> has;
  auto shards = value::empty_array();
  for (shard s = 0; s < shard_count; ++s) {
    const auto& lease = view.shards[s];
    ++has[lease.node];
    shards.push_back(value::object({{"shard", int64_t{s}},
                                    {"node", lease.node == 0 ? value{} : value{lease.node}},
                                    {"epoch", static_cast<int64_t>(lease.epoch)}}));
  }
  auto nodes = value::empty_array();
  for (const auto& m : view.members)
    nodes.push_back(value::object({{"id", m.id},
                                   {"name", m.name},
                                   {"address", m.address},
                                   {"version", m.version},
                                   {"state", states[static_cast<size_t>(m.state)]},
                                   {"epoch", m.epoch},
                                   {"shards", has[m.id]},
                                   {"expires_in_ms", static_cast<int64_t>(m.expires_in.count())},
                                   {"connected", m.id == view.me || connected.contains(m.id)}}));
  return workflow::to_json(
      value::object({{"name", settings.name},
                     {"node", view.me == 0 ? value{} : value{view.me}},
                     {"lease_ms", static_cast<int64_t>(settings.lease.count())},
                     {"incident", view.incident.empty() ? value{} : value{view.incident}},
                     {"nodes", std::move(nodes)},
                     {"shards", std::move(shards)}}));
}

} // namespace steward
