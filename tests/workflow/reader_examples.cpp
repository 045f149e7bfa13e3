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

std::string unsupported(const std::string& construct) {
  return construct + " is not supported by this version";
}
std::string turned_off(const std::string& process) {
  return "run: " + process + " is turned off: the operator's switch `workflow.allow." + process +
         "` would allow it, and this version has no runner for it";
}
std::string unfetched(const std::string& uri) {
  return "the document \"" + uri + "\" can't be read: nothing is fetched here";
}

// The examples of the specification: empty for those that read, else exactly the messages that are
// reported.
const std::map<std::string, std::vector<std::string>, std::less<>> examples{
    {"accumulate-room-readings", {unfetched("http://myorg.io/ordersservices.json")}},
    {"authentication-bearer", {}},
    {"authentication-oauth2-secret", {}},
    {"authentication-oidc", {}},
    {"authentication-reusable", {}},
    {"call-asyncapi-publish", {unsupported("call: asyncapi")}},
    {"call-asyncapi-subscribe-consume-forever-foreach", {unsupported("call: asyncapi")}},
    {"call-asyncapi-subscribe-consume-while", {unsupported("call: asyncapi")}},
    {"call-custom-function-inline", {}},
    {"call-grpc", {unsupported("call: grpc")}},
    {"call-http-endpoint-interpolation", {}},
    {"call-http-query-headers-expressions", {}},
    {"call-http-redirect", {}},
    {"call-mcp", {unsupported("call: mcp")}},
    {"call-openapi", {unfetched("https://petstore.swagger.io/v2/swagger.json")}},
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
    {"run-container-cleanup-always", {turned_off("container")}},
    {"run-container-stdin-and-arguments", {turned_off("container")}},
    {"run-container-with-pull-policy", {turned_off("container")}},
    {"run-container", {turned_off("container")}},
    {"run-return-code", {turned_off("container")}},
    {"run-return-none", {turned_off("container")}},
    {"run-script-with-stdin-and-arguments", {turned_off("script")}},
    {"run-shell-stdin-and-arguments", {turned_off("shell")}},
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

} // namespace

CAF_TEST(each example of the specification reads or is refused for a known reason) {
  for (const auto& [name, messages] : examples) {
    auto read = read_definition(read_example(name));
    auto problems = read ? std::vector<definition_problem>{} : read.error();
    for (const auto& p : problems)
      if (std::find(messages.begin(), messages.end(), p.message) == messages.end() || p.line == 0)
        CAF_ERROR(name << ":" << p.line << ":" << p.column << " " << p.pointer << " " << p.message);
    for (const auto& m : messages) {
      auto told = std::any_of(problems.begin(), problems.end(),
                              [&](const auto& p) { return p.message == m; });
      if (!told) CAF_ERROR(name << ": not told: " << m);
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
