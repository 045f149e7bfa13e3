#define CAF_SUITE machine_listen

#include "caf/test/dsl.hpp"
#include "tests/workflow/machine_rig.hpp"

using namespace steward::workflow;
using namespace steward::workflow::testing;

namespace {

std::string event_text(std::string_view type, std::string_view data) {
  return R"({"specversion":"1.0","id":"e","source":"/test","type":")" + std::string{type} +
         R"(","data":)" + std::string{data} + "}";
}

/// A run with its listener, which is offered events as an inbox does: only those that it wants.
struct listening : rig {
  using rig::rig;
  uint64_t sequence = 0;

  listening& begin(std::string_view input = "{}") {
    start(input);
    return *this;
  }
  /// True if the machine wanted it.
  bool offer(std::string_view type, std::string_view data) {
    return offer_at(++sequence, type, data);
  }
  bool offer_at(uint64_t at, std::string_view type, std::string_view data) {
    auto taken = false;
    for (const auto& c : m.outstanding()) {
      auto listener = std::get_if<listen_for>(&c);
      if (!listener) continue;
      auto offered = event_received{listener->effect, at, json(event_text(type, data))};
      if (!m.wants({now, offered})) continue;
      give(offered);
      taken = true;
    }
    return taken;
  }
};

constexpr auto one_order = R"(
do:
  - wait:
      listen: {to: {one: {with: {type: order.placed}}}}
)";

} // namespace

CAF_TEST(listening to one event gives an array of its data) {
  auto r = listening{one_order};
  r.begin();
  CAF_CHECK_EQUAL(r.status(), "waiting");
  CAF_CHECK_EQUAL(r.the<listen_for>().routes.size(), 1u);
  CAF_CHECK_EQUAL(r.the<listen_for>().routes[0].type, "order.placed");
  CAF_CHECK(!r.offer("order.dropped", "1"));
  CAF_CHECK(r.offer("order.placed", R"({"id": 7})"));
  CAF_CHECK_EQUAL(r.output(), R"([{"id":7}])");
  CAF_CHECK(!r.offer("order.placed", "1"));
}

CAF_TEST(events are read as data or envelope or raw) {
  auto read = [](std::string_view how) {
    auto r = listening{
        "do: [{w: {listen: {to: {one: {with: {type: t}}}, read: " + std::string{how} + "}}}]"};
    r.begin().offer("t", R"({"a":1})");
    return r.output();
  };
  CAF_CHECK_EQUAL(read("data"), R"([{"a":1}])");
  CAF_CHECK_EQUAL(read("raw"), R"(["{\"a\":1}"])");
  CAF_CHECK_EQUAL(read("envelope"),
                  R"([{"specversion":"1.0","id":"e","source":"/test","type":"t","data":{"a":1}}])");
}

CAF_TEST(all waits for one event of each filter in any order) {
  auto r = listening{R"(
do:
  - w:
      listen:
        to:
          all:
            - with: {type: temperature, data: '${ .value > 38 }'}
            - with: {type: bpm}
)"};
  r.begin();
  CAF_CHECK(!r.offer("temperature", R"({"value": 36})"));
  CAF_CHECK(r.offer("bpm", "120"));
  CAF_CHECK(!r.offer("bpm", "130"));
  CAF_CHECK(r.offer("temperature", R"({"value": 39})"));
  CAF_CHECK_EQUAL(r.output(), R"([120,{"value":39}])");
}

CAF_TEST(any takes the first that matches one filter) {
  auto r = listening{"do: [{w: {listen: {to: {any: [{with: {type: a}}, {with: {type: b}}]}}}}]"};
  r.begin();
  CAF_CHECK(!r.offer("c", "1"));
  CAF_CHECK(r.offer("b", "2"));
  CAF_CHECK_EQUAL(r.output(), "[2]");
}

CAF_TEST(any without filters takes whatever comes) {
  auto r = listening{"do: [{w: {listen: {to: {any: []}}}}]"};
  r.begin();
  CAF_CHECK(r.offer("whatever", "1"));
  CAF_CHECK_EQUAL(r.output(), "[1]");
}

CAF_TEST(any goes on until a condition holds of what was consumed) {
  auto r = listening{"do: [{w: {listen: {to: {any: [], until: '( . | length ) > 2'}}}}]"};
  r.begin();
  CAF_CHECK(r.offer("x", "1"));
  CAF_CHECK(r.offer("y", "2"));
  CAF_CHECK_EQUAL(r.status(), "waiting");
  CAF_CHECK(r.offer("z", "3"));
  CAF_CHECK_EQUAL(r.output(), "[1,2,3]");
}

CAF_TEST(any goes on until other events are consumed and these are not in its output) {
  auto r = listening{R"(
do:
  - w:
      listen:
        to:
          any: [{with: {type: tick}}]
          until: {one: {with: {type: stop}}}
)"};
  r.begin();
  CAF_CHECK(r.offer("tick", "1"));
  CAF_CHECK(r.offer("tick", "2"));
  CAF_CHECK(r.offer("stop", "3"));
  CAF_CHECK_EQUAL(r.output(), "[1,2]");
}

CAF_TEST(filters match constants and patterns and parts of the data) {
  auto wants = [](std::string_view with, std::string_view type, std::string_view data) {
    auto r = listening{"do: [{w: {listen: {to: {one: {with: " + std::string{with} + "}}}}}]"};
    r.begin(R"({"id": 7})");
    return r.offer(type, data);
  };
  CAF_CHECK(wants("{type: 'order\\.(placed|paid)'}", "order.paid", "1"));
  CAF_CHECK(!wants("{type: 'order\\.(placed|paid)'}", "order.paid.late", "1"));
  CAF_CHECK(!wants("{type: a.b}", "aXb", "1"));
  CAF_CHECK(wants("{source: /test}", "x", "1"));
  CAF_CHECK(!wants("{source: /other}", "x", "1"));
  CAF_CHECK(wants("{data: {a: {b: 1}}}", "x", R"({"a": {"b": 1, "c": 2}})"));
  CAF_CHECK(!wants("{data: {a: {b: 2}}}", "x", R"({"a": {"b": 1}})"));
  CAF_CHECK(!wants("{subject: s}", "x", "1"));
  CAF_CHECK(!wants("{data: '${ .a.b.c > 1 }'}", "x", "[1]"));
  CAF_CHECK(wants("{type: '${ .data.id == $input.id }'}", "x", R"({"id": 7})"));
}

CAF_TEST(correlation compares with what is expected) {
  auto r = listening{R"(
do:
  - w:
      listen:
        to:
          one:
            with: {type: paid}
            correlate: {order: {from: .data.order, expect: '${ .order }'}}
)"};
  r.begin(R"({"order": "A"})");
  CAF_REQUIRE_EQUAL(r.the<listen_for>().routes.size(), 1u);
  const auto& route = r.the<listen_for>().routes[0];
  CAF_REQUIRE_EQUAL(route.keys.size(), 1u);
  CAF_CHECK_EQUAL(route.keys[0].first, ".data.order");
  CAF_CHECK_EQUAL(route.keys[0].second, value{"A"});
  CAF_CHECK(!r.offer("paid", R"({"order": "B"})"));
  CAF_CHECK(!r.offer("paid", "{}"));
  CAF_CHECK(r.offer("paid", R"({"order": "A"})"));
}

CAF_TEST(without an expectation the first value decides for all filters) {
  auto r = listening{R"(
do:
  - w:
      listen:
        to:
          all:
            - {with: {type: a}, correlate: {order: {from: .data.order}}}
            - {with: {type: b}, correlate: {order: {from: .data.order}}}
)"};
  r.begin();
  CAF_CHECK(r.offer("a", R"({"order": 1})"));
  CAF_CHECK(!r.offer("b", R"({"order": 2})"));
  CAF_CHECK(r.offer("b", R"({"order": 1})"));
  CAF_CHECK_EQUAL(r.status(), "completed");
}

CAF_TEST(foreach runs its tasks for each event in order while more events come) {
  auto r = listening{R"(
do:
  - w:
      listen: {to: {any: [{with: {type: m}}], until: {one: {with: {type: stop}}}}}
      foreach:
        item: message
        at: i
        do:
          - post:
              call: http
              with: {method: post, endpoint: 'http://chat/{room}', body: '${ $message }'}
        output: {as: '{i: $i, said: $message, answer: .}'}
        export: {as: '$context + {last: $message}'}
  - after: {set: {list: '${ . }', last: '${ $context.last }'}}
)"};
  r.begin(R"({"room": "r1"})");
  CAF_CHECK(r.offer("m", "\"hi\""));
  CAF_CHECK_EQUAL(r.call().url, "http://chat/r1");
  CAF_CHECK_EQUAL(*r.call().body, "hi");
  CAF_CHECK_EQUAL(r.status(), "running");
  const auto first = r.call();
  CAF_CHECK(r.offer("m", "\"ho\""));
  CAF_CHECK(r.offer("stop", "1"));
  CAF_CHECK_EQUAL(r.count<http_call>(), 0u);
  r.give(http_answered{first.effect, 200, {{"content-type", "application/json"}}, "1"});
  const auto second = r.call();
  CAF_CHECK_NOT_EQUAL(first.idempotency_key, second.idempotency_key);
  CAF_CHECK_EQUAL(*second.body, "ho");
  r.answer(200, "2");
  CAF_CHECK_EQUAL(r.output(), R"({"list":[{"i":0,"said":"hi","answer":1},)"
                              R"({"i":1,"said":"ho","answer":2}],"last":"ho"})");
}

CAF_TEST(foreach without tasks transforms each event) {
  auto r = listening{R"(
do:
  - w:
      listen: {to: {any: [], until: 'length == 2'}}
      foreach: {output: {as: '$item * 10 + $index'}}
)"};
  r.begin();
  r.offer("x", "1");
  r.offer("x", "2");
  CAF_CHECK_EQUAL(r.output(), "[10,21]");
}

CAF_TEST(a listener that never ends keeps nothing) {
  auto r = listening{R"(
do:
  - w:
      listen: {to: {any: [], until: '${ false }'}}
      foreach: {do: [{x: {set: '${ $item }'}}]}
)"};
  r.begin();
  for (int i = 0; i < 2000; ++i) CAF_REQUIRE(r.offer("x", "\"" + std::string(20'000, 'x') + "\""));
  CAF_CHECK_EQUAL(r.status(), "waiting");
}

CAF_TEST(an event is given to a listener once and not to the next listener of the run) {
  auto r = listening{R"(
do:
  - first: {listen: {to: {one: {with: {type: t}}}}}
  - second: {listen: {to: {one: {with: {type: t}}}}}
)"};
  r.begin();
  CAF_CHECK(r.offer_at(5, "t", "1"));
  CAF_CHECK(!r.offer_at(5, "t", "1")); // offered again, as it is kept
  CAF_CHECK(r.offer_at(4, "t", "2"));  // an earlier one that the first did not take
  CAF_CHECK_EQUAL(r.output(), "[2]");
}

CAF_TEST(listeners side by side both get an event) {
  auto r = listening{R"(
do:
  - both:
      fork:
        branches:
          - a: {listen: {to: {one: {with: {type: t}}}}}
          - b: {listen: {to: {one: {with: {type: t}}}}}
)"};
  r.begin();
  CAF_CHECK(r.offer("t", "1"));
  CAF_CHECK_EQUAL(r.output(), "[[1],[1]]");
}

CAF_TEST(a timeout ends listening) {
  auto r = listening{R"(
do:
  - w: {timeout: {after: PT1M}, listen: {to: {one: {with: {type: t}}}}}
)"};
  r.begin();
  const auto listener = r.the<listen_for>().effect;
  r.fire();
  CAF_CHECK_EQUAL(r.error().status, 408);
  CAF_CHECK_EQUAL(r.the<drop_effect>().effect, listener);
  CAF_CHECK(r.the<drop_effect>().what == drop_effect::kind::listener);
}

CAF_TEST(an until that fails is an expression error of the task) {
  auto r = listening{"do: [{w: {listen: {to: {any: [], until: '. + 1'}}}}]"};
  r.begin().offer("x", "1");
  CAF_CHECK_EQUAL(r.error().type, error_type("expression"));
  CAF_CHECK_EQUAL(r.error().instance, "/do/0/w");
}

CAF_TEST(events that come while a run is suspended wait for it) {
  auto r = listening{one_order};
  r.begin();
  r.give(suspend_requested{});
  CAF_CHECK(r.offer("order.placed", "1"));
  CAF_CHECK_EQUAL(r.status(), "suspended");
  r.give(resume_requested{});
  CAF_CHECK_EQUAL(r.output(), "[1]");
}

CAF_TEST(emit gives the whole event and puts it into the inbox) {
  auto r = rig{R"(
do:
  - tell:
      emit:
        event:
          with:
            source: https://shop.example
            type: order.placed
            subject: '${ .id }'
            priority: 3
            data: {total: '${ .total }'}
)"};
  r.start(R"({"id": "o-1", "total": 5})");
  const auto& event = r.the<emit_event>().event;
  CAF_CHECK_EQUAL(to_json(event),
                  R"({"specversion":"1.0","id":"run-1/do/0/tell","source":"https://shop.example",)"
                  R"("type":"order.placed","time":"2023-11-14T22:13:20.000Z","subject":"o-1",)"
                  R"("priority":3,"data":{"total":5}})");
  CAF_CHECK_EQUAL(r.output(), to_json(event));
  CAF_CHECK(r.m.outstanding().empty());
}

CAF_TEST(emit fills in the source and keeps the id on a retry) {
  auto r = rig{R"(
do:
  - t:
      try:
        - tell: {emit: {event: {with: {type: x}}}}
        - call: {call: http, with: {method: get, endpoint: http://h/}}
      catch: {retry: {limit: {attempt: {count: 1}}}}
)"};
  r.start();
  const auto first = r.the<emit_event>().event;
  CAF_CHECK_EQUAL(first.get("source"), value{"/test/test/1.0.0"});
  r.answer(500, "{}");
  const auto second = r.the<emit_event>().event;
  CAF_CHECK_EQUAL(first.get("id"), second.get("id"));
}

CAF_TEST(emit refuses what is no event) {
  auto error = [](std::string_view with) {
    auto r = rig{"do: [{t: {emit: {event: {with: " + std::string{with} + "}}}}]"};
    r.start(R"({"empty": "", "list": []})");
    return r.error().type;
  };
  CAF_CHECK_EQUAL(error("{type: '${ .empty }'}"), error_type("expression"));
  CAF_CHECK_EQUAL(error("{type: '${ .list }'}"), error_type("expression"));
  CAF_CHECK_EQUAL(error("{type: t, source: '${ .empty }'}"), error_type("expression"));
}

CAF_TEST(the journal keeps an event as it came) {
  auto e = event{17, event_received{3, 9, json(event_text("t", R"({"a":[1,"x"]})"))}};
  auto text = encode_event(e);
  auto back = decode_event(text);
  CAF_REQUIRE(back.ok());
  CAF_CHECK_EQUAL(encode_event(*back), text);
  const auto& received = std::get<event_received>(back->what);
  CAF_CHECK_EQUAL(received.sequence, 9u);
}
