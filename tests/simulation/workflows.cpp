#include "tests/simulation/workflows.hpp"

#include "workflow/json.hpp"

#include <algorithm>

namespace steward::simulation {

namespace {

const std::vector<sample_workflow> samples{
    {"plain",
     "do: [{give: {set: {name: '${ .name }', plain: true}}}]",
     {R"({"name":"NAME","plain":true})"}},
    {"pause",
     "do: [{rest: {wait: PT5S}}, {done: {set: {name: '${ .name }'}}}]",
     {R"({"name":"NAME"})"}},
    {"choose",
     R"(
do:
  - which:
      switch:
        - none: {when: .n == 0, then: nothing}
        - one: {when: .n == 1, then: single}
  - many: {set: {got: many}, then: end}
  - single: {set: {got: one}, then: end}
  - nothing: {wait: PT0.5S, then: exit}
)",
     {R"({"got":"many"})", R"({"got":"one"})", R"({"name":"NAME","n":0})"}},
    {"charge",
     R"(
do:
  - each:
      for: {each: n, in: '[1, 2]'}
      do:
        - guard:
            try: [{ask: {call: http, with: {method: post, endpoint: 'http://svc/charge/{name}',
                         body: {n: '${ $n }'}, query: {n: '${ $n }'}}}},
                  {back: {set: {name: '${ .from }'}}}]
            catch: {retry: {delay: PT1S, limit: {attempt: {count: 20}}}}
)",
     {R"({"name":"NAME"})"}},
    {"tick",
     R"(
do:
  - each:
      for: {each: n, in: '[1, 2, 3]'}
      do: [{rest: {wait: PT0.3S}}, {sum: {set: {sum: '${ (.sum // 0) + $n }'}}}]
)",
     {R"({"sum":6})"}},
    {"child",
     R"(
do:
  - rest: {wait: PT2S}
  - ask:
      try: [{it: {call: http, with: {method: get, endpoint: 'http://svc/child/{name}'}}}]
      catch: {retry: {delay: PT0.5S, limit: {attempt: {count: 20}}}}
)",
     {R"({"from":"NAME"})"},
     {},
     false,
     true},
    {"family",
     R"(
do:
  - aside: {run: {workflow: {namespace: sim, name: pause, version: '1.0.0',
                             input: {name: '${ .name + "-aside" }'}}, await: false}}
  - quick: {run: {workflow: {namespace: sim, name: plain, version: '1.0.0'}}}
  - slow: {run: {workflow: {namespace: sim, name: child, version: '1.0.0'}}}
)",
     {R"({"from":"NAME"})"}},
    {"bad",
     "do: [{no: {raise: {error: {type: 'https://example.com/errors/bad', status: 400}}}}]",
     {},
     {"bad"},
     false,
     true},
    {"parent",
     R"(
do:
  - hope:
      try: [{kid: {run: {workflow: {namespace: sim, name: bad, version: '1.0.0'}}}}]
      catch: {errors: {with: {status: 400}}, do: [{say: {set: {kid: bad}}}]}
)",
     {R"({"kid":"bad"})"}},
    {"forever", "do: [{rest: {wait: P1D}}]", {}, {}, false, true},
    {"careless",
     R"(
do: [{kid: {run: {workflow: {namespace: sim, name: forever, version: '1.0.0'}}}}]
)",
     {},
     {},
     true},
    {"impatient",
     R"(
do:
  - hope:
      try: [{kid: {run: {workflow: {namespace: sim, name: forever, version: '1.0.0'}},
                   timeout: {after: PT3S}}}]
      catch: {errors: {with: {status: 408}}, do: [{say: {set: {gave: up}}}]}
)",
     {R"({"gave":"up"})"}},
    {"deadline",
     R"(
do:
  - hope:
      try: [{ask: {call: http, with: {method: get, endpoint: 'http://svc/deadline/{name}'},
                   timeout: {after: PT0.02S}}}]
      catch: {do: [{say: {set: {late: true}}}]}
)",
     {R"({"from":"NAME"})", R"({"late":true})"}},
    {"spent",
     R"(
do:
  - hope:
      try: [{no: {raise: {error: {type: 'https://example.com/errors/bad', status: 500}}}}]
      catch:
        retry: {delay: PT0.1S, backoff: {exponential: {}}, limit: {attempt: {count: 3}}}
        do: [{say: {set: {spent: true}}}]
)",
     {R"({"spent":true})"}},
    {"both",
     R"(
do:
  - both:
      fork:
        branches:
          - rest: {wait: PT1S}
          - ask:
              try: [{it: {call: http, with: {method: get, endpoint: 'http://svc/both/{name}'}}}]
              catch: {retry: {delay: PT0.5S, limit: {attempt: {count: 20}}}}
          - each:
              for: {each: n, in: '[1, 2]'}
              do: [{nap: {wait: PT0.2S}}, {sum: {set: {sum: '${ (.sum // 0) + $n }'}}}]
  - say: {set: {from: '${ .[1].from }', sum: '${ .[2].sum }'}}
)",
     {R"({"from":"NAME","sum":3})"}},
    {"race",
     R"(
do:
  - race:
      fork:
        compete: true
        branches:
          - rest: {do: [{nap: {wait: PT0.1S}}, {give: {set: {won: rest}}}]}
          - ask: {do: [{it: {call: http, with: {method: get, endpoint: 'http://svc/race/{name}'}}},
                       {give: {set: {won: ask}}}]}
)",
     {R"({"won":"rest"})", R"({"won":"ask"})"}},
    {"relay",
     R"(
do:
  - tell: {emit: {event: {with: {type: relay, data: {name: '${ .name }'}}}}}
  - hear:
      listen:
        to:
          one:
            with: {type: relay}
            correlate: {who: {from: .data.name, expect: '${ .data.name }'}}
)",
     {R"([{"name":"NAME"}])"}},
    {"meet",
     R"(
do:
  - both:
      fork:
        branches:
          - hear:
              listen:
                to:
                  any: [{with: {type: meet}, correlate: {who: {from: .data.name, expect: '${ .name }'}}}]
                  until: 'length == 2'
          - tell:
              for: {each: n, in: '[1, 2]'}
              do:
                - rest: {wait: PT0.7S}
                - say: {emit: {event: {with: {type: meet, data: {name: '${ $workflow.input.name }', n: '${ $n }'}}}}}
  - give: {set: '${ .[0] | {name: .[0].name, heard: length} }'}
)",
     {R"({"name":"NAME","heard":2})"}},
    {"refused",
     R"(
do:
  - ask: {call: http, with: {method: put, endpoint: 'http://svc/broken/{name}'}}
)",
     {},
     {"communication"}},
};

std::string last_segment(const std::string& type) { return type.substr(type.rfind('/') + 1); }

std::string name_of(const std::string& input) {
  const auto read = workflow::parse_json(input);
  const auto name = read ? read->get("name") : workflow::value{};
  return name.is_string() ? std::string{name.as_string()} : std::string{};
}

std::string filled(std::string text, const std::string& name) {
  if (const auto at = text.find("NAME"); at != std::string::npos) text.replace(at, 4, name);
  return text;
}

} // namespace

std::span<const sample_workflow> sample_workflows() { return samples; }

const sample_workflow* sample_named(const std::string& name) {
  const auto found =
      std::find_if(samples.begin(), samples.end(), [&](const auto& s) { return s.name == name; });
  return found == samples.end() ? nullptr : &*found;
}

std::string source_of(const sample_workflow& w) {
  return std::string{"document: {dsl: '1.0.3', namespace: sim, name: "} + w.name +
         ", version: '1.0.0'}\n" + w.tasks;
}

std::string unexpected_end(const run_row& row, bool cancel_asked) {
  const auto* sample = sample_named(row.workflow.name);
  if (!sample) return "of no sample workflow";
  const auto name = name_of(row.input);
  if (row.status == run_status::cancelled)
    return cancel_asked || row.parent ? "" : "cancelled, and nobody asked";
  if (row.status == run_status::faulted) {
    const auto error = workflow::parse_json(row.error.value_or("{}"));
    const auto type = error->get("type");
    const auto last = last_segment(std::string{type.is_string() ? type.as_string() : ""});
    for (const auto& e : sample->errors)
      if (e == last) return {};
    return "faulted: " + row.error.value_or("");
  }
  for (const auto& o : sample->outputs)
    if (filled(o, name) == row.output.value_or("")) return {};
  return "its output is " + row.output.value_or("none");
}

} // namespace steward::simulation
