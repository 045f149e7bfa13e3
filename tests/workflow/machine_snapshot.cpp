#define CAF_SUITE machine_snapshot

#include "caf/test/dsl.hpp"
#include "tests/workflow/machine_lives.hpp"

#include <set>

// Every other machine test also runs through snapshots: see machine_rig.hpp.

using namespace steward::workflow;
using namespace steward::workflow::testing;

namespace {

machine again(const rig& r) { return revive(r.what, {}, value::empty_object(), snapshot_of(r.m)); }

} // namespace

CAF_TEST(a run that is written and read before every event lives the same life) {
  auto ends = std::set<std::string>{};
  auto kinds = std::set<std::string>{};
  for (auto yaml : many_kinds_of_waiting) {
    auto d = define(yaml);
    for (unsigned seed = 0; seed < 60; ++seed) {
      auto twin = snapshot_twin{d};
      live(d, seed, 60, [&](const event& e, const breath& what, machine& m) {
        twin.follow(e, m, what);
        ends.emplace(to_string(m.status()));
        const auto picture = m.inspect();
        for (const auto& t : picture.tasks) kinds.emplace(t.kind);
      });
    }
  }
  for (auto status : {"running", "waiting", "suspended", "cancelled", "faulted", "completed"})
    CAF_CHECK(ends.contains(status));
  for (auto kind : {"do", "for", "try", "wait", "call", "run", "fork", "listen"})
    CAF_CHECK(kinds.contains(kind));
}

CAF_TEST(a run that was read wants the same events) {
  for (auto yaml : many_kinds_of_waiting) {
    auto d = define(yaml);
    for (unsigned seed = 100; seed < 110; ++seed) {
      auto random = std::mt19937{seed};
      live(d, seed, 40, [&](const event&, const auto&, machine& m) {
        auto copy = revive(d, {}, value::empty_object(), snapshot_of(m));
        uint64_t sequence = random() % 20;
        for (int i = 0; i < 10; ++i) {
          auto e = something(m, rig::epoch * 2, sequence, random);
          CAF_CHECK_EQUAL(copy.wants(e), m.wants(e));
        }
      });
    }
  }
}

CAF_TEST(runs that have not begun and runs that are over are written too) {
  auto r = rig{"do: [{a: {set: {x: 1}}}]"};
  CAF_CHECK_EQUAL(portrait(again(r)), portrait(r.m));
  r.start();
  CAF_CHECK_EQUAL(r.status(), "completed");
  CAF_CHECK_EQUAL(portrait(again(r)), portrait(r.m));
  auto refused = rig{"input: {schema: {format: json, document: {type: string}}}\n"
                     "do: [{a: {set: {x: 1}}}]"};
  refused.start();
  CAF_CHECK_EQUAL(refused.status(), "faulted");
  CAF_CHECK_EQUAL(portrait(again(refused)), portrait(refused.m));
}

CAF_TEST(a run that has more to do by itself has no snapshot) {
  auto limits = machine_limits{};
  limits.slice = 1;
  auto d = define("do: [{a: {set: {x: 1}}}, {b: {wait: PT1S}}]");
  auto m = machine{d, limits};
  auto result = m.advance({1, run_started{"r", {}}});
  CAF_CHECK(result.more);
  CAF_CHECK(!encode_snapshot(m));
  while (result.more) result = m.proceed();
  CAF_CHECK(encode_snapshot(m));
}

CAF_TEST(what several scopes share is written once) {
  auto r = rig{R"(
do:
  - make: {set: '${ {doc: [range(2000)]} }', export: {as: '${ {seen: .doc, again: [.doc, .doc]} }'}}
  - outer: {do: [{inner: {do: [{pause: {wait: PT1S}}]}}]}
)"};
  r.start();
  auto text = snapshot_of(r.m);
  CAF_CHECK_GREATER(text.size(), 8'890u); // the numbers from 0 to 1999
  CAF_CHECK_LESS(text.size(), 10'500u);
  // It is still shared: another round would else write it many times.
  CAF_CHECK_EQUAL(snapshot_of(again(r)), text);
}

CAF_TEST(a value that is small in memory and a giant as text is no danger) {
  auto r = rig{R"(
do:
  - grow: {set: '${ reduce range(18) as $i ("0123456789012345678901234567890123456789"; [., .]) }'}
  - pause: {wait: PT1S}
)"};
  r.start();
  CAF_CHECK_EQUAL(r.status(), "waiting");
  auto text = snapshot_of(r.m);
  CAF_CHECK_LESS(text.size(), 2'000u);
  CAF_CHECK(again(r).inspect().tasks.at(0).input == r.m.inspect().tasks.at(0).input);
  // With tighter limits it is refused: nobody has checked what is in a text.
  auto limits = machine_limits{};
  limits.data_bytes = 1'000;
  CAF_CHECK(!decode_snapshot(r.what, limits, value::empty_object(), text));
}

CAF_TEST(deep values need no deep stack and no deep JSON) {
  for (auto nest : {"[[.]]", R"({"&": {"&": .}})", R"({a: ., b: "0123456789"})"}) {
    auto r = rig{"do:\n  - nest: {set: '${ reduce range(900) as $i (1; " + std::string{nest} +
                 ") }'}\n  - pause: {wait: PT1S}\n"};
    r.start();
    CAF_CHECK_EQUAL(r.status(), "waiting");
    auto copy = again(r);
    CAF_CHECK(copy.inspect().tasks.at(0).input == r.m.inspect().tasks.at(0).input);
  }
}

CAF_TEST(a snapshot never holds a secret) {
  auto d = define(R"(
use: {secrets: [crm]}
do:
  - ask:
      call: http
      with: {method: get, endpoint: 'https://x.io', headers: {x-key: '${ "key " + $secrets.crm.key }'}}
  - pause: {wait: PT1S}
  - keep: {input: {from: '${ {kept: ($secrets.crm.key | @base64)} }'}, set: '${ . }'}
  - again: {wait: PT1S}
)");
  auto secrets = json(R"({"crm": {"key": "s3cr3t-and-long"}})");
  auto m = machine{d, {}, secrets};
  m.advance({1, run_started{"r", json("{}")}});
  CAF_CHECK(!encode_snapshot(m)); // the call has it
  m.advance({2, http_answered{1, 200, {}, "1"}});
  auto text = encode_snapshot(m);
  CAF_REQUIRE(text.has_value());
  CAF_CHECK(text->find("s3cr3t") == text->npos);
  auto copy = revive(d, {}, secrets, *text);
  auto fired = event{3'000'000, timer_fired{2}};
  auto one = breath{}, other = breath{};
  one.take(m, fired);
  other.take(copy, fired);
  CAF_CHECK_EQUAL(one.lines, other.lines);
  CAF_CHECK(!encode_snapshot(m)); // its data have it, in disguise
}

CAF_TEST(a snapshot belongs to one definition and one version of the format) {
  auto r = rig{"do: [{pause: {wait: PT1S}}]"};
  r.start();
  auto text = snapshot_of(r.m);
  auto other =
      define("do: [{before: {set: {x: 1}}}, {pause: {wait: PT1S}}]"); // another task is there
  CAF_CHECK(!decode_snapshot(other, {}, value::empty_object(), text));
  auto renamed =
      read_definition("document: {dsl: '1.0.3', namespace: test, name: test, version: '1.0.1'}\n"
                      "do: [{pause: {wait: PT1S}}]");
  CAF_REQUIRE(renamed.ok());
  auto refused = decode_snapshot(*renamed, {}, value::empty_object(), text);
  CAF_REQUIRE(!refused.ok());
  CAF_CHECK(refused.error().find("another definition") != std::string::npos);
  auto newer = text;
  newer.replace(newer.find("\"v\":1"), 5, "\"v\":2");
  auto unknown = decode_snapshot(r.what, {}, value::empty_object(), newer);
  CAF_REQUIRE(!unknown.ok());
  CAF_CHECK(unknown.error().find("version") != std::string::npos);
}

CAF_TEST(snapshots of the first version stay readable) {
  auto r = rig{"do: [{a: {set: {x: 1}}}, {pause: {wait: PT1S}}]"};
  r.start();
  const std::string written =
      R"({"v":1,"sum":"34b32029e37c63b3","of":["test","test","1.0.0"],"values":[],)"
      R"("run":{"run":"run-1","input":{},"started":1700000000000000,"time":1700000000000000,)"
      R"("last_effect":1,"steps":2,"branches":[{"context":{},"frames":[{"next":1,"raw":{},)"
      R"("input":{},"data":{"x":1},"started":1700000000000000,"visits":[1,1],"scope":"do"},)"
      R"({"raw":{"x":1},"input":{"x":1},"started":1700000000000000,"waits":1,)"
      R"("task":"/do/1/pause"}]}],)"
      R"("effects":[{"sent":{"timer":{"effect":1,"due":1700000001000000}}}]}})";
  CAF_CHECK_EQUAL(snapshot_of(r.m), written);
  auto m = revive(r.what, {}, value::empty_object(), written);
  auto one = breath{}, other = breath{};
  const auto fired = event{rig::epoch + 1'000'000, timer_fired{1}};
  one.take(r.m, fired);
  other.take(m, fired);
  CAF_CHECK_EQUAL(one.lines, other.lines);
  CAF_CHECK(m.status() == run_status::completed);
}
