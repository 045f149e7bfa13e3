#include "actors/cloud_event.hpp"

#include "messages/run_document.hpp"
#include "workflow/json.hpp"

namespace steward {

namespace {

std::string render(const tenant_id& tenant, const std::string& id, const std::string& type,
                   const std::string& subject, int64_t time_us, const std::string& data,
                   bool with_sequence) {
  std::string out = "{\"specversion\":\"1.0\",\"id\":";
  workflow::append_json_string(out, id);
  out += ",\"source\":";
  workflow::append_json_string(out, "/tenants/" + tenant);
  out += ",\"type\":";
  workflow::append_json_string(out, type);
  if (!subject.empty()) {
    out += ",\"subject\":";
    workflow::append_json_string(out, subject);
  }
  out += ",\"time\":\"";
  append_time(out, time_us);
  out += '"';
  if (with_sequence) out += ",\"sequence\":\"" + id + '"';
  out += ",\"datacontenttype\":\"application/json\",\"data\":";
  out += data.empty() ? "null" : data;
  out += '}';
  return out;
}

} // namespace

std::shared_ptr<const feed_item> cloud_event(const tenant_id& tenant, const feed_event& e) {
  auto json =
      render(tenant, std::to_string(e.sequence), e.type, e.subject, e.time_us, e.data, true);
  return std::make_shared<const feed_item>(feed_item{e.sequence, std::move(json)});
}

std::shared_ptr<const feed_item> notice_event(const tenant_id& tenant, const std::string& id,
                                              const std::string& type, const std::string& subject,
                                              int64_t time_us, const std::string& data) {
  return std::make_shared<const feed_item>(
      feed_item{0, render(tenant, id, type, subject, time_us, data, false)});
}

} // namespace steward
