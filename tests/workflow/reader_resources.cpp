#define CAF_SUITE workflow_reader_resources

#include "caf/test/dsl.hpp"
#include "tests/workflow/reader_rig.hpp"

using namespace steward;
using namespace steward::workflow;
using namespace steward::workflow::testing;

namespace {

using texts = stored_resources::texts;

/// Has these documents, and counts how often it is asked.
class shelf final : public resource_source {
public:
  explicit shelf(texts documents) : documents_(std::move(documents)) {}
  outcome<std::string, std::string> fetch(std::string_view uri) override {
    ++asked;
    auto found = documents_.find(uri);
    if (found == documents_.end()) return failed{std::string{"there is no such page (404)"}};
    return found->second;
  }
  size_t asked = 0;

private:
  texts documents_;
};

const texts documents{
    {"https://e.com/pet.json", R"({"type": "object", "required": ["name"]})"},
    {"https://e.com/broken.json", "{\"type\": "},
    {"https://e.com/wrong.json", R"({"type": "int"})"},
    {"https://e.com/api.yaml", "openapi: 3.0.0\npaths: {'/pets/{id}': {get: {operationId: getPet, "
                               "parameters: [{name: id, in: "
                               "path, required: true}]}}}\n"},
    {"https://e.com/catalog/functions/log/1.0.0/function.yaml",
     "input: {schema: {document: {type: object}}}\nset: {logged: '${ .message }'}\n"},
    {"https://e.com/catalog/functions/bad/1.0.0/function.yaml", "set: {}\n"},
    {"https://raw.githubusercontent.com/o/r/refs/heads/main/functions/log/2.0.0/function.yaml",
     "call: http\nwith: {method: get, endpoint: 'https://e.com'}\n"},
    {"https://gitlab.com/g/s/p/-/raw/main/x/functions/log/1.0.0/function.yaml", "wait: PT1S\n"},
};

std::string messages_of(const std::string& body) {
  auto source = shelf{documents};
  auto result = read_definition(std::string{head} + body, {}, &source);
  if (result) return "no problem";
  std::string all;
  for (const auto& p : result.error()) all += p.pointer + " " + p.message + "\n";
  return all;
}

std::shared_ptr<const definition> read_from(resource_source& source, const std::string& body) {
  auto result = read_definition(std::string{head} + body, {}, &source);
  if (!result) CAF_FAIL(describe(result.error()));
  return *result;
}

std::string schema_at(std::string_view resource) {
  return "input: {schema: {resource: " + std::string{resource} + "}}\ndo: [{a: {set: {x: 1}}}]\n";
}

std::string openapi_with(std::string_view with) {
  return "do: [{a: {call: openapi, with: {document: {endpoint: 'https://e.com/api.yaml'}, " +
         std::string{with} + "}}}]\n";
}

std::string catalog_call(std::string_view call, std::string_view endpoint) {
  return "use: {catalogs: {c: {endpoint: '" + std::string{endpoint} + "'}}}\ndo: [{a: {call: '" +
         std::string{call} + "', with: {message: hi}}}]\n";
}

} // namespace

CAF_TEST(a schema may be in a document of its own) {
  auto source = shelf{documents};
  auto d = read_from(source, schema_at("{name: pet, endpoint: {uri: 'https://e.com/pet.json'}}"));
  CAF_REQUIRE(d->input.schema.has_value());
  CAF_CHECK_EQUAL(d->input.schema->validate(value::empty_object()).size(), 1u);
}

CAF_TEST(what was fetched is kept and gives the same definition again) {
  auto body = schema_at("{endpoint: 'https://e.com/pet.json'}") +
              "output: {schema: {resource: {endpoint: 'https://e.com/pet.json'}}}\n";
  auto source = shelf{documents};
  auto d = read_from(source, body);
  CAF_CHECK_EQUAL(source.asked, 1u);
  CAF_CHECK((d->resources == texts{*documents.find("https://e.com/pet.json")}));
  auto stored = stored_resources{d->resources};
  auto again = read_from(stored, body);
  CAF_CHECK(again->resources == d->resources);
  CAF_CHECK(again->document == d->document);
  CAF_CHECK_EQUAL(again->input.schema->validate(value::empty_object()).size(), 1u);
  auto nothing = texts{};
  auto empty = stored_resources{nothing};
  CAF_CHECK(!read_definition(std::string{head} + body, {}, &empty).ok());
}

CAF_TEST(an operation is resolved and its parameters are checked) {
  auto source = shelf{documents};
  auto d = read_from(source, openapi_with("operationId: getPet, parameters: {id: '${ .id }'}, "
                                          "output: response, redirect: true"));
  const auto& call = body_of<call_openapi_task>(d->tasks[0]);
  CAF_CHECK_EQUAL(call.operation.url, "https://e.com/pets/{id}");
  CAF_CHECK(call.output == call_result::response);
  CAF_CHECK(call.redirect);
  CAF_CHECK(d->may_wait);
  auto check = [](std::string_view with, std::string_view pointer, std::string_view message) {
    auto found = messages_of(openapi_with(with));
    if (found.find("/do/0/a/with" + std::string{pointer} + " ") == found.npos ||
        found.find(message) == found.npos)
      CAF_ERROR(with << ": " << found);
  };
  check("operationId: getPets", "/operationId", "did you mean \"getPet\"?");
  check("operationId: getPet", "", "needs the parameter \"id\"");
  check("operationId: getPet, parameters: {}", "/parameters", "needs the parameter \"id\"");
  check("operationId: getPet, parameters: {id: 1, ids: 2}", "/parameters/ids",
        "has no parameter \"ids\"; did you mean \"id\"?");
  check("operationId: getPet, parameters: [1]", "/parameters", "must be an object");
  check("operation: getPet", "", "lacks \"operationId\"");
  CAF_CHECK_EQUAL(messages_of(openapi_with("operationId: getPet, parameters: '${ .p }'")),
                  "no problem");
}

CAF_TEST(functions of catalogs are fetched once and called by index) {
  auto source = shelf{documents};
  auto d = read_from(source, R"yaml(
use:
  functions: {own: {set: {x: 1}}}
  catalogs: {c: {endpoint: {uri: 'https://e.com/catalog/'}}}
do:
- a: {call: 'log:1.0.0@c', with: {message: hi}}
- b: {call: 'log:1.0.0@c'}
- c: {call: own}
)yaml");
  CAF_CHECK_EQUAL(source.asked, 1u);
  CAF_REQUIRE_EQUAL(d->functions.size(), 2u);
  CAF_CHECK_EQUAL(body_of<call_function_task>(d->tasks[0]).function, 1u);
  CAF_CHECK_EQUAL(body_of<call_function_task>(d->tasks[1]).function, 1u);
  CAF_CHECK_EQUAL(body_of<call_function_task>(d->tasks[2]).function, 0u);
  CAF_CHECK_EQUAL(d->functions[1].at(0).kind(), "set");
  CAF_CHECK_EQUAL(d->functions[1][0].pointer, "/use/catalogs/log:1.0.0@c");
  CAF_CHECK(d->functions[1][0].input.schema.has_value());
}

CAF_TEST(the pages of repositories stand for their files) {
  auto source = shelf{documents};
  read_from(source, catalog_call("log:2.0.0@c", "https://github.com/o/r"));
  read_from(source, catalog_call("log:2.0.0@c", "https://github.com/o/r/tree/main"));
  read_from(source, catalog_call("log:1.0.0@c", "https://gitlab.com/g/s/p/-/tree/main/x"));
  CAF_CHECK_EQUAL(source.asked, 3u);
}

CAF_TEST(problems of documents are told where they are referred to) {
  auto check = [](const std::string& body, std::string_view message) {
    auto found = messages_of(body);
    if (found.find(message) == std::string::npos) CAF_ERROR(body << found);
  };
  check(
      schema_at("{endpoint: 'https://e.com/none.json'}"),
      "/input/schema/resource the document \"https://e.com/none.json\" can't be read: there is no "
      "such page (404)");
  check(schema_at("{endpoint: 'https://e.com/broken.json'}"), "neither JSON nor YAML");
  check(schema_at("{endpoint: 'https://e.com/wrong.json'}"), "is no schema: \"int\" is no type");
  check(schema_at("{endpoint: '${ .where }'}"), "can't depend on a run");
  check(schema_at("{endpoint: 'https://e.com/{name}'}"), "can't depend on a run");
  check(schema_at("{endpoint: pet.json}"), "is no http or https address");
  check(schema_at("{endpont: x}"), "did you mean \"endpoint\"?");
  check(schema_at("{endpoint: {uri: 'https://e.com/pet.json', authentication: {bearer: {token: "
                  "t}}}}"),
        "without authentication");
  check("do: [{a: {call: openapi, with: {document: {endpoint: 'https://e.com/pet.json'}, "
        "operationId: x}}}]\n",
        "can't be used: it does not say that it is OpenAPI");
  check(catalog_call("log@c", "https://e.com/catalog"), "names no function of a catalog");
  check(catalog_call("log:1.0.0@d", "https://e.com/catalog"),
        "the catalog \"d\" is not defined in use.catalogs; did you mean \"c\"?");
  check(catalog_call("log:1.0.0@default", "https://e.com/catalog"),
        "are called by their names alone");
  check(catalog_call("log:9.0.0@c", "https://e.com/catalog"), "can't be read");
  check(catalog_call("bad:1.0.0@c", "https://e.com/catalog"),
        "has a problem in line 1, column 6: \"set\" must be an object or an expression");
  check("use: {catalogs: {c: {}}}\ndo: [{a: {set: {x: 1}}}]\n", "lacks \"endpoint\"");
}

CAF_TEST(documents are bounded) {
  auto source = shelf{{{"https://e.com/pet.json", std::string(2000, ' ')}}};
  auto limits = reader_limits{};
  limits.resource_bytes = 1000;
  auto result = read_definition(
      std::string{head} + schema_at("{endpoint: 'https://e.com/pet.json'}"), limits, &source);
  CAF_REQUIRE(!result.ok());
  CAF_CHECK(result.error()[0].message.find("larger than 1000 bytes") != std::string::npos);
}
