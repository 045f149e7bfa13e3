#define CAF_SUITE workflow_reader_problems

#include "caf/test/dsl.hpp"
#include "workflow/reader.hpp"

using namespace steward::workflow;

namespace {

constexpr std::string_view head =
    "document: {dsl: '1.0.3', namespace: test, name: sample, version: 1.0.0}\n";

struct wrong {
  std::string_view body; ///< From line 2 on.
  size_t line, column;
  std::string_view pointer, message;
};

const wrong cases[] = {
    // the workflow
    {"do: [{a: {set: {x: 1}}}]\nstates: []\n", 3, 1, "/states", "unknown field \"states\""},
    {"do: [{a: {set: {x: 1}}}]\nouput: {}\n", 3, 1, "/ouput", "did you mean \"output\"?"},
    {"do: []\n", 2, 5, "/do", "has no task"},
    {"do:\n", 2, 4, "/do", "must be a list of tasks, but is nothing (null)"},
    {"do: {a: {set: {x: 1}}}\n", 2, 5, "/do", "must be a list of tasks, but is an object"},
    {"x: 1\n", 1, 1, "", "lacks \"do\""},
    {"do: [{a: {set: {x: 1}}}]\ntimeout: slow\n", 3, 10, "/timeout",
     "the timeout \"slow\" is not defined in use.timeouts"},
    {"do: [{a: {set: {x: 1}}}]\ntimeout: {after: 5}\n", 3, 18, "/timeout/after", "a duration is"},
    {"do: [{a: {set: {x: 1}}}]\noutput: {as: .x}\ninput: {from: 3}\n", 4, 15, "/input/from",
     "must be an expression or an object, but is a number"},
    // use
    {"use: {retris: {}}\ndo: [{a: {set: {x: 1}}}]\n", 2, 7, "/use/retris",
     "did you mean \"retries\"?"},
    {"use: {retries: {r: {delay: x}}}\ndo: [{a: {set: {x: 1}}}]\n", 2, 28, "/use/retries/r/delay",
     "starts with P"},
    {"use: {timeouts: {t: PT1S}}\ndo: [{a: {set: {x: 1}}}]\n", 2, 21, "/use/timeouts/t",
     "a timeout must be an object"},
    // tasks
    {"do:\n- a: {set: {x: 1}}\n- b: {set: {x: 1}}\n- a: {set: {x: 1}}\n", 5, 3, "/do/2/a",
     "two tasks of this scope are named \"a\"; the first is in line 3"},
    {"do:\n- a: {sett: {x: 1}}\n", 3, 6, "/do/0/a",
     "does not say what it does; did you mean \"set\"?"},
    {"do:\n- a: {set: {x: 1}, wait: PT1S}\n", 3, 6, "/do/0/a", "both \"set\" and \"wait\""},
    {"do:\n- a: {set: {x: 1}}\n  b: {set: {x: 1}}\n", 3, 3, "/do/0", "has 2 keys"},
    {"do:\n- set\n", 3, 3, "/do/0", "an entry of a task list must be an object, but is a text"},
    {"do:\n- a:\n", 3, 5, "/do/0/a", "a task must be an object, but is nothing"},
    {"do:\n- a: {set: {x: 1}, iff: .x}\n", 3, 20, "/do/0/a/iff", "did you mean \"if\"?"},
    {"do:\n- a: {set: {x: 1}, if: true}\n", 3, 24, "/do/0/a/if",
     "\"if\" must be an expression, but is true or false"},
    {"do:\n- a: {set: {x: 1}, then: b}\n- c: {set: {x: 1}}\n", 3, 26, "/do/0/a/then",
     "this scope has no task \"b\""},
    {"do:\n- a: {do: [{inner: {set: {x: 1}}}]}\n- c: {set: {x: 1}, then: inner}\n", 4, 26,
     "/do/1/c/then", "this scope has no task \"inner\""},
    {"do:\n- a: {set: {x: 1}, metadata: 3}\n", 3, 30, "/do/0/a/metadata", "must be an object"},
    {"do:\n- a: {set: {x: 1}, metadata: {own: 1, steward: {compensate: b}}}\n", 3, 49,
     "/do/0/a/metadata/steward/compensate", "Steward has no setting \"compensate\" for tasks"},
    {"do:\n- a: {set: {}}\n", 3, 12, "/do/0/a/set", "but is an empty object"},
    {"do:\n- a: {set: .x}\n", 3, 12, "/do/0/a/set", "but is a text that is no ${ ... }"},
    {"do:\n- a: {set: [1]}\n", 3, 12, "/do/0/a/set", "but is an array"},
    {"do:\n- a: {wait: 30s}\n", 3, 13, "/do/0/a/wait", "ISO 8601"},
    {"do:\n- a: {wait: {weeks: 1}}\n", 3, 13, "/do/0/a/wait", "no \"weeks\""},
    {"do:\n- a: {switch: []}\n", 3, 15, "/do/0/a/switch", "must be a list of cases"},
    {"do:\n- a: {switch: [{c: {when: .x}}]}\n", 3, 20, "/do/0/a/switch/0/c", "lacks \"then\""},
    {"do:\n- a: {switch: [{c: {then: end}}, {d: {then: end}}]}\n", 3, 35, "/do/0/a/switch/1/d",
     "second default case"},
    {"do:\n- a: {for: {in: 5}, do: [{b: {set: {x: 1}}}]}\n", 3, 17, "/do/0/a/for/in",
     "must be an expression or an array"},
    {"do:\n- a: {for: {in: .x}}\n", 3, 6, "/do/0/a", "lacks \"do\""},
    {"do:\n- a: {for: {in: .x, each: $x}, do: [{b: {set: {x: 1}}}]}\n", 3, 27, "/do/0/a/for/each",
     "\"$x\" can't be the name of a variable"},
    {"do:\n- a: {for: {in: .x, each: task}, do: [{b: {set: {x: 1}}}]}\n", 3, 27, "/do/0/a/for/each",
     "$task has a meaning of its own"},
    {"do:\n- a: {for: {in: .x, each: i, at: i}, do: [{b: {set: {x: 1}}}]}\n", 3, 12, "/do/0/a/for",
     "the same name \"i\""},
    {"do:\n- a: {try: [{b: {set: {x: 1}}}]}\n", 3, 6, "/do/0/a", "lacks \"catch\""},
    {"do:\n- a: {try: [{b: {set: {x: 1}}}], catch: {retry: fast}}\n", 3, 49, "/do/0/a/catch/retry",
     "the retry policy \"fast\" is not defined"},
    {"do:\n- a: {try: [{b: {set: {x: 1}}}], catch: {errors: {with: {}}}}\n", 3, 57,
     "/do/0/a/catch/errors/with", "is empty"},
    {"do:\n- a: {try: [{b: {set: {x: 1}}}], catch: {retry: {backoff: {linear: {}, constant: "
     "{}}}}}\n",
     3, 59, "/do/0/a/catch/retry/backoff", "has 2 kinds"},
    {"do:\n- a: {try: [{b: {set: {x: 1}}}], catch: {retry: {limit: {attempt: {count: -1}}}}}\n", 3,
     75, "/do/0/a/catch/retry/limit/attempt/count", "not negative"},
    {"do:\n- a: {raise: {error: sold}}\n", 3, 22, "/do/0/a/raise/error",
     "the error \"sold\" is not defined"},
    {"do:\n- a: {raise: {error: {status: 400}}}\n", 3, 22, "/do/0/a/raise/error", "lacks \"type\""},
    {"do:\n- a: {raise: {error: {type: 'https://e.com/x', status: bad}}}\n", 3, 56,
     "/do/0/a/raise/error/status", "must be a whole number, but is a text"},
    // calls and children
    {"do:\n- a: {call: http}\n", 3, 6, "/do/0/a", "lacks \"with\""},
    {"do:\n- a: {call: http, with: {method: get}}\n", 3, 25, "/do/0/a/with", "lacks \"endpoint\""},
    {"do:\n- a: {call: http, with: {method: get, endpoint: e.com/x}}\n", 3, 49,
     "/do/0/a/with/endpoint", "no http or https address"},
    {"do:\n- a: {call: http, with: {method: get, endpoint: 'https://e.com/{+x}'}}\n", 3, 64,
     "/do/0/a/with/endpoint", "\"{+x}\" is no placeholder"},
    {"do:\n- a: {call: http, with: {method: get, endpoint: 'https://e.com', output: text}}\n", 3,
     74, "/do/0/a/with/output", "not a value of \"output\""},
    {"do:\n- a: {call: http, with: {method: get, endpoint: 'https://e.com', headers: {A: 1}}}\n", 3,
     79, "/do/0/a/with/headers/A", "must be a text, but is a number"},
    {"do:\n- a: {call: http, with: {method: get, endpoint: 'https://e.com', redirect: maybe}}\n", 3,
     76, "/do/0/a/with/redirect", "must be true or false"},
    {"do:\n- a: {call: http, with: {method: 7, endpoint: 'https://e.com'}}\n", 3, 34,
     "/do/0/a/with/method", "must be a text"},
    {"do:\n- a: {call: http, with: {method: get, endpoint: {uri: 'https://e.com', authentication: "
     "{use: k}}}}\n",
     3, 94, "/do/0/a/with/endpoint/authentication/use", "the authentication \"k\" is not defined"},
    {"do:\n- a: {call: htpp, with: {}}\n", 3, 13, "/do/0/a/call", "did you mean \"http\"?"},
    {"do:\n- a: {call: a2a, with: {}}\n", 3, 13, "/do/0/a/call",
     "call: a2a is not supported by this version"},
    {"do:\n- a: {run: {workflow: {namespace: n, name: w, version: new}}}\n", 3, 56,
     "/do/0/a/run/workflow/version", "is no version"},
    {"do:\n- a: {run: {workflow: {namespace: n, name: w}, return: code}}\n", 3, 56,
     "/do/0/a/run/return", "return: code is not supported"},
    // schemas
    {"do: [{a: {set: {x: 1}}}]\ninput: {schema: {format: avro, document: {}}}\n", 3, 26,
     "/input/schema/format", "format \"avro\" is not supported"},
    {"do: [{a: {set: {x: 1}}}]\ninput:\n  schema:\n    document:\n      properties: {n: {type: "
     "int}}\n",
     6, 30, "/input/schema/document/properties/n/type", "\"int\" is no type"},
    // expressions
    {"do:\n- a: {set: {x: '${ .a + }'}}\n", 3, 0, "/do/0/a/set/x", "the expression is not valid"},
    {"do:\n- a: {set: {x: 'Dear ${ .name }'}}\n", 3, 22, "/do/0/a/set/x",
     "can't be a part of a text"},
    {"do:\n- a: {if: 'x ${ .y }', set: {x: 1}}\n", 3, 14, "/do/0/a/if",
     "can't be a part of a text"},
    {"do:\n- a: {set: {x: '${ 1 + $itm }'}}\n", 3, 24, "/do/0/a/set/x", "unknown variable $itm"},
    {"do:\n- a: {set: {x: '${ $contxt }'}}\n", 3, 20, "/do/0/a/set/x", "did you mean \"context\"?"},
    {"do:\n- a: {set: {x: '${ $output }'}}\n", 3, 20, "/do/0/a/set/x",
     "$output does not exist at this place"},
    {"do:\n- a: {set: {x: '${ $secrets.a }'}}\n", 3, 20, "/do/0/a/set/x",
     "$secrets does not exist at this place"},
    {"do:\n- a: {set: {x: '${ $authorization }'}}\n", 3, 20, "/do/0/a/set/x",
     "$authorization is not given"},
    {"do:\n- a: {try: [{b: {set: '${ $error }'}}], catch: {}}\n", 3, 27, "/do/0/a/try/0/b/set",
     "unknown variable $error"},
    {"do:\n- a: {for: {in: $item}, do: [{b: {set: {x: 1}}}]}\n", 3, 17, "/do/0/a/for/in",
     "unknown variable $item"},
    {"do:\n- a: {set: {x: 1}, if: ''}\n", 3, 24, "/do/0/a/if", "the expression is empty"},
    {"input: {from: $task.name}\ndo: [{a: {set: {x: 1}}}]\n", 2, 15, "/input/from",
     "$task does not exist at this place"},
};

std::vector<definition_problem> problems_of(const std::string& text) {
  auto read = read_definition(text);
  return read ? std::vector<definition_problem>{} : read.error();
}

} // namespace

CAF_TEST(each kind of problem is reported at its place) {
  for (const auto& c : cases) {
    auto found = problems_of(std::string{head} + std::string{c.body});
    auto is_expected = [&](const definition_problem& p) {
      return p.line == c.line && (c.column == 0 || p.column == c.column) &&
             p.pointer == c.pointer && p.message.find(c.message) != std::string::npos;
    };
    if (std::any_of(found.begin(), found.end(), is_expected)) continue;
    std::string all;
    for (const auto& p : found)
      all += "\n  " + std::to_string(p.line) + ":" + std::to_string(p.column) + " " + p.pointer +
             " " + p.message;
    CAF_ERROR("not reported as expected: " << c.body << all);
  }
  CAF_CHECK(true);
}

CAF_TEST(the document section is checked) {
  auto check = [](std::string_view document, std::string_view pointer, std::string_view message) {
    auto found = problems_of("document: " + std::string{document} + "\ndo: [{a: {set: {x: 1}}}]\n");
    if (found.size() != 1 || found[0].pointer != pointer ||
        found[0].message.find(message) == std::string::npos)
      CAF_ERROR(
          document << ": "
                   << (found.empty() ? "no problem" : found[0].pointer + " " + found[0].message));
  };
  check("{dsl: 1.0.3, namespace: n, name: w}", "/document", "lacks \"version\"");
  check("{dsl: 1.0.3, namespace: n, name: w, version: 1.0}", "/document/version",
        "must be a text, but is a number");
  check("{dsl: 1.0.3, namespace: n, name: w, version: '1.0'}", "/document/version",
        "is no version");
  check("{dsl: 1.0, namespace: n, name: w, version: 1.0.0}", "/document/dsl", "must be a text");
  check("{dsl: 0.8.0, namespace: n, name: w, version: 1.0.0}", "/document/dsl",
        "DSL 0.8.0 is not supported");
  check("{dsl: 1.0.3, namespace: a_b, name: w, version: 1.0.0}", "/document/namespace",
        "can't be a namespace");
  check("{dsl: 1.0.3, namespace: n, name: -w, version: 1.0.0}", "/document/name",
        "can't be a name");
  check("{dsl: 1.0.3, namespace: n, name: " + std::string(64, 'w') + ", version: 1.0.0}",
        "/document/name", "can't be a name");
  check("{dsl: 1.0.3, namespace: n, name: w, version: 1.0.0, titel: x}", "/document/titel",
        "did you mean \"title\"?");
  check("{dsl: 1.0.3, namespace: n, name: w, version: 1.0.0, tags: x}", "/document/tags",
        "must be an object");
  check("x", "/document", "must be an object");
}

CAF_TEST(all problems are reported at once in the order of the document) {
  auto found = problems_of(R"yaml(document:
  dsl: '1.0.3'
  namespace: Bad_Name
  version: 1.0.0
do:
  - first:
      set: {}
      then: nowhere
  - second:
      call: http
      with: {methd: get, endpoint: 'https://e.com'}
  - second:
      wait: soon
      wait: later
colour: red
)yaml");
  std::vector<std::string> lines;
  for (const auto& p : found) lines.push_back(std::to_string(p.line) + p.pointer);
  std::vector<std::string> expected{
      "2/document",        "3/document/namespace", "7/do/0/first/set",
      "8/do/0/first/then", "11/do/1/second/with",  "11/do/1/second/with/methd",
      "12/do/2/second",    "13/do/2/second/wait",  "14",
      "15/colour"};
  CAF_CHECK_EQUAL(lines, expected);
  for (const auto& p : found) CAF_CHECK(!p.message.empty());
}

CAF_TEST(a problem says what was expected) {
  auto found = problems_of(std::string{head} + "do: [{a: {set: {x: 1}, thn: end}}]\n");
  CAF_REQUIRE_EQUAL(found.size(), 1u);
  CAF_CHECK_EQUAL(found[0].message,
                  "unknown field \"thn\" in a \"set\" task; did you mean \"then\"?");
  CAF_CHECK(found[0].expected.find("\"export\"") != std::string::npos);
}

CAF_TEST(definitions in use are checked where they are used) {
  // The name of the error is that of the task that refers to the policy.
  std::string use = "use: {retries: {r: {when: $problem.status > 1}}}\n";
  auto tasks = [](std::string_view as) {
    return "do: [{a: {try: [{b: {set: {x: 1}}}], catch: {as: " + std::string{as} +
           ", retry: r}}}]\n";
  };
  CAF_CHECK(problems_of(std::string{head} + use + tasks("problem")).empty());
  auto found = problems_of(std::string{head} + use + tasks("other"));
  CAF_REQUIRE_EQUAL(found.size(), 1u);
  CAF_CHECK_EQUAL(found[0].pointer, "/use/retries/r/when");
  CAF_CHECK_EQUAL(found[0].line, 2u);
}

CAF_TEST(no more problems than the limit are reported) {
  std::string text{head};
  text += "do:\n";
  for (int i = 0; i < 500; ++i) text += "- t" + std::to_string(i) + ": {wait: never}\n";
  CAF_CHECK_EQUAL(problems_of(text).size(), 100u);
}

CAF_TEST(texts that are no definition at all are refused) {
  for (auto text : {"", "null", "42", "[]", "just words", "{}", "do: []", "document: 1", "- a\n- b",
                    "{\"document\": null, \"do\": null}", "\xff"})
    if (problems_of(text).empty()) CAF_ERROR("accepted: " << text);
  CAF_CHECK(!problems_of(std::string(100'000, '[')).empty());
  CAF_CHECK(true);
}
