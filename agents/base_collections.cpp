#include "agents/base_collections.hpp"

#include <algorithm>

namespace steward::agents {

namespace {

declared_collection managed(const char* name, const char* properties, const char* indexes) {
  std::string declaration = R"({"schema":{"type":"object","readOnly":true,"properties":{)";
  declaration.append(properties).append("}},\"indexes\":[").append(indexes).append("]}");
  return {name, true, std::move(declaration)};
}

} // namespace

const std::vector<declared_collection>& base_collections() {
  static const std::vector<declared_collection> all{
      managed("autonomous_decisions",
              R"("id":{},"agent_name":{},"decision_type":{},"autonomy_level":{},"summary":{},)"
              R"("action_taken":{},"created_at":{},"expires_at":{},"acted_at":{},"outreach_id":{})",
              R"({"name":"by_created","fields":["created_at"]},)"
              R"({"name":"by_agent","fields":["agent_name","created_at"]},)"
              R"({"name":"by_type","fields":["decision_type","created_at"]},)"
              R"({"name":"by_outcome","fields":["outcome.status","created_at"]},)"
              R"({"name":"by_customer","fields":["context.customer_id","created_at"]},)"
              R"({"name":"by_action","fields":["acted_us"]})"),
      managed("approvals",
              R"("id":{},"decision_id":{},"agent_name":{},"action_type":{},"action_summary":{},)"
              R"("priority":{},"status":{},"expires_at":{},"created_at":{})",
              R"({"name":"by_created","fields":["created_at"]},)"
              R"({"name":"by_status","fields":["status","created_at"]},)"
              R"({"name":"by_agent","fields":["agent_name","created_at"]})"),
      managed("agent_states", R"("id":{},"agent_name":{},"status":{},"last_execution":{})",
              R"({"name":"by_name","fields":["agent_name"],"unique":true})"),
      managed("audit_logs",
              R"("id":{},"event_type":{},"severity":{},"actor":{},"action":{},"resource_type":{},)"
              R"("resource_id":{},"created_at":{},"sequence":{},"hash":{})",
              R"({"name":"by_resource","fields":["resource_id","created_at"]},)"
              R"({"name":"by_sequence","fields":["sequence"]})"),
      managed(
          "outreach",
          R"("id":{},"customer_id":{},"outreach_type":{},"channel":{},"status":{},"message":{},)"
          R"("trigger_id":{},"decision_id":{},"created_at":{},"expires_at":{})",
          R"({"name":"by_created","fields":["created_at"]},)"
          R"({"name":"by_status","fields":["status","created_at"]},)"
          R"({"name":"by_customer","fields":["customer_id","created_at"]},)"
          R"({"name":"by_trigger","fields":["trigger_id","created_at"]},)"
          R"({"name":"by_type","fields":["outreach_type","created_at"]},)"
          R"({"name":"by_expiry","fields":["status","expires_at"]},)"
          R"({"name":"by_message","fields":["delivery.message_id"]},)"
          R"({"name":"by_phone","fields":["customer_phone","created_at"]})"),
      managed("autonomous_days", R"("date":{},"potential":{},"actual":{},"count":{})",
              R"({"name":"by_date","fields":["date"]})"),
      managed("action_results", R"("action":{},"digest":{},"created_at":{})",
              R"({"name":"by_created","fields":["created_at"]})"),
      managed("alerts",
              R"("id":{},"name":{},"subject":{},"severity":{},"status":{},"created_at":{})",
              R"({"name":"by_status","fields":["status","created_at"]},)"
              R"({"name":"by_webhook","fields":["webhook.status"]},)"
              R"({"name":"by_created","fields":["created_at"]})"),
      managed("packs", R"("pack":{},"version":{},"title":{})", ""),
      managed("governance", "", ""),
  };
  return all;
}

bool is_base_collection(std::string_view name) {
  return std::ranges::any_of(base_collections(),
                             [&](const declared_collection& c) { return c.name == name; });
}

} // namespace steward::agents
