#define CAF_SUITE workflow_reader_use

#include "caf/test/dsl.hpp"
#include "tests/workflow/reader_rig.hpp"

using namespace steward::workflow;
using namespace steward::workflow::testing;

namespace {

/// A definition whose only task calls with that authentication.
std::string calling_with(std::string_view authentication, std::string_view use = "{}") {
  return "use: " + std::string{use} +
         "\ndo: [{a: {call: http, with: {method: get, endpoint: {uri: 'https://e.com', "
         "authentication: " +
         std::string{authentication} + "}}}}]\n";
}

const authentication& auth_of(const definition& d) {
  return body_of<call_http_task>(d.tasks.at(0)).auth.value();
}

std::string problems_of(const std::string& body) {
  auto result = read_definition(std::string{head} + body);
  return result ? "no problem" : describe(result.error());
}

} // namespace

CAF_TEST(functions are read once and called by name) {
  auto d = read(R"yaml(
use:
  functions:
    greet:
      input: {from: '{name: .who}'}
      set: {text: '${ "Hello \(.name)" }'}
    again: {call: again, with: '${ . }'}
do:
- a: {call: greet, with: {who: '${ .user }'}}
- b: {call: again}
)yaml");
  CAF_REQUIRE_EQUAL(d->functions.size(), 2u);
  CAF_CHECK_EQUAL(d->functions[0].at(0).pointer, "/use/functions/greet");
  CAF_CHECK_EQUAL(d->functions[0][0].name, "greet");
  const auto& a = body_of<call_function_task>(d->tasks[0]);
  CAF_CHECK_EQUAL(a.function, 0u);
  CAF_CHECK(a.with.has_value());
  const auto& b = body_of<call_function_task>(d->tasks[1]);
  CAF_CHECK_EQUAL(b.function, 1u);
  CAF_CHECK(!b.with.has_value());
  CAF_CHECK_EQUAL(body_of<call_function_task>(d->functions[1][0]).function, 1u);
}

CAF_TEST(extensions surround kinds of tasks) {
  auto d = read(R"yaml(
use:
  extensions:
  - log:
      extend: all
      when: $task.call == "http"
      before: [{note: {set: {x: '${ $task.reference }'}, then: exit}}]
  - more: {extend: composite, after: [{note: {set: {x: 1}}}]}
do: [{a: {set: {x: 1}}}]
)yaml");
  CAF_REQUIRE_EQUAL(d->extensions.size(), 2u);
  const auto& log = d->extensions[0];
  CAF_CHECK_EQUAL(log.name, "log");
  CAF_CHECK_EQUAL(log.extend, "all");
  CAF_CHECK(log.when.has_value());
  CAF_CHECK_EQUAL(log.before.at(0).pointer, "/use/extensions/0/log/before/0/note");
  CAF_CHECK(log.before[0].then.what == flow::kind::exit);
  CAF_CHECK(d->extensions[1].before.empty());
  CAF_CHECK_EQUAL(d->extensions[1].after.size(), 1u);
}

CAF_TEST(secrets are known by name where they may be used) {
  auto d = read(R"yaml(
use: {secrets: [key, 'other one']}
input: {from: '{a: $secrets.key}'}
do:
- a: {set: {x: 1}, input: {from: '${ $secrets["other one"] }'}}
- b: {call: http, with: {method: get, endpoint: https://e.com, headers: {X: '${ $secrets.key }'}}}
)yaml");
  CAF_CHECK((d->secrets == std::vector<std::string>{"key", "other one"}));
  check_problems({
      {"use: {secrets: [key]}\ndo: [{a: {set: {x: '${ $secrets.key }'}}}]\n", 3, 24,
       "/do/0/a/set/x", "$secrets does not exist at this place"},
      {"use: {secrets: [key]}\ninput: {from: $secrets.kye}\ndo: [{a: {set: {x: 1}}}]\n", 3, 15,
       "/input/from", "the secret \"kye\" is not declared in use.secrets; did you mean \"key\"?"},
      {"input: {from: $secrets}\ndo: [{a: {set: {x: 1}}}]\n", 2, 15, "/input/from",
       "no secret is declared in use.secrets"},
      {"use: {secrets: key}\ndo: [{a: {set: {x: 1}}}]\n", 2, 16, "/use/secrets",
       "must be a list of names"},
      {"use: {secrets: [key, key]}\ndo: [{a: {set: {x: 1}}}]\n", 2, 22, "/use/secrets/1",
       "named twice"},
      {"use: {secrets: [5]}\ndo: [{a: {set: {x: 1}}}]\n", 2, 17, "/use/secrets/0",
       "must be a text"},
  });
}

CAF_TEST(each scheme of authentication is read as it is written) {
  auto scheme = [](std::string_view text) { return auth_of(*read(calling_with(text))).scheme; };
  CAF_CHECK(scheme("{basic: {username: u, password: p}}") == auth_scheme::basic);
  CAF_CHECK(scheme("{bearer: {token: '${ .token }'}}") == auth_scheme::bearer);
  CAF_CHECK(scheme("{digest: {username: u, password: p}}") == auth_scheme::digest);
  CAF_CHECK(scheme("{oidc: {authority: 'https://a.com', grant: client_credentials, client: {id: c, "
                   "secret: s, authentication: client_secret_basic}}}") == auth_scheme::oidc);
  auto d = read(calling_with(
      "{oauth2: {authority: 'https://a.com', grant: 'urn:ietf:params:oauth:grant-type:"
      "token-exchange', endpoints: {token: /t}, request: {encoding: application/json}, issuers: "
      "['https://i.com'], scopes: [a], audiences: [b], subject: {token: '${ .t }', type: jwt}, "
      "actor: {token: x, type: y}}}"));
  CAF_CHECK(auth_of(*d).scheme == auth_scheme::oauth2);
  CAF_CHECK(auth_of(*d).properties.written().find("endpoints"));
  CAF_CHECK(auth_of(*d).secret.empty());
  d = read(calling_with("{oauth2: {use: s}}", "{secrets: [s]}"));
  CAF_CHECK_EQUAL(auth_of(*d).secret, "s");
  d = read(
      calling_with("{use: mine}", "{authentications: {mine: {digest: {use: s}}}, secrets: [s]}"));
  CAF_CHECK(auth_of(*d).scheme == auth_scheme::digest);
  CAF_CHECK_EQUAL(auth_of(*d).secret, "s");
}

CAF_TEST(each property of an authentication is checked) {
  auto check = [](std::string_view authentication, std::string_view message) {
    auto found = problems_of(calling_with(authentication));
    if (found.find(message) == std::string::npos) CAF_ERROR(authentication << ": " << found);
  };
  check("{}", "has 0 schemes");
  check("{basic: {username: u, password: p}, bearer: {token: t}}", "has 2 schemes");
  check("{basik: {}}", "did you mean \"basic\"?");
  check("{basic: {username: u}}", "lacks \"password\"");
  check("{digest: {username: u, password: 5}}", "must be a text");
  check("{bearer: {tokn: t}}", "did you mean \"token\"?");
  check("{basic: {use: s}}", "the secret \"s\" is not declared");
  check("{basic: {use: s, username: u}}", "unknown field \"username\"");
  check("{oauth2: {grant: client_credentials}}", "lacks \"authority\"");
  check("{oauth2: {authority: x}}", "lacks \"grant\"");
  check("{oauth2: {authority: x, grant: client_credential}}",
        "did you mean \"client_credentials\"?");
  check("{oauth2: {authority: x, grant: authorization_code}}", "needs a person");
  check("{oauth2: {authority: x, grant: password, username: u}}", "lacks \"password\"");
  check("{oauth2: {authority: x, grant: client_credentials, client: {authentication: none_}}}",
        "did you mean \"none\"?");
  check("{oauth2: {authority: x, grant: client_credentials, request: {encoding: xml}}}",
        "not a value of \"encoding\"");
  check("{oauth2: {authority: x, grant: client_credentials, scopes: all}}",
        "must be a list of texts");
  check("{oauth2: {authority: x, grant: client_credentials, endpoints: {tokn: /t}}}",
        "did you mean \"token\"?");
  check("{oauth2: {authority: x, grant: client_credentials, actor: {token: t}}}", "lacks \"type\"");
  check("{oidc: {authority: x, grant: client_credentials, endpoints: {}}}",
        "unknown field \"endpoints\"");
}

CAF_TEST(problems of functions and extensions have their places) {
  check_problems({
      {"use: {functions: []}\ndo: [{a: {set: {x: 1}}}]\n", 2, 18, "/use/functions",
       "must be an object"},
      {"use: {functions: {f: {sett: {x: 1}}}}\ndo: [{a: {set: {x: 1}}}]\n", 2, 22,
       "/use/functions/f", "did you mean \"set\"?"},
      {"use: {functions: {http: {set: {x: 1}}}}\ndo: [{a: {set: {x: 1}}}]\n", 2, 19,
       "/use/functions/http", "has a meaning of its own"},
      {"use: {functions: {f: {set: {x: '${ $item }'}}}}\ndo:\n- a: {for: {in: .x}, do: [{b: {call: "
       "f}}]}\n",
       2, 0, "/use/functions/f/set/x", "unknown variable $item"},
      {"use: {functions: {f: {set: {x: 1}, then: a}}}\ndo: [{a: {set: {x: 1}}}]\n", 2, 42,
       "/use/functions/f/then", "this scope has no task \"a\""},
      {"use: {functions: {fetch: {set: {x: 1}}}}\ndo: [{a: {call: fetsh}}]\n", 3, 17,
       "/do/0/a/call", "not defined in use.functions; did you mean \"fetch\"?"},
      {"use: {functions: {f: {set: {x: 1}}}}\ndo: [{a: {call: f, with: [1]}}]\n", 3, 26,
       "/do/0/a/with", "must be an object or an expression"},
      {"do: [{a: {call: steward.aproval}}]\n", 2, 17, "/do/0/a/call", "Steward has no function"},
      {"use: {extensions: {}}\ndo: [{a: {set: {x: 1}}}]\n", 2, 19, "/use/extensions",
       "must be a list"},
      {"use: {extensions: [{e: {}}]}\ndo: [{a: {set: {x: 1}}}]\n", 2, 24, "/use/extensions/0/e",
       "lacks \"extend\""},
      {"use: {extensions: [{e: {extend: tasks}}]}\ndo: [{a: {set: {x: 1}}}]\n", 2, 33,
       "/use/extensions/0/e/extend", "not a value of \"extend\""},
      {"use: {extensions: [{e: {extend: all, before: []}}]}\ndo: [{a: {set: {x: 1}}}]\n", 2, 46,
       "/use/extensions/0/e/before", "has no task"},
      {"use: {extensions: [{e: {extend: all, when: $tsk.call}}]}\ndo: [{a: {set: {x: 1}}}]\n", 2,
       44, "/use/extensions/0/e/when", "did you mean \"task\"?"},
  });
}
