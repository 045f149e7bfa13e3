#include "gateway/api_ask.hpp"
#include "gateway/header_values.hpp"
#include "gateway/questions.hpp"
#include "messages/run_document.hpp"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <ctime>

namespace steward::gateway {

namespace {

/// Adds members to an answer that is a JSON object.
class adding_sink : public reply_sink {
public:
  adding_sink(reply_slot next, std::string members)
      : next_(std::move(next)), members_(std::move(members)) {}
  void answer(reply r) override {
    if (r.what != reply::kind::failed && r.json.starts_with('{')) {
      const bool first = r.json.find_first_not_of(" \t\r\n", 1) == r.json.find('}');
      r.json.insert(1, first ? members_ : members_ + ",");
    }
    next_.answer(std::move(r));
  }

private:
  reply_slot next_;
  std::string members_;
};

http_answer json_answer(std::string body) {
  http_answer a;
  a.body = std::move(body);
  a.headers = "Cache-Control: no-store\r\n";
  return a;
}

problem no_cluster() {
  return {404, "not-found", "Not found", "this server is not a member of a cluster", {}, {}};
}

} // namespace

void api::get_tree(call& c) { caf::anon_send(gateway_, show_tree{}, c.x.later()); }

void api::kill_actor(call& c) {
  const auto media = media_type(c.request.header("content-type"));
  if (!is_json_type(media))
    return c.fail({415,
                   "unsupported-media-type",
                   "Unsupported media type",
                   "the body is application/json",
                   {},
                   {}});
  const auto body = nlohmann::json::parse(c.request.body, nullptr, false);
  if (!body.is_object()) return c.fail("", "the body is not a JSON object", "{\"path\": \"...\"}");
  for (const auto& member : body.items())
    if (member.key() != "path")
      return c.fail("/" + member.key(), "there is no such member", "path");
  if (!body.contains("path") || !body["path"].is_string() ||
      body["path"].get_ref<const std::string&>().empty())
    return c.fail("/path", "the path of an actor is missing", "e.g. store/journal");
  caf::anon_send(gateway_, kill_by_path{body["path"].get<std::string>()}, c.x.later());
}

void api::get_cluster(call& c) {
  if (!options_.clustered) return c.fail(no_cluster());
  c.ask(*router_, "the way to the other servers", show_cluster{});
}

void api::ask_nodes(call& c, const char* what) {
  if (!options_.clustered) return c.fail(no_cluster());
  c.ask(*router_, "the way to the other servers", ask_cluster{what});
}

void api::drain_node(call& c) {
  if (!options_.clustered) return c.fail(no_cluster());
  if (!c.request.body.empty()) return c.fail("", "this call has no body", "an empty body");
  c.ask(*membership_, "the cluster's membership", steward::drain_node{});
}

void api::get_stats(call& c) {
  const auto queries = queries_->get();
  if (!queries) return c.unavailable("the store's reader");
  const auto up = options_.services->outside.now_us() - started_us_;
  std::string members = "\"version\":";
  append_json_string(members, options_.version);
  members.append(",\"uptime_s\":").append(std::to_string(up / 1'000'000));
  members.append(",\"started_at\":\"").append(time_text(started_us_)).append("\"");
  caf::anon_send(queries, steward::get_stats{c.tenant},
                 reply_slot{std::make_shared<adding_sink>(c.x.later(), std::move(members))});
}

void api::get_health(call& c) { c.x.answer(json_answer(R"({"status":"ok"})")); }

void api::get_readiness(call& c) {
  std::string missing;
  for (const auto& name : options_.needed)
    if (!options_.services->slot(name)->get())
      missing.append(missing.empty() ? "" : ", ").append(name);
  if (missing.empty() && !options_.ready->load()) missing = "the start is not finished";
  if (missing.empty()) return c.ask(*queries_, "the store's reader", probe_store{});
  c.fail({503,
          "not-ready",
          "Not ready",
          "waiting for: " + missing,
          {},
          std::chrono::milliseconds{1000}});
}

std::string api::metrics() const {
  return metrics_text(metrics_, counters_, *options_.tenants, options_.registry.get());
}

void api::get_metrics(call& c) {
  http_answer a;
  a.content_type = "text/plain; version=0.0.4; charset=utf-8";
  a.body = metrics();
  c.x.answer(std::move(a));
}

void api::get_openapi(call& c) {
  auto a = json_answer(openapi_);
  a.headers = "Cache-Control: no-cache\r\n";
  c.x.answer(std::move(a));
}

} // namespace steward::gateway
