#define CAF_SUITE workflow_reader_events

#include "caf/test/dsl.hpp"
#include "tests/workflow/reader_rig.hpp"
#include "workflow/schema/pattern.hpp"

using namespace steward::workflow;
using namespace steward::workflow::testing;

namespace {

const listen_task& listener(const definition& d) { return body_of<listen_task>(d.tasks.at(0)); }

/// What an event's attribute must be, for a filter `with: {subject: ...}`.
std::shared_ptr<const definition> with_subject(std::string_view subject) {
  return read("do: [{a: {listen: {to: {one: {with: {subject: " + std::string{subject} + "}}}}}}]");
}

} // namespace

CAF_TEST(forks keep their branches in order) {
  auto d = read(R"yaml(
do:
- a:
    fork:
      compete: true
      branches:
      - one: {set: {x: 1}, then: exit}
      - two: {do: [{inner: {set: {x: 2}}}]}
- b: {fork: {branches: [{c: {set: {x: 1}}}]}}
)yaml");
  const auto& a = body_of<fork_task>(d->tasks[0]);
  CAF_CHECK(a.compete);
  CAF_REQUIRE_EQUAL(a.branches.size(), 2u);
  CAF_REQUIRE_EQUAL(a.branches[0].size(), 1u);
  CAF_CHECK_EQUAL(a.branches[0][0].name, "one");
  CAF_CHECK(a.branches[0][0].then.what == flow::kind::exit);
  CAF_CHECK_EQUAL(a.branches[1][0].pointer, "/do/0/a/fork/branches/1/two");
  CAF_CHECK_EQUAL(body_of<do_task>(a.branches[1][0]).tasks[0].pointer,
                  "/do/0/a/fork/branches/1/two/do/0/inner");
  CAF_CHECK(!body_of<fork_task>(d->tasks[1]).compete);
  CAF_CHECK(!d->may_wait);
}

CAF_TEST(emit takes an event with constants and expressions) {
  auto d = read(R"yaml(
do:
- a:
    emit:
      event:
        with:
          id: '${ .id }'
          source: /orders
          type: com.example.placed
          time: '2026-02-28T23:59:60.5+01:00'
          subject: '${ .customer }'
          dataschema: https://example.com/order.json
          datacontenttype: application/json
          specversion: '1.0'
          priority: 3
          data: {n: '${ .n }', fixed: [1]}
)yaml");
  const auto& event = body_of<emit_task>(d->tasks[0]).event;
  CAF_CHECK(!event.is_constant());
  CAF_CHECK_EQUAL(event.written().size(), 10u);
  CAF_CHECK(d->may_wait);
}

CAF_TEST(listeners have one strategy of three) {
  auto one = read("do: [{a: {listen: {to: {one: {with: {type: t}}}, read: envelope}}}]");
  CAF_CHECK(listener(*one).to.what == event_strategy::kind::one);
  CAF_CHECK_EQUAL(listener(*one).to.filters.size(), 1u);
  CAF_CHECK(listener(*one).read == event_reading::envelope);
  CAF_CHECK(one->may_wait);
  auto all = read("do: [{a: {listen: {to: {all: [{with: {type: t}}, {with: {type: u}}]}}}}]");
  CAF_CHECK(listener(*all).to.what == event_strategy::kind::all);
  CAF_CHECK_EQUAL(listener(*all).to.filters.size(), 2u);
  CAF_CHECK(listener(*all).read == event_reading::data);
  auto any = read("do: [{a: {listen: {to: {any: []}, read: raw}}}]");
  CAF_CHECK(listener(*any).to.what == event_strategy::kind::any);
  CAF_CHECK(listener(*any).to.filters.empty());
  CAF_CHECK(listener(*any).read == event_reading::raw);
  CAF_CHECK(std::holds_alternative<std::monostate>(listener(*any).to.until));
}

CAF_TEST(until is an expression or a strategy of its own) {
  auto d = read("do: [{a: {listen: {to: {any: [], until: length > 3}}}}]");
  const auto* program = std::get_if<expression>(&listener(*d).to.until);
  CAF_REQUIRE(program);
  CAF_CHECK_EQUAL(program->source(), "length > 3");
  d = read("do: [{a: {listen: {to: {any: [], until: {one: {with: {type: stop}}}}}}}]");
  const auto* nested = std::get_if<std::shared_ptr<const event_strategy>>(&listener(*d).to.until);
  CAF_REQUIRE(nested);
  CAF_CHECK((*nested)->what == event_strategy::kind::one);
  CAF_CHECK_EQUAL((*nested)->filters.size(), 1u);
}

CAF_TEST(text in a filter is a constant unless it can only be a pattern) {
  auto condition = [](std::string_view subject) {
    auto d = with_subject(subject);
    return listener(*d).to.filters[0].conditions.at(0).expected;
  };
  for (auto plain : {"com.example.placed", "https://example.com/a_b-c", "me@home", "''"})
    CAF_CHECK(std::holds_alternative<value>(condition(plain)));
  CAF_CHECK((std::get<value>(condition("com.example.placed")) == value{"com.example.placed"}));
  // What no pattern can be is a constant too.
  CAF_CHECK(std::holds_alternative<value>(condition("'smile :('")));
  auto pattern = std::get<std::shared_ptr<const schema::pattern>>(condition("'order-[0-9]+|all'"));
  CAF_CHECK(pattern->matches("order-17"));
  CAF_CHECK(pattern->matches("all"));
  CAF_CHECK(!pattern->matches("order-17b"));
  CAF_CHECK(!pattern->matches("overall"));
  CAF_CHECK(std::holds_alternative<value_template>(condition("'${ .subject == \"x\" }'")));
}

CAF_TEST(data in a filter is an object or an expression) {
  auto d = read(R"yaml(
do:
- a:
    listen:
      to:
        all:
        - with: {data: {room: 7, deep: {x: 'a b'}}}
        - with: {data: '${ .n > 3 }'}
        - with: {data: {room: '${ $input.room }'}}
)yaml");
  const auto& filters = listener(*d).to.filters;
  CAF_CHECK(std::holds_alternative<value>(filters[0].conditions[0].expected));
  CAF_CHECK(std::holds_alternative<value_template>(filters[1].conditions[0].expected));
  CAF_CHECK(std::holds_alternative<value_template>(filters[2].conditions[0].expected));
}

CAF_TEST(correlations extract a value and may expect one) {
  auto d = read(R"yaml(
do:
- a:
    listen:
      to:
        one:
          with: {type: t}
          correlate:
            room: {from: .data.room}
            guest: {from: '${ .data.guest }', expect: '${ $input.guest }'}
            kind: {from: .type, expect: .type}
)yaml");
  const auto& correlations = listener(*d).to.filters[0].correlations;
  CAF_REQUIRE_EQUAL(correlations.size(), 3u);
  CAF_CHECK_EQUAL(correlations[0].name, "room");
  CAF_CHECK_EQUAL(correlations[0].from.source(), ".data.room");
  CAF_CHECK(!correlations[0].expect);
  CAF_REQUIRE(correlations[1].expect.has_value());
  CAF_CHECK(!correlations[1].expect->is_constant());
  CAF_REQUIRE(correlations[2].expect.has_value());
  CAF_CHECK(correlations[2].expect->is_constant());
}

CAF_TEST(foreach names the event and its place in its tasks and filters) {
  auto d = read(R"yaml(
do:
- a:
    listen: {to: {any: [], until: 'false'}}
    foreach:
      item: event
      at: i
      do: [{keep: {set: {x: '${ $event }', n: '${ $i }'}}}]
      output: {as: '${ {i: $i, out: $output} }'}
      export: {as: '${ $context + {last: $event} }'}
- b: {listen: {to: {any: []}}, foreach: {output: {as: $item}}}
)yaml");
  const auto& each = listener(*d).each;
  CAF_REQUIRE(each.has_value());
  CAF_CHECK_EQUAL(each->item, "event");
  CAF_CHECK_EQUAL(each->at, "i");
  CAF_CHECK_EQUAL(each->tasks[0].pointer, "/do/0/a/foreach/do/0/keep");
  CAF_CHECK(each->output.as && each->export_.as);
  const auto& plain = body_of<listen_task>(d->tasks[1]).each;
  CAF_REQUIRE(plain.has_value());
  CAF_CHECK(plain->tasks.empty());
  CAF_CHECK_EQUAL(plain->item, "item");
}

CAF_TEST(problems of forks and events have their places) {
  check_problems({
      {"do:\n- a: {fork: {branches: []}}\n", 3, 24, "/do/0/a/fork/branches", "has no task"},
      {"do:\n- a: {fork: {}}\n", 3, 13, "/do/0/a/fork", "lacks \"branches\""},
      {"do:\n- a: {fork: {branches: {b: {set: {x: 1}}}}}\n", 3, 24, "/do/0/a/fork/branches",
       "must be a list of tasks"},
      {"do:\n- a: {fork: {branches: [{b: {set: {x: 1}}}], competes: true}}\n", 3, 46,
       "/do/0/a/fork/competes", "did you mean \"compete\"?"},
      {"do:\n- a: {fork: {branches: [{b: {set: {x: 1}}}], compete: yes}}\n", 3, 55,
       "/do/0/a/fork/compete", "must be true or false"},
      {"do:\n- a:\n    fork:\n      branches:\n      - b: {set: {x: 1}, then: c}\n"
       "      - c: {set: {x: 1}}\n",
       6, 32, "/do/0/a/fork/branches/0/b/then", "this scope has no task \"c\""},
      {"do:\n- a:\n    fork:\n      branches:\n      - b: {set: {x: 1}}\n      - b: {set: {x: "
       "1}}\n",
       7, 9, "/do/0/a/fork/branches/1/b", "two tasks of this scope are named \"b\""},
      {"do:\n- a: {emit: {}}\n", 3, 13, "/do/0/a/emit", "lacks \"event\""},
      {"do:\n- a: {emit: {event: {}}}\n", 3, 21, "/do/0/a/emit/event", "lacks \"with\""},
      {"do:\n- a: {emit: {event: {with: {source: /x}}}}\n", 3, 28, "/do/0/a/emit/event/with",
       "the event lacks \"type\""},
      {"do:\n- a: {emit: {event: {with: {type: ''}}}}\n", 3, 35, "/do/0/a/emit/event/with/type",
       "\"type\" is empty"},
      {"do:\n- a: {emit: {event: {with: {type: 5}}}}\n", 3, 35, "/do/0/a/emit/event/with/type",
       "\"type\" must be a text, but is a number"},
      {"do:\n- a: {emit: {event: {with: {type: t, time: yesterday}}}}\n", 3, 44,
       "/do/0/a/emit/event/with/time", "\"yesterday\" is no instant"},
      {"do:\n- a: {emit: {event: {with: {type: t, time: '2026-02-30T00:00:00Z'}}}}\n", 3, 44,
       "/do/0/a/emit/event/with/time", "is no instant"},
      {"do:\n- a: {emit: {event: {with: {type: t, source: no uri}}}}\n", 3, 46,
       "/do/0/a/emit/event/with/source", "\"source\" must be a URI"},
      {"do:\n- a: {emit: {event: {with: {type: t, dataContentType: text/plain}}}}\n", 3, 38,
       "/do/0/a/emit/event/with/dataContentType", "did you mean \"datacontenttype\"?"},
      {"do:\n- a: {emit: {event: {with: {type: t, specversion: '0.3'}}}}\n", 3, 51,
       "/do/0/a/emit/event/with/specversion", "CloudEvents is not supported"},
      {"do:\n- a: {emit: {event: {with: {type: t, extra: {x: 1}}}}}\n", 3, 45,
       "/do/0/a/emit/event/with/extra", "must be a text, but is an object"},
      {"do:\n- a: {emit: {event: {with: {type: t, data: '${ $x }'}}}}\n", 3, 0,
       "/do/0/a/emit/event/with/data", "unknown variable $x"},
      {"do:\n- a: {listen: {}}\n", 3, 15, "/do/0/a/listen", "lacks \"to\""},
      {"do:\n- a: {listen: {to: {}}}\n", 3, 20, "/do/0/a/listen/to", "has 0 strategies"},
      {"do:\n- a: {listen: {to: {any: [], all: []}}}\n", 3, 20, "/do/0/a/listen/to",
       "has 2 strategies"},
      {"do:\n- a: {listen: {to: {one: {}}}}\n", 3, 26, "/do/0/a/listen/to/one", "lacks \"with\""},
      {"do:\n- a: {listen: {to: {one: {with: {}}}}}\n", 3, 33, "/do/0/a/listen/to/one/with",
       "every event would be meant"},
      {"do:\n- a: {listen: {to: {one: {with: {type: t}, corelate: {}}}}}\n", 3, 44,
       "/do/0/a/listen/to/one/corelate", "did you mean \"correlate\"?"},
      {"do:\n- a: {listen: {to: {one: {with: {type: [t]}}}}}\n", 3, 40,
       "/do/0/a/listen/to/one/with/type", "must be a text, but is an array"},
      {"do:\n- a: {listen: {to: {one: {with: {Type: t}}}}}\n", 3, 34,
       "/do/0/a/listen/to/one/with/Type", "did you mean \"type\"?"},
      {"do:\n- a: {listen: {to: {any: {with: {type: t}}}}}\n", 3, 26, "/do/0/a/listen/to/any",
       "must be a list of event filters, but is an object"},
      {"do:\n- a: {listen: {to: {one: {with: {type: t}}, until: .x}}}\n", 3, 45,
       "/do/0/a/listen/to/until", "\"until\" has no meaning without \"any\""},
      {"do:\n- a: {listen: {to: {any: [], until: {any: [], until: .x}}}}\n", 3, 47,
       "/do/0/a/listen/to/until/until", "\"until\" can't have an \"until\" of its own"},
      {"do:\n- a: {listen: {to: {any: [], until: 5}}}\n", 3, 37, "/do/0/a/listen/to/until",
       "must be an expression, but is a number"},
      {"do:\n- a: {listen: {to: {any: []}, read: all}}\n", 3, 37, "/do/0/a/listen/read",
       "not a value of \"read\""},
      {"do:\n- a: {listen: {to: {one: {with: {type: t}, correlate: {k: {}}}}}}\n", 3, 59,
       "/do/0/a/listen/to/one/correlate/k", "lacks \"from\""},
      {"do:\n- a: {listen: {to: {one: {with: {type: t}, correlate: {k: {from: '.a +'}}}}}}\n", 3, 0,
       "/do/0/a/listen/to/one/correlate/k/from", "the expression is not valid"},
      {"do:\n- a: {listen: {to: {one: {with: {type: t}, correlate: {k: {from: .a, expect: "
       "[]}}}}}}\n",
       3, 78, "/do/0/a/listen/to/one/correlate/k/expect", "must be a constant or an expression"},
      {"do:\n- a: {listen: {to: {any: []}}, foreach: {item: x, at: x}}\n", 3, 41, "/do/0/a/foreach",
       "the same name \"x\""},
      {"do:\n- a: {listen: {to: {any: []}}, foreach: {each: x}}\n", 3, 42, "/do/0/a/foreach/each",
       "unknown field \"each\" in foreach"},
      {"do:\n- a: {listen: {to: {any: []}}, foreach: {do: []}}\n", 3, 46, "/do/0/a/foreach/do",
       "has no task"},
      {"do:\n- a: {listen: {to: {any: []}}, output: {as: $item}}\n", 3, 45, "/do/0/a/output/as",
       "unknown variable $item"},
  });
}
