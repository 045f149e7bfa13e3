#define CAF_SUITE packs

#include "agents/message_template.hpp"
#include "agents/pack.hpp"
#include "agents/placeholders.hpp"
#include "agents/plan.hpp"
#include "caf/test/unit_test.hpp"
#include "intelligence/instants.hpp"
#include "workflow/json.hpp"

using namespace steward;
using namespace steward::agents;
using workflow::value;

namespace {

value json(const std::string& text) {
  auto read = workflow::parse_json(text);
  if (!read) CAF_FAIL("no JSON: " << text);
  return *read;
}

std::string problem_of(const std::string& members) {
  const auto read = read_pack(json(R"({"pack": "p", "version": "1")" + members + "}"));
  return read ? "" : read.error().front().pointer;
}

} // namespace

CAF_TEST(placeholders stand for instants dates and the trigger) {
  moment at{*intelligence::parse_instant("2026-03-28T23:30:00Z"),
            *workflow::schedule::time_zone::find("Europe/Berlin"), json(R"({"a": {"b": 7}})")};
  const auto filter = json(
      R"({"t": {"ge": "{now-90m}", "lt": "{now+1d}"}, "d": "{today}", "e": "{today+1d}", "v": "{trigger.a.b}", "n": "{trigger.x.y}", "s": "now"})");
  CAF_CHECK_EQUAL(
      workflow::to_json(filled(filter, at)),
      R"({"t":{"ge":"2026-03-28T22:00:00Z","lt":"2026-03-29T23:30:00Z"},"d":"2026-03-29","e":"2026-03-30","v":7,"n":null,"s":"now"})");
}

CAF_TEST(a template takes its fields and names one that is missing) {
  const texts_by_language texts{{"en", "Hi {name}, {{really}} {count}"}, {"de", "Hallo {name}"}};
  const auto fields = json(R"({"name": "Ann", "count": 3, "empty": ""})");
  CAF_CHECK_EQUAL(rendered("t", texts, "en", "de", fields).value(), "Hi Ann, {really} 3");
  CAF_CHECK_EQUAL(rendered("t", texts, "de-AT", "en", fields).value(), "Hallo Ann");
  CAF_CHECK_EQUAL(rendered("t", texts, "xx", "de", fields).value(), "Hallo Ann");
  const auto missing = rendered("t", texts, "de", "en", json("{}"));
  CAF_REQUIRE(!missing.ok());
  CAF_CHECK_EQUAL(missing.error(), "template t (de) needs the field 'name', which is missing");
  CAF_CHECK(!rendered("t", {{"en", "{name"}}, "en", "en", fields).ok());
  CAF_CHECK(!rendered("t", {{"en", "name}"}}, "en", "en", fields).ok());
}

CAF_TEST(a pack that makes no sense is refused at the place) {
  CAF_CHECK_EQUAL(problem_of(""), "");
  CAF_CHECK_EQUAL(problem_of(R"(,"agent": [])"), "/agent");
  CAF_CHECK_EQUAL(problem_of(R"(,"settings": {"zone": "Mars/North"})"), "/settings/zone");
  CAF_CHECK_EQUAL(
      problem_of(R"(,"agents": [{"name": "a", "every_minutes": 0, "decide": {"rule": "{}"}}])"),
      "/agents/0/every_minutes");
  CAF_CHECK_EQUAL(
      problem_of(R"(,"agents": [{"name": "a", "every_minutes": 5, "decide": {"rule": "{"}}])"),
      "/agents/0/decide/rule");
  CAF_CHECK_EQUAL(
      problem_of(R"(,"agents": [{"name": "a", "every_minutes": 5, "decide": {"rule": "$x"}}])"),
      "/agents/0/decide/rule");
  CAF_CHECK_EQUAL(
      problem_of(R"(,"agents": [{"name": "a", "every_minutes": 5, "decide": {"skill": "none"}}])"),
      "/agents/0/decide/skill");
  CAF_CHECK_EQUAL(
      problem_of(
          R"(,"actions": [{"name": "a", "decide": {"rule": "{}"}, "observe": {"x": {"collection": "c", "filter": {"t": {"ge": "{yesterday}"}}}}}])"),
      "/actions/0/observe/x/filter/t/ge");
  CAF_CHECK_EQUAL(
      problem_of(R"(,"collections": [{"name": "c", "schema": {"type": "nothing"}}])").substr(0, 14),
      "/collections/0");
  CAF_CHECK_EQUAL(problem_of(R"(,"templates": [{"name": "t", "texts": {}}])"),
                  "/templates/0/texts");
}

CAF_TEST(a plan that makes no sense names the place) {
  const auto wrong = [](const std::string& text) {
    const auto read = read_plan(json(text));
    return read ? std::string{} : read.error();
  };
  CAF_CHECK_EQUAL(wrong("{}"), "");
  CAF_CHECK_EQUAL(wrong("[]"), "the plan is no object");
  CAF_CHECK_EQUAL(wrong(R"({"writes": [{"collection": "c", "id": "1"}]})"),
                  "writes/0: it takes one of data, merge, delete");
  CAF_CHECK_EQUAL(
      wrong(
          R"({"proposals": [{"decision_type": "x", "summary": "s", "act": {"outreach": {"outreach_type": "o", "template": "t"}}}]})"),
      "proposals/0: act: customer_id is missing");
  CAF_CHECK_EQUAL(event_type_of("GAP_DETECTED"), "dev.steward.gap.detected.v1");
}
