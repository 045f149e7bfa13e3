#define CAF_SUITE machine_ctk

#include "caf/test/dsl.hpp"
#include "tests/workflow/machine_rig.hpp"

// The scenarios of the specification's conformance kit that this version supports, with the
// services they call played by the test.

using namespace steward::workflow;
using namespace steward::workflow::testing;

CAF_TEST(data flow and input filtering) {
  CAF_CHECK_EQUAL(run_through(R"(
do:
  - setPlayerId:
      input:
        from: .user.claims.subject #filters the input of the task, using only the user's subject
      set:
        playerId: ${ . }
)",
                              R"({"user": {"claims": {"subject": "6AsnRgGEB0q2O7ux9JXFAw"}}})"),
                  R"({"playerId":"6AsnRgGEB0q2O7ux9JXFAw"})");
}

CAF_TEST(data flow and output filtering) {
  auto r = rig{R"(
do:
  - getPet:
      call: http
      with:
        method: get
        endpoint:
          uri: https://petstore.swagger.io/v2/pet/{petId} #simple interpolation, only possible with top level variables
      output:
        as: .id #filters the output of the http call, using only the id of the returned object
)"};
  r.start(R"({"petId": 1})");
  CAF_CHECK_EQUAL(r.call().url, "https://petstore.swagger.io/v2/pet/1");
  r.answer(200, R"({"id": 1, "name": "Rex"})");
  CAF_CHECK_EQUAL(r.output(), "1");
}

CAF_TEST(call HTTP with response output) {
  auto r = rig{R"(
do:
  - getPet:
      call: http
      with:
        method: get
        endpoint:
          uri: https://petstore.swagger.io/v2/pet/{petId}
        output: response
)"};
  r.start(R"({"petId": 1})").answer(200, R"({"id": 1, "name": "Rex", "status": "sold"})");
  CAF_CHECK_EQUAL(r.status(), "completed");
  const auto& out = r.m.output();
  for (auto key : {"request", "headers", "statusCode", "content"}) CAF_CHECK(out.find(key));
  for (auto key : {"method", "uri", "headers"}) CAF_CHECK(out.get("request").find(key));
  for (auto key : {"id", "name", "status"}) CAF_CHECK(out.get("content").find(key));
}

CAF_TEST(call HTTP using basic authentication) {
  auto r = rig{R"(
do:
  - login:
      call: http
      with:
        method: get
        endpoint:
          uri: https://httpbin.org/basic-auth/{username}/{password}
          authentication:
            basic:
              username: ${ .username }
              password: ${ .password }
)"};
  r.start(R"({"username": "serverless-workflow", "password": "conformance-test"})");
  CAF_CHECK_EQUAL(r.call().headers.at(0).second,
                  "Basic c2VydmVybGVzcy13b3JrZmxvdzpjb25mb3JtYW5jZS10ZXN0");
  r.answer(200, "{}");
  CAF_CHECK_EQUAL(r.status(), "completed");
}

CAF_TEST(flow directive and implicit sequence) {
  auto r = rig{R"(
do:
  - setRed:
      set:
        colors: '${ .colors + [ "red" ] }'
  - setGreen:
      set:
        colors: '${ .colors + [ "green" ] }'
  - setBlue:
      set:
        colors: '${ .colors + [ "blue" ] }'
)"};
  r.start();
  CAF_CHECK_EQUAL(r.output(), R"({"colors":["red","green","blue"]})");
  CAF_CHECK_EQUAL(r.log.lines[1], "task.started setRed");
  CAF_CHECK_EQUAL(r.log.lines[3], "task.started setGreen");
  CAF_CHECK_EQUAL(r.log.lines[5], "task.started setBlue");
}

CAF_TEST(for task) {
  CAF_CHECK_EQUAL(run_through(R"(
do:
  - loopColors:
      for:
        each: color
        in: '.colors'
      do:
        - markProcessed:
            set:
              processed: '${ { colors: (.processed.colors + [ $color ]), indexes: (.processed.indexes + [ $index ])} }'
)",
                              R"({"colors": ["red", "green", "blue"]})"),
                  R"({"processed":{"colors":["red","green","blue"],"indexes":[0,1,2]}})");
}

CAF_TEST(raise task with inline error) {
  auto r = rig{R"(
do:
  - raiseError:
      raise:
        error:
          status: 400
          type: https://open-workflow-specification.org/errors/types/compliance
          title: Compliance Error
)"};
  r.start();
  CAF_CHECK(r.error() ==
            (run_error{"https://open-workflow-specification.org/errors/types/compliance", 400,
                       "/do/0/raiseError", "Compliance Error", ""}));
}

CAF_TEST(set task) {
  CAF_CHECK_EQUAL(run_through(R"(
do:
  - setShape:
      set:
        shape: circle
        size: ${ .configuration.size }
        fill: ${ .configuration.fill }
)",
                              R"({"configuration": {"size": {"width": 6}, "fill": {"red": 69}}})"),
                  R"({"shape":"circle","size":{"width":6},"fill":{"red":69}})");
}

CAF_TEST(switch task with matching case) {
  CAF_CHECK_EQUAL(run_through(R"(
do:
  - switchColor:
      switch:
        - red:
            when: '.color == "red"'
            then: setRed
        - green:
            when: '.color == "green"'
            then: setGreen
  - setRed:
      set:
        colors: '${ .colors + [ "red" ] }'
      then: end
  - setGreen:
      set:
        colors: '${ .colors + [ "green" ] }'
      then: end
)",
                              R"({"color": "red"})"),
                  R"({"colors":["red"]})");
}

CAF_TEST(switch task with implicit default case) {
  CAF_CHECK_EQUAL(run_through(R"(
do:
  - switchColor:
      switch:
        - red:
            when: '.color == "red"'
            then: setRed
      then: end
  - setRed:
      set:
        colors: '${ .colors + [ "red" ] }'
)",
                              R"({"color": "yellow"})"),
                  R"({"color":"yellow"})");
}

CAF_TEST(try task handles a caught error) {
  auto r = rig{R"(
do:
  - tryGetPet:
      try:
        - getPet:
            call: http
            with:
              method: get
              endpoint:
                uri: https://petstore.swagger.io/v2/pet/getPetByName/{petName}
      catch:
        errors:
          with:
            type: https://open-workflow-specification.org/dsl/errors/types/communication
            status: 404
        as: err
        do:
          - setError:
              set:
                error: ${ $err }
)"};
  r.start(R"({"petName": "Milou"})").answer(404, "no such pet", "text/plain");
  CAF_CHECK_EQUAL(r.status(), "completed");
  auto error = r.m.output().get("error");
  for (auto key : {"type", "status", "title"}) CAF_CHECK(error.find(key));
  CAF_CHECK_EQUAL(to_json(error.get("instance")), R"("/do/0/tryGetPet/try/0/getPet")");
}
