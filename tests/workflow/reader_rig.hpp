#pragma once

#include "caf/test/dsl.hpp"
#include "workflow/reader.hpp"

#include <algorithm>

/// For tests of the reader: definitions that must read, and problems that must be found.
namespace steward::workflow::testing {

/// The first line of every definition here; what a test adds begins in line 2.
constexpr std::string_view head =
    "document: {dsl: '1.0.3', namespace: test, name: sample, version: 1.0.0}\n";

inline std::string describe(const std::vector<definition_problem>& problems) {
  std::string all;
  for (const auto& p : problems)
    all += "\n  " + std::to_string(p.line) + ":" + std::to_string(p.column) + " " + p.pointer +
           " " + p.message;
  return all;
}

inline std::shared_ptr<const definition> read(std::string_view body) {
  auto text = std::string{head} + std::string{body};
  auto result = read_definition(text);
  if (!result) CAF_FAIL("refused:" << describe(result.error()) << "\n" << text);
  return *result;
}

template <class Body>
const Body& body_of(const task& t) {
  const auto* body = std::get_if<Body>(&t.body);
  if (!body) CAF_FAIL(t.name << " is a " << t.kind());
  return *body;
}

/// A definition with a problem: its body from line 2 on, and where the problem is (column 0: any).
struct wrong {
  std::string_view body;
  size_t line, column;
  std::string_view pointer, message; ///< The message has this in it.
};

inline void check_problems(const std::vector<wrong>& cases) {
  for (const auto& c : cases) {
    auto read = read_definition(std::string{head} + std::string{c.body});
    auto found = read ? std::vector<definition_problem>{} : read.error();
    auto is_expected = [&](const definition_problem& p) {
      return p.line == c.line && (c.column == 0 || p.column == c.column) &&
             p.pointer == c.pointer && p.message.find(c.message) != std::string::npos;
    };
    if (!std::any_of(found.begin(), found.end(), is_expected))
      CAF_ERROR("not reported as expected: " << c.body << describe(found));
  }
  CAF_CHECK(true);
}

} // namespace steward::workflow::testing
