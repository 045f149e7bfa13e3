#define CAF_SUITE gateway_documents
#include "caf/test/dsl.hpp"
#include "gateway/openapi.hpp"
#include "gateway/routes.hpp"
#include "gateway/static_files.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <set>

using namespace steward::gateway;
using nlohmann::json;

namespace {

/// Every "$ref" below a value.
void references(const json& value, std::set<std::string>& out) {
  if (value.is_object() && value.contains("$ref")) out.insert(value["$ref"].get<std::string>());
  if (value.is_structured())
    for (const auto& child : value) references(child, out);
}

struct folder {
  std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("steward-static-" + std::to_string(::getpid()));
  folder() { std::filesystem::create_directories(path / "assets"); }
  ~folder() { std::filesystem::remove_all(path); }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream{path / name} << text;
  }
};

struct asked {
  std::vector<header_field> fields;
  request_view view;
  explicit asked(std::vector<header_field> headers) : fields(std::move(headers)) {
    view.method = "GET";
    view.headers = fields;
  }
};

bool has(const http_answer& a, std::string_view text) {
  return a.headers.find(text) != std::string::npos;
}

} // namespace

CAF_TEST(the OpenAPI document describes exactly the routes that exist) {
  const auto doc = json::parse(openapi_document("1.2.3"));
  CAF_CHECK_EQUAL(doc["openapi"], "3.1.0");
  std::set<std::string> documented, real, ids;
  for (const auto& [path, methods] : doc["paths"].items())
    for (const auto& [method, operation] : methods.items()) {
      documented.insert(method + " " + path);
      ids.insert(operation["operationId"].get<std::string>());
    }
  for (const auto& r : routes()) {
    auto method = std::string{r.method};
    for (auto& c : method) c = static_cast<char>(std::tolower(c));
    real.insert(method + " " + std::string{r.pattern});
  }
  CAF_CHECK(documented == real);
  CAF_CHECK_EQUAL(ids.size(), routes().size());
  CAF_CHECK_EQUAL(json::parse(openapi_operations()).size() +
                      json::parse(openapi_agent_operations()).size(),
                  routes().size());
}

CAF_TEST(each operation documents its parameters and bodies and answers and errors) {
  const auto doc = json::parse(openapi_document("1.2.3"));
  for (const auto& r : routes()) {
    auto method = std::string{r.method};
    for (auto& c : method) c = static_cast<char>(std::tolower(c));
    const auto& operation = doc["paths"][std::string{r.pattern}][method];
    CAF_MESSAGE(r.id);
    std::set<std::string> named;
    for (const auto& p : operation.value("parameters", json::array())) {
      const auto& full = doc.at(json::json_pointer{p["$ref"].get<std::string>().substr(1)});
      named.insert(full["in"].get<std::string>() + " " + full["name"].get<std::string>());
      CAF_CHECK(full.contains("schema") && full.contains("description"));
    }
    const auto pattern = std::string{r.pattern};
    for (size_t at = pattern.find('{'); at != std::string::npos; at = pattern.find('{', at + 1))
      CAF_CHECK_EQUAL(named.count("path " + pattern.substr(at + 1, pattern.find('}', at) - at - 1)),
                      1u);
    std::istringstream query{std::string{r.query}};
    for (std::string name; query >> name;) CAF_CHECK_EQUAL(named.count("query " + name), 1u);
    const bool takes_body =
        r.does == operation::deploy_workflow || r.does == operation::start_run ||
        r.does == operation::start_runs || r.does == operation::kill_actor ||
        r.does == operation::retry_run || r.does == operation::publish_events ||
        r.does == operation::declare_collection || r.does == operation::write_records ||
        r.does == operation::create_record || r.does == operation::replace_record ||
        r.does == operation::patch_record || r.does == operation::evaluate_expression ||
        r.does == operation::move_clock || r.does == operation::receive_twilio ||
        ((r.does == operation::change_agents || r.does == operation::pause_agents) &&
         r.method != "GET" && r.id != "resetCircuitBreaker");
    CAF_CHECK_EQUAL(operation.contains("requestBody"), takes_body);
    size_t good = 0, bad = 0;
    for (const auto& [status, answer] : operation["responses"].items()) {
      CAF_CHECK(answer.contains("description"));
      const bool error = status[0] >= '4';
      if (error) CAF_CHECK(answer["content"].contains("application/problem+json"));
      ++(error ? bad : good);
    }
    CAF_CHECK(good >= 1 && bad >= 2);
    CAF_CHECK_EQUAL(operation["responses"].contains("401"), !r.open);
  }
}

CAF_TEST(every reference in the OpenAPI document leads somewhere and nothing is left over) {
  const auto doc = json::parse(openapi_document("1.2.3"));
  std::set<std::string> used;
  references(doc, used);
  for (const auto& ref : used) CAF_CHECK(doc.contains(json::json_pointer{ref.substr(1)}));
  for (const auto* kind : {"parameters", "headers", "schemas"})
    for (const auto& [name, unused] : doc["components"][kind].items())
      CAF_CHECK_EQUAL(used.count(std::string{"#/components/"} + kind + "/" + name), 1u);
}

CAF_TEST(static files have tags and forms and lifetimes) {
  folder f;
  f.write("index.html", "<html>");
  f.write("assets/a-123.js", "script");
  f.write("assets/a-123.js.gz", "zipped");
  f.write("assets/a-123.js.br", "brotli");
  const static_files files{f.path};
  const auto page = files.find(asked{{}}.view, "/");
  CAF_REQUIRE(page.has_value());
  CAF_CHECK_EQUAL(page->body, "<html>");
  CAF_CHECK(has(*page, "Cache-Control: no-cache\r\n"));
  CAF_CHECK(has(*page, "frame-ancestors 'none'"));
  const auto tag_at = page->headers.find("ETag: ") + 6;
  const auto tag = page->headers.substr(tag_at, page->headers.find("\r\n", tag_at) - tag_at);
  const auto same = files.find(asked{{{"If-None-Match", tag}}}.view, "/index.html");
  CAF_CHECK_EQUAL(same->status, 304u);
  CAF_CHECK(same->body.empty());
  const auto script = files.find(asked{{{"Accept-Encoding", "gzip"}}}.view, "/assets/a-123.js");
  CAF_CHECK_EQUAL(script->body, "zipped");
  CAF_CHECK_EQUAL(std::string{script->content_type}, "text/javascript; charset=utf-8");
  CAF_CHECK(has(*script, "Content-Encoding: gzip\r\n") && has(*script, "immutable") &&
            has(*script, "Vary:"));
  const auto smaller =
      files.find(asked{{{"Accept-Encoding", "gzip, br"}}}.view, "/assets/a-123.js");
  CAF_CHECK_EQUAL(smaller->body, "brotli");
  const auto bare = files.find(asked{{}}.view, "/assets/a-123.js");
  CAF_CHECK_EQUAL(bare->body, "script");
}

CAF_TEST(pages of the application are its index and nothing leads out of the folder) {
  folder f;
  f.write("index.html", "<html>");
  const static_files files{f.path};
  const asked page{{{"Accept", "text/html,application/xhtml+xml"}}};
  const auto route = files.find(page.view, "/runs/1");
  CAF_CHECK_EQUAL(route->body, "<html>");
  CAF_CHECK(!files.find(asked{{}}.view, "/runs/1"));
  CAF_CHECK(!files.find(page.view, "/assets/gone.js"));
  for (const auto* path :
       {"/../etc/passwd", "/%2e%2e/etc/passwd", "//etc/passwd", "/index.html/../x"})
    CAF_CHECK(!files.find(asked{{}}.view, path));
  CAF_CHECK(static_files{"/nonexistent"}.empty());
  CAF_CHECK(static_files{""}.empty());
}
