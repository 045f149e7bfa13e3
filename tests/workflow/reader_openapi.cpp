#define CAF_SUITE workflow_reader_openapi

#include "caf/test/dsl.hpp"
#include "tests/workflow/reader_rig.hpp"
#include "workflow/reader/api_document.hpp"

#include <fstream>
#include <sstream>

using namespace steward::workflow;
using namespace steward::workflow::testing;
using reader::api_document;

namespace {

using place = api_operation::place;

api_document document(std::string_view yaml, std::string uri = "https://e.com/docs/api.yaml") {
  auto content = read_yaml(yaml);
  if (!content) CAF_FAIL(describe(content.error()));
  auto made = api_document::read(*content, std::move(uri));
  if (!made) CAF_FAIL(made.error());
  return *made;
}

api_operation operation(std::string_view yaml, std::string_view id = "op") {
  auto found = document(yaml).find(id);
  if (!found) CAF_FAIL(found.error().message);
  return *found;
}

/// "name:place[!]:style[*]" of each: ! is required, * exploded.
std::string parameters_of(const api_operation& o) {
  static constexpr std::string_view places[] = {"path",   "query", "header",
                                                "cookie", "form",  "body"};
  std::string text;
  for (const auto& p : o.parameters)
    text += p.name + ":" + std::string{places[static_cast<size_t>(p.in)]} +
            (p.required ? "!" : "") + ":" + p.style + (p.explode ? "*" : "") + " ";
  return text;
}

} // namespace

CAF_TEST(an operation of OpenAPI 3 has its server and its parameters with their defaults) {
  auto o = operation(R"yaml(
openapi: 3.1.0
servers: [{url: 'https://{region}.e.com/{base}/', variables: {region: {default: eu}, base: {default: v1}}}]
paths:
  /pets/{id}:
    parameters:
    - {name: id, in: path, required: true}
    - {name: page, in: query}
    get:
      operationId: op
      parameters:
      - {name: page, in: query, style: pipeDelimited}
      - {$ref: '#/components/parameters/Trace'}
      - {name: tags, in: query}
      - {name: c, in: cookie}
      - {name: Accept, in: header}
      - {name: filter, in: query, content: {application/json: {}}}
components: {parameters: {Trace: {name: X-Trace, in: header, required: true}}}
)yaml");
  CAF_CHECK_EQUAL(o.method, "GET");
  CAF_CHECK_EQUAL(o.url, "https://eu.e.com/v1/pets/{id}");
  CAF_CHECK_EQUAL(o.content_type, "");
  CAF_CHECK_EQUAL(parameters_of(o),
                  "id:path!:simple page:query:pipeDelimited X-Trace:header!:simple "
                  "tags:query:form* c:cookie:form* filter:query:json* ");
}

CAF_TEST(servers are relative to the document) {
  auto url = [](std::string_view servers) {
    return operation("openapi: 3.0.1\n" + std::string{servers} +
                     "paths: {/x: {get: {operationId: op}}}\n")
        .url;
  };
  CAF_CHECK_EQUAL(url(""), "https://e.com/x");
  CAF_CHECK_EQUAL(url("servers: [{url: /v2}]\n"), "https://e.com/v2/x");
  CAF_CHECK_EQUAL(url("servers: [{url: v2}]\n"), "https://e.com/docs/v2/x");
  CAF_CHECK_EQUAL(url("servers: [{url: ../v2}]\n"), "https://e.com/v2/x");
  CAF_CHECK_EQUAL(url("servers: [{url: //other.com/v2}]\n"), "https://other.com/v2/x");
}

CAF_TEST(a body of OpenAPI 3 is given as a whole or by its members) {
  auto o = operation(R"yaml(
openapi: 3.0.3
paths:
  /pets:
    post:
      operationId: op
      requestBody:
        required: true
        content:
          text/plain: {}
          application/vnd.pet+json: {schema: {$ref: '#/components/schemas/Pet'}}
components:
  schemas:
    Pet:
      allOf:
      - {properties: {id: {readOnly: true}, name: {type: string}}, required: [name]}
      - {properties: {age: {type: integer}}}
)yaml");
  CAF_CHECK_EQUAL(o.content_type, "application/vnd.pet+json");
  CAF_CHECK_EQUAL(parameters_of(o), "body:body!: name:form!:form* age:form:form* ");
  auto form = operation(R"yaml(
openapi: 3.0.3
paths:
  /pets:
    post:
      operationId: op
      requestBody:
        content:
          application/x-www-form-urlencoded:
            schema: {properties: {body: {type: string}, meta: {type: object}}}
            encoding: {meta: {style: deepObject}}
)yaml");
  CAF_CHECK_EQUAL(form.content_type, "application/x-www-form-urlencoded");
  CAF_CHECK_EQUAL(parameters_of(form), "body:form:form* meta:form:deepObject ");
}

CAF_TEST(an operation of Swagger 2 is told in the same words) {
  auto o = operation(R"yaml(
swagger: '2.0'
host: api.e.com
basePath: /v1
schemes: [http, https]
consumes: [application/json]
paths:
  /pets/{id}:
    put:
      operationId: op
      parameters:
      - {name: id, in: path, required: true, type: string}
      - {name: tags, in: query, type: array, collectionFormat: multi}
      - {name: codes, in: query, type: array}
      - {name: words, in: query, type: array, collectionFormat: ssv}
      - {name: pet, in: body, required: true, schema: {properties: {name: {}}}}
)yaml");
  CAF_CHECK_EQUAL(o.url, "https://api.e.com/v1/pets/{id}");
  CAF_CHECK_EQUAL(o.content_type, "application/json");
  CAF_CHECK_EQUAL(parameters_of(o), "id:path!:simple tags:query:form* codes:query:form "
                                    "words:query:spaceDelimited pet:body!:form name:form:form* ");
  auto form = operation(R"yaml(
swagger: '2.0'
paths:
  /upload:
    post:
      operationId: op
      parameters: [{name: file, in: formData, type: file}, {name: note, in: formData}]
)yaml");
  CAF_CHECK_EQUAL(form.url, "https://e.com/upload");
  CAF_CHECK_EQUAL(form.content_type, "multipart/form-data");
}

CAF_TEST(what is no such document and what is not in it is told) {
  auto refused = [](std::string_view yaml) {
    auto made = api_document::read(*read_yaml(yaml), "https://e.com");
    return made ? "" : made.error();
  };
  CAF_CHECK_EQUAL(refused("[]"), "it is no object");
  CAF_CHECK(refused("openapi: 4.0.0").find("OpenAPI 3.0 or 3.1") != std::string::npos);
  auto d = document("openapi: 3.0.0\npaths: {/x: {get: {operationId: listPets}}}\n");
  auto found = d.find("listPet");
  CAF_REQUIRE(!found.ok());
  CAF_CHECK(found.error().message.find("did you mean \"listPets\"?") != std::string::npos);
  // References that lead in a circle end somewhere.
  auto circle = document("openapi: 3.0.0\npaths: {/x: {$ref: '#/paths/~1x'}}\n").find("op");
  CAF_CHECK(!circle.ok());
}

CAF_TEST(every operation of published documents is readable) {
  size_t operations = 0;
  for (std::string name :
       {"hubspot-deals-v3", "twilio_lookups_v2", "twilio_verify_v2", "slack_web_openapi_v2"}) {
    std::ostringstream text;
    text << std::ifstream{STEWARD_TEST_DATA "/openapi/" + name + ".json"}.rdbuf();
    auto d = document(text.str());
    for (auto id : d.operation_ids()) {
      ++operations;
      auto o = d.find(id);
      if (!o) {
        CAF_ERROR(name << ": " << id << ": " << o.error().message);
        continue;
      }
      if (!o->url.starts_with("https://")) CAF_ERROR(name << ": " << id << ": " << o->url);
      for (auto at = o->url.find('{'); at != o->url.npos; at = o->url.find('{', at + 1)) {
        auto parameter = o->url.substr(at + 1, o->url.find('}', at) - at - 1);
        auto fits = [&](const auto& p) { return p.name == parameter && p.in == place::path; };
        if (!std::any_of(o->parameters.begin(), o->parameters.end(), fits))
          CAF_ERROR(name << ": " << id << " lacks " << parameter);
      }
    }
  }
  CAF_CHECK_EQUAL(operations, 12u + 10u + 57u + 174u);
}
