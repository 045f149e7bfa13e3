#define CAF_SUITE event_index

#include "actors/event_index.hpp"

#include "caf/test/dsl.hpp"
#include "workflow/json.hpp"

using namespace steward;

namespace {

using workflow::event_route;
using workflow::value;

listener_key named(const std::string& name) { return {{}, 0, name}; }

value event(const std::string& type, const std::string& data) {
  return *workflow::parse_json(R"({"type":")" + type + R"(","data":)" + data + "}");
}

struct fixture {
  event_index index{{100'000, 1u << 20, 100}};
  std::string concerned(const value& e) {
    std::string names;
    for (const auto& who : index.concerned(e, 0)) names += who.trigger + " ";
    return names;
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(event_index_tests, fixture)

CAF_TEST(type and value decide) {
  index.add(named("any"), {{"", {}}});
  index.add(named("paid"), {{"paid", {}}});
  index.add(named("key"), {{"", {{".data.id", 1}}}});
  index.add(named("two"), {{"paid", {{".data.id", 1}}}, {"sent", {{".data.id", 2}}}});
  CAF_CHECK_EQUAL(concerned(event("paid", R"({"id":1})")), "any key paid two ");
  CAF_CHECK_EQUAL(concerned(event("paid", R"({"id":2})")), "any paid ");
  CAF_CHECK_EQUAL(concerned(event("sent", R"({"id":2})")), "any two ");
  CAF_CHECK_EQUAL(concerned(event("else", "7")), "any ");
  CAF_CHECK_EQUAL(concerned(*workflow::parse_json("{}")), "any ");
}

CAF_TEST(equal values are found however they are written) {
  index.add(named("whole"), {{"t", {{".data", 3}}}});
  index.add(named("object"), {{"t", {{".data", *workflow::parse_json(R"({"a":[1,2.0],"b":2})")}}}});
  index.add(named("text"), {{"t", {{".data", "3"}}}});
  CAF_CHECK_EQUAL(concerned(event("t", "3.0")), "whole ");
  CAF_CHECK_EQUAL(concerned(event("t", "\"3\"")), "text ");
  CAF_CHECK_EQUAL(concerned(event("t", R"({"b":2.0,"a":[1.0,2]})")), "object ");
  CAF_CHECK_EQUAL(concerned(event("t", "3.5")), "");
}

CAF_TEST(a program that can not be judged here sieves nothing and one that fails everything) {
  index.add(named("broken"), {{"t", {{".data |", 1}}}});
  index.add(named("context"), {{"t", {{"$context.id", 1}}}});
  index.add(named("fails"), {{"t", {{"error(\"x\")", 1}}}});
  index.add(named("endless"), {{"t", {{"last(repeat(1))", 1}}}});
  CAF_CHECK_EQUAL(concerned(event("t", "1")), "broken context ");
}

CAF_TEST(what is removed is not concerned and leaves nothing behind) {
  const std::vector<event_route> both{{"t", {{".data", 1}}}, {"t", {{".data", 1}}}};
  index.add(named("a"), both);
  index.add(named("b"), {{"t", {{".data", 1}}}});
  index.remove(named("a"), both);
  index.remove(named("a"), both);
  CAF_CHECK_EQUAL(concerned(event("t", "1")), "b ");
  index.remove(named("b"), {{"t", {{".data", 1}}}});
  CAF_CHECK_EQUAL(concerned(event("t", "1")), "");
}

CAF_TEST(a hundred thousand keys cost one evaluation) {
  // The program spends most of its budget: a second evaluation for the event could not be afforded
  // by the clock of this test, a hundred thousand even less.
  const std::string slow = "reduce range(2000) as $i (.data; .)";
  for (int i = 0; i < 100'000; ++i) index.add(named(std::to_string(i)), {{"t", {{slow, i}}}});
  const auto began = std::chrono::steady_clock::now();
  CAF_CHECK_EQUAL(concerned(event("t", "77777")), "77777 ");
  CAF_CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds{2});
}

CAF_TEST_FIXTURE_SCOPE_END()
