#define CAF_SUITE run_document

#include "messages/run_document.hpp"

#include "caf/test/dsl.hpp"
#include "workflow/json.hpp"

using namespace steward;

namespace {

run_row sample() {
  run_row row;
  row.id = *run_id::parse("01980000-0000-7000-8000-000000000001");
  row.workflow = {"shop", "order \"x\"", "1.0.0"};
  row.status = run_status::completed;
  row.input = R"({"a":1})";
  row.output = "[2]";
  row.created_us = 0;
  row.started_us = 1'000'001;
  row.ended_us = 951'782'399'999'999;
  row.attempts = 3;
  return row;
}

} // namespace

CAF_TEST(a run is one JSON document with every member) {
  const auto read = workflow::parse_json(run_document(sample()));
  CAF_REQUIRE(read.ok());
  const auto expected = workflow::parse_json(
      R"({"id":"01980000-0000-7000-8000-000000000001",
          "workflow":{"namespace":"shop","name":"order \"x\"","version":"1.0.0"},
          "status":"completed","input":{"a":1},"output":[2],"error":null,
          "created_at":"1970-01-01T00:00:00.000000Z","started_at":"1970-01-01T00:00:01.000001Z",
          "ended_at":"2000-02-28T23:59:59.999999Z","attempts":3})");
  CAF_REQUIRE(expected.ok());
  CAF_CHECK(*read == *expected);
}

CAF_TEST(what is unknown is null) {
  run_row row;
  const auto read = workflow::parse_json(run_document(row));
  CAF_REQUIRE(read.ok());
  for (const auto* member : {"input", "output", "error", "started_at", "ended_at"}) {
    CAF_REQUIRE(read->find(member) != nullptr);
    CAF_CHECK(read->find(member)->is_null());
  }
}

CAF_TEST(a summary leaves input and output out) {
  const auto read = workflow::parse_json(run_summary(sample()));
  CAF_REQUIRE(read.ok());
  CAF_CHECK(read->find("input") == nullptr);
  CAF_CHECK(read->find("output") == nullptr);
  CAF_CHECK(read->find("status") != nullptr);
}

CAF_TEST(lifecycle events have what the specification asks for) {
  auto run = sample();
  const auto name = run.workflow.name + "-" + run.id.text() + "." + run.workflow.namespace_;
  const auto data = [&run](std::string_view word) {
    const auto type = "io.serverlessworkflow.workflow." + std::string{word} + ".v1";
    const auto read = workflow::parse_json(lifecycle_data(run, type, 0));
    if (!read) CAF_FAIL("not JSON");
    return *read;
  };
  const auto started = data("started");
  CAF_CHECK_EQUAL(started.get("name"), workflow::value{name});
  CAF_CHECK_EQUAL(started.get("startedAt"), workflow::value{"1970-01-01T00:00:00.000000Z"});
  CAF_CHECK_EQUAL(started.get("definition"), started.get("workflow"));
  const auto completed = data("completed");
  CAF_CHECK(completed.get("completedAt").is_string());
  CAF_CHECK_EQUAL(completed.get("outputUri"), workflow::value{"/api/v1/runs/" + run.id.text()});
  CAF_CHECK(data("status-changed").get("updatedAt").is_string());
  CAF_CHECK(data("faulted").find("error") != nullptr);
}

CAF_TEST(times are RFC 3339 also on leap days and before 1970) {
  CAF_CHECK_EQUAL(time_text(1'709'164'800'000'000), "2024-02-29T00:00:00.000000Z");
  CAF_CHECK_EQUAL(time_text(-1), "1969-12-31T23:59:59.999999Z");
}
