#include "workflow/reader/protocols.hpp"

#include "workflow/reader/resources.hpp"

#include <algorithm>

namespace steward::workflow::reader {

namespace {

void check_optional_object(const task_source& t, const fields& f, std::string_view name) {
  auto p = f.get(name);
  if (p && check_object(t.r.problems, *p, "\"" + std::string{name} + "\""))
    read_template(t.r.problems, *p, t.scope);
}

/// `parameters`: an object, or an expression that gives one.
void check_parameters(const task_source& t, const fields& f) {
  auto p = f.get("parameters");
  if (!p) return;
  if (!p->content().is_object() && !p->content().is_string())
    t.r.problems.at(*p,
                    "\"parameters\" must be an object or an expression, but is " +
                        std::string{describe(p->content())},
                    "an object, or ${ ... }");
  read_template(t.r.problems, *p, t.scope);
}

void check_text_members(const task_source& t, const fields& f, std::string_view name) {
  auto p = f.get(name);
  if (!p || !check_object(t.r.problems, *p, "\"" + std::string{name} + "\"")) return;
  for (size_t i = 0; i < p->size(); ++i) {
    auto entry = place{*p, i};
    read_text(t.r.problems, entry, "\"" + std::string{entry.key()} + "\"");
  }
  read_template(t.r.problems, *p, t.scope);
}

void check_grpc(const task_source& t, const place& with) {
  auto& problems = t.r.problems;
  auto f = fields{problems, with, "with", {"proto", "service", "method", "arguments"}};
  if (auto p = f.require("proto")) check_resource(t.r, *p, t.scope);
  f.required_text("method");
  check_optional_object(t, f, "arguments");
  auto service = f.require("service");
  if (!service) return;
  auto s = fields{problems, *service, "service", {"name", "host", "port", "authentication"}};
  s.required_text("name");
  s.required_text("host");
  if (auto p = s.get("port");
      p && (!p->content().is_int() || p->content().as_int() < 0 || p->content().as_int() > 65535))
    problems.at(*p, "\"port\" must be a whole number", "a number from 0 to 65535");
  if (auto p = s.get("authentication")) read_authentication_or_use(t.r, *p, t.scope);
}

void check_consumption(const task_source& t, const place& where) {
  auto& problems = t.r.problems;
  auto f = fields{problems, where, "consume", {"amount", "while", "until", "for"}};
  if (!f.is_object()) return;
  auto count = 0;
  for (auto name : {"amount", "while", "until"}) count += f.has(name) ? 1 : 0;
  if (count != 1)
    problems.at(where, "\"consume\" has " + std::to_string(count) + " of its conditions",
                "one of \"amount\", \"while\" or \"until\"");
  if (auto p = f.get("amount"); p && !p->content().is_int())
    problems.at(*p, "\"amount\" must be a whole number", "a number such as 5");
  for (auto name : {"while", "until"})
    if (auto p = f.get(name)) read_expression(problems, *p, t.scope);
  if (auto p = f.get("for")) read_duration_source(problems, *p, t.scope);
}

void check_subscription(const task_source& t, const place& where) {
  auto f = fields{t.r.problems, where, "subscription", {"filter", "consume", "foreach"}};
  if (auto p = f.get("filter")) read_expression(t.r.problems, *p, t.scope);
  if (auto p = f.require("consume")) check_consumption(t, *p);
  if (auto p = f.get("foreach")) read_iteration(t, *p);
}

void check_asyncapi(const task_source& t, const place& with) {
  auto& problems = t.r.problems;
  auto f = fields{problems,
                  with,
                  "with",
                  {"document", "channel", "operation", "server", "protocol", "message",
                   "subscription", "authentication"}};
  if (!f.is_object()) return;
  if (auto p = f.require("document")) check_resource(t.r, *p, t.scope);
  f.text("channel");
  f.text("operation");
  f.word("protocol",
         {"amqp", "amqp1", "anypointmq", "googlepubsub", "http", "ibmmq", "jms", "kafka", "mercure",
          "mqtt", "mqtt5", "nats", "pulsar", "redis", "sns", "solace", "sqs", "stomp", "ws"});
  if (f.has("channel") == f.has("operation"))
    problems.at(with, "the call names a \"channel\" or an \"operation\"", "one of the two");
  if (f.has("message") == f.has("subscription"))
    problems.at(with, "the call has a \"message\" or a \"subscription\"", "one of the two");
  if (auto server = f.get("server")) {
    auto s = fields{problems, *server, "server", {"name", "variables"}};
    s.required_text("name");
    check_optional_object(t, s, "variables");
  }
  if (auto message = f.get("message")) {
    auto m = fields{problems, *message, "message", {"payload", "headers"}};
    check_optional_object(t, m, "payload");
    check_optional_object(t, m, "headers");
  }
  if (auto p = f.get("subscription")) check_subscription(t, *p);
  if (auto p = f.get("authentication")) read_authentication_or_use(t.r, *p, t.scope);
}

void check_mcp_transport(const task_source& t, const place& where) {
  auto& problems = t.r.problems;
  auto f = fields{problems, where, "transport", {"http", "stdio", "options"}};
  if (!f.is_object()) return;
  if (f.has("http") == f.has("stdio"))
    problems.at(where, "a transport is \"http\" or \"stdio\"", "one of the two");
  check_text_members(t, f, "options");
  if (auto http = f.get("http")) {
    auto h = fields{problems, *http, "http", {"endpoint", "headers"}};
    if (auto p = h.require("endpoint")) check_endpoint(t.r, *p, t.scope);
    check_text_members(t, h, "headers");
  }
  if (auto stdio = f.get("stdio")) {
    auto s = fields{problems, *stdio, "stdio", {"command", "arguments", "environment"}};
    s.required_text("command");
    if (auto p = s.get("arguments"); p && !p->content().is_array())
      problems.at(*p, "\"arguments\" must be a list of texts", "a list of texts");
    else if (p)
      for (size_t i = 0; i < p->size(); ++i)
        read_text(problems, place{*p, i}, "an entry of \"arguments\"");
    check_text_members(t, s, "environment");
  }
}

void check_mcp(const task_source& t, const place& with) {
  auto f = fields{t.r.problems,
                  with,
                  "with",
                  {"protocolVersion", "method", "parameters", "timeout", "transport", "client"}};
  f.text("protocolVersion");
  if (f.require("method"))
    f.word("method", {"tools/list", "tools/call", "prompts/list", "prompts/get", "resources/list",
                      "resources/read", "resources/templates/list"});
  check_parameters(t, f);
  if (auto p = f.get("timeout")) read_duration_source(t.r.problems, *p, t.scope);
  if (auto p = f.require("transport")) check_mcp_transport(t, *p);
  if (auto client = f.get("client")) {
    auto c = fields{t.r.problems, *client, "client", {"name", "version"}};
    c.required_text("name");
    c.required_text("version");
  }
}

void check_a2a(const task_source& t, const place& with) {
  auto f = fields{t.r.problems, with, "with", {"agentCard", "server", "method", "parameters"}};
  if (!f.is_object()) return;
  if (f.require("method"))
    f.word("method", {"message/send", "message/stream", "tasks/get", "tasks/list", "tasks/cancel",
                      "tasks/resubscribe", "tasks/pushNotificationConfig/set",
                      "tasks/pushNotificationConfig/get", "tasks/pushNotificationConfig/list",
                      "tasks/pushNotificationConfig/delete", "agent/getAuthenticatedExtendedCard"});
  if (auto p = f.get("agentCard")) check_resource(t.r, *p, t.scope);
  if (auto p = f.get("server")) check_endpoint(t.r, *p, t.scope);
  if (!f.has("agentCard") && !f.has("server"))
    t.r.problems.at(with, "the call names no \"agentCard\" and no \"server\"", "one of the two");
  check_parameters(t, f);
}

} // namespace

void refuse_protocol(const task_source& t, const place& call) {
  auto name = std::string{call.content().as_string()};
  if (auto with = t.f.require("with")) {
    if (name == "grpc") check_grpc(t, *with);
    if (name == "asyncapi") check_asyncapi(t, *with);
    if (name == "mcp") check_mcp(t, *with);
    if (name == "a2a") check_a2a(t, *with);
  }
  t.r.problems.at(call, "call: " + name + " is not supported by this version",
                  "\"http\", \"openapi\" or a function");
}

} // namespace steward::workflow::reader
