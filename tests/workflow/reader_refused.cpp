#define CAF_SUITE workflow_reader_refused

#include "caf/test/dsl.hpp"
#include "tests/workflow/reader_rig.hpp"

using namespace steward::workflow;
using namespace steward::workflow::testing;

namespace {

std::vector<definition_problem> problems_of(std::string_view task) {
  auto result = read_definition(std::string{head} + "do:\n- a: " + std::string{task} + "\n");
  return result ? std::vector<definition_problem>{} : result.error();
}

/// That this is refused, and nothing else is wrong with it.
void check_refused(std::string_view task, std::string_view message) {
  auto found = problems_of(task);
  if (found.size() != 1 || !found[0].message.starts_with(message))
    CAF_ERROR(task << describe(found));
}

/// That one of the problems is this one.
void check_problem(std::string_view task, std::string_view pointer, std::string_view message) {
  auto found = problems_of(task);
  auto fits = [&](const auto& p) {
    return p.pointer == pointer && p.message.find(message) != std::string::npos;
  };
  if (!std::any_of(found.begin(), found.end(), fits)) CAF_ERROR(task << describe(found));
}

} // namespace

CAF_TEST(protocols that are not spoken are refused by name and nothing else) {
  check_refused(
      "{call: grpc, with: {proto: {name: p, endpoint: 'https://e.com/x.proto'}, service: "
      "{name: s, host: e.com, port: 80, authentication: {bearer: {token: t}}}, method: m, "
      "arguments: {a: '${ .a }'}}}",
      "call: grpc is not supported by this version");
  check_refused(
      "{call: asyncapi, with: {document: {endpoint: 'https://e.com/a.json'}, operation: o, "
      "server: {name: s, variables: {a: b}}, protocol: kafka, message: {payload: {a: 1}, "
      "headers: {b: c}}}}",
      "call: asyncapi is not supported by this version");
  check_refused("{call: asyncapi, with: {document: {endpoint: 'https://e.com/a.json'}, channel: c, "
                "subscription: {filter: '${ .x }', consume: {amount: 5, for: PT1S}, foreach: {do: "
                "[{b: {set: {x: '${ $item }'}}}]}}}}",
                "call: asyncapi is not supported by this version");
  check_refused(
      "{call: mcp, with: {method: tools/call, parameters: '${ .p }', timeout: PT5S, "
      "transport: {http: {endpoint: 'https://e.com', headers: {A: b}}}, client: {name: n, "
      "version: '1'}}}",
      "call: mcp is not supported by this version");
  check_refused("{call: mcp, with: {method: tools/list, transport: {stdio: {command: npx, "
                "arguments: [a], environment: {A: b}}}}}",
                "call: mcp is not supported by this version");
  check_refused("{call: a2a, with: {method: message/send, server: 'https://e.com', parameters: "
                "{message: {parts: []}}}}",
                "call: a2a is not supported by this version");
}

CAF_TEST(what is wrong with a call of such a protocol is told too) {
  auto with = std::string{"/do/0/a/with"};
  check_problem("{call: grpc, with: {service: {name: s}}}", with, "lacks \"proto\"");
  check_problem("{call: grpc, with: {service: {name: s}}}", with + "/service", "lacks \"host\"");
  check_problem("{call: grpc, with: {service: {name: s, host: h, port: 70000}}}",
                with + "/service/port", "must be a whole number");
  check_problem("{call: asyncapi, with: {document: {endpoint: x}, operation: o}}", with,
                "has a \"message\" or a \"subscription\"");
  check_problem("{call: asyncapi, with: {document: {endpoint: x}, operation: o, channel: c}}", with,
                "names a \"channel\" or an \"operation\"");
  check_problem("{call: asyncapi, with: {protocol: kafak}}", with + "/protocol",
                "did you mean \"kafka\"?");
  check_problem("{call: asyncapi, with: {subscription: {consume: {amount: 1, until: .x}}}}",
                with + "/subscription/consume", "has 2 of its conditions");
  check_problem("{call: mcp, with: {method: tools/cal}}", with + "/method",
                "did you mean \"tools/call\"?");
  check_problem("{call: mcp, with: {transport: {}}}", with + "/transport", "\"http\" or \"stdio\"");
  check_problem("{call: a2a, with: {method: message/send}}", with,
                "no \"agentCard\" and no \"server\"");
  check_problem("{call: a2a}", "/do/0/a", "lacks \"with\"");
}

CAF_TEST(processes are refused because nothing runs them) {
  auto refused = [](std::string_view kind) {
    return "run: " + std::string{kind} + " is turned off: the operator's switch `workflow.allow." +
           std::string{kind} + "`";
  };
  check_refused("{run: {container: {image: i, name: '${ .n }', command: c, ports: {'80': 8080}, "
                "volumes: {a: b}, environment: {A: b}, stdin: '${ . }', arguments: [a], lifetime: "
                "{cleanup: eventually, after: PT1H}, pullPolicy: always}, return: all}}",
                refused("container"));
  check_refused("{run: {script: {language: js, code: 'x', arguments: [a], environment: {A: b}}, "
                "await: false}}",
                refused("script"));
  check_refused("{run: {script: {language: python, source: {endpoint: 'https://e.com/x.py'}}}}",
                refused("script"));
  check_refused("{run: {shell: {command: ls, stdin: a, arguments: [b]}, return: code}}",
                refused("shell"));
}

CAF_TEST(what is wrong with a process is told too) {
  check_problem("{run: {container: {}}}", "/do/0/a/run/container", "lacks \"image\"");
  check_problem("{run: {container: {image: i, pullPolicy: newer}}}",
                "/do/0/a/run/container/pullPolicy", "not a value of \"pullPolicy\"");
  check_problem("{run: {container: {image: i, lifetime: {cleanup: eventually}}}}",
                "/do/0/a/run/container/lifetime", "lacks \"after\"");
  check_problem("{run: {container: {image: i, lifetime: {cleanup: never, after: PT1H}}}}",
                "/do/0/a/run/container/lifetime/after", "no meaning without cleanup: eventually");
  check_problem("{run: {script: {language: js}}}", "/do/0/a/run/script",
                "one of \"code\" and \"source\"");
  check_problem("{run: {shell: {comand: ls}}}", "/do/0/a/run/shell/comand",
                "did you mean \"command\"?");
  check_problem("{run: {shell: {command: ls, arguments: a}}}", "/do/0/a/run/shell/arguments",
                "must be a list of texts");
  check_problem("{run: {shell: {command: ls}, return: output}}", "/do/0/a/run/return",
                "not a value of \"return\"");
  check_problem("{run: {shell: {command: ls}, workflow: {}}}", "/do/0/a/run",
                "says 2 things to run");
  check_problem("{run: {}}", "/do/0/a/run", "says 0 things to run");
}
