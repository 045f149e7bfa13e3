#include "actors/cluster/deliveries.hpp"

#include "cluster/wire.hpp"
#include "messages/type_ids.hpp"

#include <map>

namespace steward {

namespace {

using delivery = bool (*)(const node& n, std::string_view body, const reply_slot& slot);

/// The slot answers when that actor is down.
template <class Message>
bool give(const node::slot& to, std::string_view body, const reply_slot& slot) {
  auto message = cluster::decode<Message>(body);
  if (!message) return false;
  if (const auto handle = to->get()) caf::anon_send(handle, std::move(*message), slot);
  return true;
}

template <class Message>
std::pair<std::string, delivery> to_tenant() {
  return {cluster::name_of<Message>(),
          [](const node& n, std::string_view body, const reply_slot& slot) {
            return give<Message>(n.tenants, body, slot);
          }};
}

const std::map<std::string, delivery, std::less<>>& deliveries() {
  static const std::map<std::string, delivery, std::less<>> all{
      to_tenant<start_run>(),
      to_tenant<start_runs>(),
      to_tenant<control_run>(),
      to_tenant<retry_run>(),
      to_tenant<publish_events>(),
      to_tenant<deploy_workflow>(),
      to_tenant<declare_collection>(),
      to_tenant<remove_collection>(),
      to_tenant<write_record>(),
      to_tenant<write_records>(),
      to_tenant<remove_record>(),
      to_tenant<change_agents>(),
      to_tenant<list_schedules>(),
      to_tenant<control_schedule>(),
      {cluster::name_of<ask_node>(),
       [](const node& n, std::string_view body, const reply_slot& slot) {
         return give<ask_node>(n.gateway, body, slot);
       }},
      {cluster::name_of<pause_agents>(),
       [](const node& n, std::string_view body, const reply_slot& slot) {
         return give<pause_agents>(n.overseer, body, slot);
       }},
  };
  return all;
}

} // namespace

bool deliver(const node& n, std::string_view name, std::string_view body, const reply_slot& slot,
             bool& known) {
  const auto found = deliveries().find(name);
  known = found != deliveries().end();
  return known && found->second(n, body, slot);
}

} // namespace steward
