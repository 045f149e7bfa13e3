#define CAF_SUITE workflow_reader_examples

#include "caf/test/dsl.hpp"
#include "workflow/json.hpp"
#include "workflow/reader.hpp"

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

using namespace steward::workflow;

namespace {

// The examples of the specification: empty for those that read, else the constructs that every one
// of the reported problems names one of.
const std::map<std::string, std::vector<std::string>, std::less<>> examples{
    {"accumulate-room-readings", {"call: openapi"}},
    {"authentication-bearer", {}},
    {"authentication-oauth2-secret", {"oauth2 authentication"}},
    {"authentication-oidc", {"oidc authentication"}},
    {"authentication-reusable", {}},
    {"call-asyncapi-publish", {"call: asyncapi"}},
    {"call-asyncapi-subscribe-consume-forever-foreach", {"call: asyncapi"}},
    {"call-asyncapi-subscribe-consume-while", {"call: asyncapi"}},
    {"call-custom-function-inline", {}},
    {"call-grpc", {"call: grpc"}},
    {"call-http-endpoint-interpolation", {}},
    {"call-http-query-headers-expressions", {}},
    {"call-http-redirect", {}},
    {"call-mcp", {"call: mcp"}},
    {"call-openapi", {"call: openapi"}},
    {"conditional-task", {}},
    {"do-single", {}},
    {"emit", {}},
    {"for-inline-array", {}},
    {"for", {}},
    {"fork", {}},
    {"listen-to-all", {}},
    {"listen-to-any-forever-foreach", {}},
    {"listen-to-any-until-condition", {}},
    {"listen-to-any", {}},
    {"listen-to-one", {}},
    {"mock-service-extension", {}},
    {"raise-inline", {}},
    {"run-container-cleanup-always", {"run: container"}},
    {"run-container-stdin-and-arguments", {"run: container"}},
    {"run-container-with-pull-policy", {"run: container"}},
    {"run-container", {"run: container"}},
    {"run-return-code", {"run: container"}},
    {"run-return-none", {"run: container"}},
    {"run-script-with-stdin-and-arguments", {"run: script"}},
    {"run-shell-stdin-and-arguments", {"run: shell"}},
    {"run-subflow", {}},
    {"schedule-cron", {}},
    {"schedule-event-driven", {}},
    {"set", {}},
    {"switch-then-string", {}},
    {"try-catch-retry-inline", {}},
    {"try-catch-then", {}},
    {"try-catch", {}},
    {"wait-duration-inline", {}},
};

std::string read_example(const std::string& name) {
  auto path = STEWARD_TEST_DATA "/serverless-workflow/examples/" + name + ".yaml";
  std::ostringstream out;
  out << std::ifstream{path}.rdbuf();
  return out.str();
}

bool is_named(const definition_problem& p, const std::vector<std::string>& constructs) {
  return std::any_of(constructs.begin(), constructs.end(), [&](const auto& c) {
    return p.message == c + " is not supported by this version";
  });
}

} // namespace

CAF_TEST(each example of the specification reads or is refused by name) {
  for (const auto& [name, constructs] : examples) {
    auto read = read_definition(read_example(name));
    if (read) {
      if (!constructs.empty()) CAF_ERROR(name << " was read, although it has " << constructs[0]);
      continue;
    }
    if (constructs.empty()) CAF_ERROR(name << " is refused");
    for (const auto& p : read.error())
      if (!is_named(p, constructs) || p.line == 0)
        CAF_ERROR(name << ":" << p.line << ":" << p.column << " " << p.pointer << " " << p.message);
    for (const auto& c : constructs) {
      auto named = std::any_of(read.error().begin(), read.error().end(),
                               [&](const auto& p) { return is_named(p, {c}); });
      if (!named) CAF_ERROR(name << ": nothing is said about " << c);
    }
  }
  CAF_CHECK(true);
}

CAF_TEST(the table names every example) {
  size_t files = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator{STEWARD_TEST_DATA "/serverless-workflow/examples"}) {
    ++files;
    if (!examples.contains(entry.path().stem().string())) CAF_ERROR(entry.path().stem().string());
  }
  CAF_CHECK_EQUAL(files, 45u);
  CAF_CHECK_EQUAL(examples.size(), files);
}

CAF_TEST(the JSON form of a definition gives the same definition) {
  size_t compared = 0;
  for (const auto& [name, constructs] : examples) {
    auto text = read_example(name);
    auto document = read_yaml(text);
    if (!document) CAF_FAIL(name << ": " << document.error()[0].message);
    for (const auto& json : {to_json(*document), to_pretty_json(*document)}) {
      auto again = read_yaml(json);
      CAF_REQUIRE(again.ok());
      CAF_CHECK(*again == *document);
      auto from_yaml = read_definition(text), from_json = read_definition(json);
      CAF_REQUIRE_EQUAL(from_yaml.ok(), from_json.ok());
      if (!from_yaml) {
        CAF_CHECK_EQUAL(from_yaml.error().size(), from_json.error().size());
        continue;
      }
      ++compared;
      const auto &a = **from_yaml, &b = **from_json;
      CAF_CHECK(a.ref == b.ref && a.document == b.document && a.may_wait == b.may_wait);
      CAF_REQUIRE_EQUAL(a.tasks.size(), b.tasks.size());
      for (size_t i = 0; i < a.tasks.size(); ++i) {
        CAF_CHECK_EQUAL(a.tasks[i].pointer, b.tasks[i].pointer);
        CAF_CHECK_EQUAL(a.tasks[i].kind(), b.tasks[i].kind());
        CAF_CHECK(a.tasks[i].definition == b.tasks[i].definition);
      }
    }
  }
  CAF_CHECK_GREATER(compared, 20u);
}
