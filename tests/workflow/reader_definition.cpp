#define CAF_SUITE workflow_reader_definition

#include "caf/test/dsl.hpp"
#include "workflow/json.hpp"
#include "workflow/reader.hpp"

using namespace steward::workflow;

namespace {

std::shared_ptr<const definition> read(std::string_view body) {
  auto text = "document: {dsl: '1.0.3', namespace: test, name: sample, version: 1.2.3-rc.1}\n" +
              std::string{body};
  auto result = read_definition(text);
  if (!result) {
    std::string all;
    for (const auto& p : result.error())
      all += "\n" + std::to_string(p.line) + ":" + std::to_string(p.column) + " " + p.message;
    CAF_FAIL("refused:" << all << "\n" << text);
  }
  return *result;
}

template <class Body>
const Body& body_of(const task& t) {
  const auto* body = std::get_if<Body>(&t.body);
  if (!body) CAF_FAIL(t.name << " is a " << t.kind());
  return *body;
}

int64_t us_of(const duration_source& d) { return std::get<duration>(d).us; }

} // namespace

CAF_TEST(the document section and the own fields of the workflow are kept) {
  auto d = read(R"yaml(
input: {schema: {format: json, document: {type: object}}, from: .order}
output: {as: '{total: $output.sum}', schema: {document: {required: [total]}}}
timeout: {after: PT1H}
do: [{a: {set: {x: 1}}}]
)yaml");
  CAF_CHECK((d->ref == workflow_ref{"test", "sample", "1.2.3-rc.1"}));
  CAF_CHECK_EQUAL(d->dsl, "1.0.3");
  CAF_CHECK(d->document.find("input")->find("from")->as_string() == ".order");
  CAF_REQUIRE(d->input.schema && d->input.from && d->output.as && d->output.schema && d->timeout);
  CAF_CHECK(d->input.schema->validate(value{1}).size() == 1);
  CAF_CHECK_EQUAL(us_of(*d->timeout), 3'600'000'000);
  CAF_CHECK(!d->may_wait);
  auto titled = read_definition(
      "document: {dsl: 1.0.0, namespace: a, name: b, version: 0.1.0, title: T, summary: S, "
      "tags: {x: 1}, metadata: {y: [2]}}\ndo: [{a: {set: {x: 1}}}]\n");
  CAF_REQUIRE(titled.ok());
  CAF_CHECK_EQUAL((*titled)->title, "T");
  CAF_CHECK_EQUAL((*titled)->summary, "S");
}

CAF_TEST(tasks know their name pointer kind and definition) {
  auto d = read(R"yaml(
do:
- group:
    do:
    - inner: {set: {x: 1}, metadata: {note: kept}}
- loop:
    for: {in: .items}
    do:
    - a/b: {set: {y: '${ $item }'}}
- guard:
    try:
    - risky: {raise: {error: {type: https://e.com/x, status: 400}}}
    catch:
      do:
      - mend: {set: {z: '${ $error.status }'}}
)yaml");
  const auto& group = d->tasks[0];
  CAF_CHECK_EQUAL(group.kind(), "do");
  const auto& inner = body_of<do_task>(group).tasks[0];
  CAF_CHECK_EQUAL(inner.pointer, "/do/0/group/do/0/inner");
  CAF_CHECK_EQUAL(inner.kind(), "set");
  CAF_CHECK_EQUAL(to_json(inner.definition), R"({"set":{"x":1},"metadata":{"note":"kept"}})");
  const auto& loop = body_of<for_task>(d->tasks[1]);
  CAF_CHECK_EQUAL(loop.tasks[0].name, "a/b");
  CAF_CHECK_EQUAL(loop.tasks[0].pointer, "/do/1/loop/do/0/a~1b");
  const auto& guard = body_of<try_task>(d->tasks[2]);
  CAF_CHECK_EQUAL(guard.tasks[0].pointer, "/do/2/guard/try/0/risky");
  CAF_CHECK_EQUAL(guard.tasks[0].kind(), "raise");
  CAF_CHECK_EQUAL(guard.handler[0].pointer, "/do/2/guard/catch/do/0/mend");
}

CAF_TEST(then becomes a place in the same scope) {
  auto d = read(R"yaml(
do:
- a: {set: {x: 1}, then: c}
- b: {set: {x: 1}, then: exit}
- c: {set: {x: 1}, then: end}
- d: {set: {x: 1}, then: continue}
- s:
    switch:
    - big: {when: .n > 9, then: b}
    - other: {then: end}
    then: a
)yaml");
  CAF_CHECK(d->tasks[0].then.what == flow::kind::jump && d->tasks[0].then.target == 2);
  CAF_CHECK(d->tasks[1].then.what == flow::kind::exit);
  CAF_CHECK(d->tasks[2].then.what == flow::kind::end);
  CAF_CHECK(d->tasks[3].then.what == flow::kind::next);
  const auto& s = body_of<switch_task>(d->tasks[4]);
  CAF_REQUIRE_EQUAL(s.cases.size(), 2u);
  CAF_CHECK_EQUAL(s.cases[0].name, "big");
  CAF_CHECK(s.cases[0].when && s.cases[0].then.target == 1);
  CAF_CHECK(!s.cases[1].when && s.cases[1].then.what == flow::kind::end);
  CAF_CHECK(d->tasks[4].then.target == 0);
}

CAF_TEST(loops take an expression or the items themselves) {
  auto d = read(R"yaml(
do:
- a: {for: {each: pet, at: i, in: '${ .pets }'}, while: $i < 3, do: [{x: {set: '${ $pet }'}}]}
- b: {for: {in: [1, '${ .two }', {three: 3}]}, do: [{x: {set: '${ [$item, $index] }'}}]}
)yaml");
  const auto& a = body_of<for_task>(d->tasks[0]);
  CAF_CHECK_EQUAL(a.each, "pet");
  CAF_CHECK_EQUAL(a.at, "i");
  CAF_CHECK(a.while_.has_value());
  const auto& b = body_of<for_task>(d->tasks[1]);
  CAF_CHECK_EQUAL(b.each, "item");
  CAF_CHECK_EQUAL(b.at, "index");
  CAF_CHECK(b.in.written().is_array());
}

CAF_TEST(try and retry keep every setting) {
  auto d = read(R"yaml(
use:
  retries:
    patient:
      when: $problem.status >= 500
      exceptWhen: $problem.status == 501
      delay: {seconds: 3}
      backoff: {exponential: {}}
      limit: {attempt: {count: 5, duration: PT10S}, duration: '${ "PT1M" }'}
      jitter: {from: PT0S, to: PT1S}
do:
- a:
    try: [{x: {set: {y: 1}}}]
    catch:
      errors: {with: {type: https://e.com/t, status: 503, instance: /do/0, title: T, details: D}}
      as: problem
      when: $problem.status > 1
      exceptWhen: .status > 2
      retry: patient
      do: [{h: {set: {e: '${ $problem }'}}}]
      then: end
- b: {try: [{x: {set: {y: 1}}}], catch: {retry: {backoff: {linear: {}}, delay: PT2S}}}
)yaml");
  const auto& a = body_of<try_task>(d->tasks[0]);
  CAF_REQUIRE(a.with && a.when && a.except_when && a.retry);
  CAF_CHECK_EQUAL(*a.with->type, "https://e.com/t");
  CAF_CHECK_EQUAL(*a.with->status, 503);
  CAF_CHECK_EQUAL(*a.with->instance, "/do/0");
  CAF_CHECK_EQUAL(*a.with->title, "T");
  CAF_CHECK_EQUAL(*a.with->detail, "D");
  CAF_CHECK_EQUAL(a.as, "problem");
  CAF_CHECK_EQUAL(a.handler.size(), 1u);
  CAF_CHECK(a.then.what == flow::kind::end);
  const auto& r = *a.retry;
  CAF_REQUIRE(r.when && r.except_when && r.delay && r.attempt_count && r.attempt_duration &&
              r.total_duration && r.jitter);
  CAF_CHECK_EQUAL(us_of(*r.delay), 3'000'000);
  CAF_CHECK(r.backoff == retry_policy::growth::exponential);
  CAF_CHECK_EQUAL(*r.attempt_count, 5u);
  CAF_CHECK_EQUAL(us_of(*r.attempt_duration), 10'000'000);
  CAF_CHECK(std::holds_alternative<expression>(*r.total_duration));
  CAF_CHECK_EQUAL(us_of(r.jitter->second), 1'000'000);
  CAF_CHECK(body_of<try_task>(d->tasks[1]).retry->backoff == retry_policy::growth::linear);
  CAF_CHECK_EQUAL(body_of<try_task>(d->tasks[1]).as, "error");
  CAF_CHECK(d->may_wait);
}

CAF_TEST(errors are raised inline or by name) {
  auto d = read(R"yaml(
use:
  errors:
    soldOut: {type: https://e.com/sold-out, status: 409, title: '${ "No \(.what)" }', detail: d}
do:
- a: {raise: {error: soldOut}}
- b: {raise: {error: {type: '${ .type }', status: '${ .status }', instance: /x}}}
)yaml");
  const auto& a = body_of<raise_task>(d->tasks[0]).error;
  CAF_CHECK_EQUAL(a.type.written().as_string(), "https://e.com/sold-out");
  CAF_CHECK_EQUAL(a.status.written().as_int(), 409);
  CAF_CHECK(a.title && a.detail && !a.instance);
  const auto& b = body_of<raise_task>(d->tasks[1]).error;
  CAF_CHECK(b.instance && !b.title);
}

CAF_TEST(waits take every kind of duration) {
  auto d = read(R"yaml(
do:
- a: {wait: PT5M}
- b: {wait: {days: 1, hours: 2}}
- c: {wait: '${ .delay }'}
- d: {wait: P1M}
)yaml");
  CAF_CHECK_EQUAL(us_of(body_of<wait_task>(d->tasks[0]).length), 300'000'000);
  CAF_CHECK_EQUAL(us_of(body_of<wait_task>(d->tasks[1]).length), 93'600'000'000);
  CAF_CHECK(std::holds_alternative<expression>(body_of<wait_task>(d->tasks[2]).length));
  CAF_CHECK_EQUAL(std::get<duration>(body_of<wait_task>(d->tasks[3]).length).months, 1);
  CAF_CHECK(d->may_wait);
}

CAF_TEST(http calls keep every argument) {
  auto d = read(R"yaml(
use:
  authentications:
    keeper: {basic: {username: ann, password: '${ .password }'}}
do:
- a:
    call: http
    with:
      method: post
      endpoint: {uri: 'https://e.com/{id}/x', authentication: {use: keeper}}
      headers: {X-One: one, X-Two: '${ .two }'}
      query: ${ .query }
      body: {deep: ['${ .x }', plain]}
      output: response
      redirect: true
- b: {call: http, with: {method: Get, endpoint: '${ "https://e.com/\(.id)" }'}}
- c:
    call: http
    with: {method: get, endpoint: {uri: http://e.com, authentication: {bearer: {token: t}}}, output: raw}
)yaml");
  const auto& a = body_of<call_http_task>(d->tasks[0]);
  CAF_CHECK_EQUAL(a.method, "POST");
  CAF_CHECK(a.endpoint_is_template);
  CAF_CHECK_EQUAL(a.endpoint.written().as_string(), "https://e.com/{id}/x");
  CAF_REQUIRE(a.auth && a.headers && a.query && a.body);
  CAF_CHECK(a.auth->scheme == auth_scheme::basic);
  const auto username = a.auth->properties.written().get("username");
  CAF_CHECK_EQUAL(username, value{"ann"});
  CAF_CHECK(a.output == call_result::response);
  CAF_CHECK(a.redirect);
  const auto& b = body_of<call_http_task>(d->tasks[1]);
  CAF_CHECK_EQUAL(b.method, "GET");
  CAF_CHECK(!b.endpoint_is_template && !b.auth && !b.headers && !b.query && !b.body && !b.redirect);
  CAF_CHECK(b.output == call_result::content);
  const auto& c = body_of<call_http_task>(d->tasks[2]);
  CAF_CHECK(c.auth->scheme == auth_scheme::bearer);
  CAF_CHECK(c.output == call_result::raw);
  CAF_CHECK(d->may_wait);
}

CAF_TEST(children are named with version and input) {
  auto d = read(R"yaml(
do:
- a: {run: {workflow: {namespace: n, name: w, version: 1.0.0, input: {x: '${ .x }'}}, await: false}}
- b: {run: {workflow: {namespace: n, name: w}}}
)yaml");
  const auto& a = body_of<run_workflow_task>(d->tasks[0]);
  CAF_CHECK_EQUAL(a.namespace_, "n");
  CAF_CHECK_EQUAL(a.name, "w");
  CAF_CHECK_EQUAL(a.version, "1.0.0");
  CAF_CHECK(a.input && !a.await);
  const auto& b = body_of<run_workflow_task>(d->tasks[1]);
  CAF_CHECK_EQUAL(b.version, "latest");
  CAF_CHECK(!b.input && b.await);
}

CAF_TEST(filters conditions and timeouts of tasks are kept) {
  auto d = read(R"yaml(
use: {timeouts: {short: {after: PT2S}}}
do:
- a:
    if: ${ .go }
    input: {from: {x: '${ .x }'}, schema: {document: true}}
    set: ${ . }
    output: {as: .y}
    export: {as: '$context + {y: $output}', schema: {document: {type: object}}}
    timeout: short
- b: {set: {x: 1}, timeout: {after: '${ .t }'}}
)yaml");
  const auto& a = d->tasks[0];
  CAF_REQUIRE(a.if_ && a.input.from && a.input.schema && a.output.as && a.export_.as &&
              a.export_.schema && a.timeout);
  CAF_CHECK(!a.output.schema);
  CAF_CHECK_EQUAL(us_of(*a.timeout), 2'000'000);
  CAF_CHECK(std::holds_alternative<expression>(*d->tasks[1].timeout));
}

CAF_TEST(data that looks like a program stays data) {
  auto d = read(R"yaml(
do:
- a: {set: {x: .x, y: "a { b", z: "$name", w: '{"a":1}'}}
- b: {call: http, with: {method: post, endpoint: 'https://e.com', body: .body}}
)yaml");
  CAF_CHECK(body_of<set_task>(d->tasks[0]).what.written().get("x") == value{".x"});
  CAF_CHECK(body_of<call_http_task>(d->tasks[1]).body->written() == value{".body"});
}
