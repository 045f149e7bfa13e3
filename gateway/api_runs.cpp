#include "gateway/api_ask.hpp"
#include "gateway/header_values.hpp"
#include "workflow/json.hpp"

#include <algorithm>
#include <array>

namespace steward::gateway {

void api::start_run(call& c) {
  const auto media = media_type(c.request.header("content-type"));
  if (!is_default_type(media) && !is_json_type(media))
    return c.fail({415,
                   "unsupported-media-type",
                   "Unsupported media type",
                   "a run's input is application/json, not " + media,
                   {},
                   {}});
  auto key = read_idempotency_key(c.request);
  if (!key.valid)
    return c.fail("Idempotency-Key", "this is no idempotency key", "1 to 255 printable characters");
  const auto version = c.parameter("version");
  if (version && version->empty()) return c.fail("version", "the version is empty", "e.g. 1.0.0");
  const auto wait = preferred_wait(c.request);
  steward::start_run message;
  message.tenant = c.tenant;
  message.namespace_ = c.match.arguments[0];
  message.name = c.match.arguments[1];
  message.version = version.value_or(std::string{});
  message.input = c.request.body;
  message.idempotency_key = std::move(key.key);
  message.wait = wait.value_or(std::chrono::milliseconds{0});
  to_tenant(c, std::move(message), wait.value_or(std::chrono::milliseconds{0}),
            wait ? "Preference-Applied: " + wait_text(*wait) + "\r\n" : std::string{});
}

void api::start_runs(call& c) {
  constexpr size_t most = 10'000;
  if (!check_json_type(c)) return;
  auto key = read_idempotency_key(c.request);
  if (!key.valid)
    return c.fail("Idempotency-Key", "this is no idempotency key", "1 to 255 printable characters");
  const auto version = c.parameter("version");
  if (version && version->empty()) return c.fail("version", "the version is empty", "e.g. 1.0.0");
  const auto body = workflow::parse_json(c.request.body);
  if (!body)
    return c.fail("", "the body is not JSON: " + body.error().reason,
                  "a JSON object with \"inputs\"");
  if (!body->is_object()) return c.fail("", "the body is no object", "{\"inputs\": [...]}");
  for (const auto& [name, item] : body->members())
    if (name.as_string() != "inputs")
      return c.fail('/' + std::string{name.as_string()}, "there is no such member", "inputs");
  const auto inputs = body->get("inputs");
  if (!inputs.is_array() || inputs.size() == 0 || inputs.size() > most)
    return c.fail("/inputs",
                  inputs.is_array() ? "there are " + std::to_string(inputs.size()) + " inputs"
                                    : "this is no array",
                  "an array of 1 to " + std::to_string(most) + " inputs");
  steward::start_runs message;
  message.tenant = c.tenant;
  message.namespace_ = c.match.arguments[0];
  message.name = c.match.arguments[1];
  message.version = version.value_or(std::string{});
  message.idempotency_key = std::move(key.key);
  message.inputs.reserve(inputs.size());
  for (const auto& input : inputs.items()) message.inputs.push_back(workflow::to_json(input));
  const auto runs = message.inputs.size();
  to_tenant(c, std::move(message), {}, {}, runs);
}

void api::control_run(call& c, operation what) {
  const auto id = read_run_id(c);
  if (!id) return;
  if (!c.request.body.empty()) return c.fail("", "this call has no body", "an empty body");
  const auto action = what == operation::cancel_run    ? run_action::cancel
                      : what == operation::suspend_run ? run_action::suspend
                                                       : run_action::resume;
  to_tenant(c, steward::control_run{c.tenant, *id, action}, {}, {});
}

void api::list_runs(call& c) {
  static constexpr std::array<std::string_view, 7> statuses{
      "pending", "running", "waiting", "suspended", "cancelled", "faulted", "completed"};
  steward::list_runs message;
  message.tenant = c.tenant;
  if (!read_page(c, message.limit, message.cursor)) return;
  message.status = c.parameter("status").value_or(std::string{});
  if (c.parameter("status") &&
      std::find(statuses.begin(), statuses.end(), message.status) == statuses.end())
    return c.fail("status", "there is no such status",
                  "pending, running, waiting, suspended, cancelled, faulted or completed");
  message.workflow = c.parameter("workflow").value_or(std::string{});
  if (c.parameter("workflow")) {
    const auto slash = message.workflow.find('/');
    if (slash == std::string::npos || slash == 0 || slash + 1 == message.workflow.size() ||
        message.workflow.find('/', slash + 1) != std::string::npos)
      return c.fail("workflow", "this names no workflow", "namespace/name");
  }
  c.ask(*queries_, "the store's reader", std::move(message));
}

void api::get_run(call& c) {
  if (const auto id = read_run_id(c))
    c.ask(*queries_, "the store's reader", steward::get_run{c.tenant, *id});
}

void api::get_run_events(call& c) {
  const auto id = read_run_id(c);
  if (!id) return;
  steward::get_history message{c.tenant, *id};
  std::string cursor;
  if (!read_page(c, message.limit, cursor, 1'000)) return;
  const auto after = cursor.empty() ? std::optional<uint64_t>{0} : parse_number(cursor);
  if (!after) return c.fail("cursor", "this is no cursor", "the `next` of an earlier page");
  message.after = *after;
  c.ask(*queries_, "the store's reader", std::move(message));
}

void api::get_run_replay(call& c) {
  const auto id = read_run_id(c);
  if (!id) return;
  steward::get_replay message{c.tenant, *id};
  if (const auto text = c.parameter("step")) {
    const auto step = parse_number(*text);
    if (!step || *step == 0)
      return c.fail("step", "this is no step", "the `seq` of one of the run's events");
    message.step = *step;
  }
  c.ask(*queries_, "the store's reader", std::move(message));
}

void api::retry_run(call& c) {
  const auto id = read_run_id(c);
  if (!id || !check_json_type(c)) return;
  to_tenant(c, steward::retry_run{c.tenant, *id, std::string{c.request.body}}, {}, {});
}

void api::evaluate_expression(call& c) {
  if (!check_json_type(c)) return;
  c.ask(*queries_, "the store's reader", steward::evaluate_expression{std::string{c.request.body}});
}

bool api::check_json_type(call& c) {
  const auto media = media_type(c.request.header("content-type"));
  if (is_default_type(media) || is_json_type(media)) return true;
  c.fail({415,
          "unsupported-media-type",
          "Unsupported media type",
          "the body is application/json, not " + media,
          {},
          {}});
  return false;
}

std::optional<run_id> api::read_run_id(call& c) {
  auto id = run_id::parse(c.match.arguments[0]);
  if (!id) c.fail("id", "this is not the id of a run", "a UUID");
  return id;
}

} // namespace steward::gateway
