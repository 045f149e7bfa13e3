#define CAF_SUITE workflow_cron_suites

#include "caf/test/dsl.hpp"
#include "tests/workflow/clock_text.hpp"
#include "workflow/json.hpp"
#include "workflow/schedule/cron.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>

using namespace steward::workflow;
using namespace steward::workflow::schedule;

namespace {

std::vector<value> rows_of(const std::string& name) {
  std::ostringstream text;
  text << std::ifstream{STEWARD_TEST_DATA "/cron/" + name + ".json"}.rdbuf();
  auto rows = parse_json(text.str());
  if (!rows) CAF_FAIL(name << ": " << rows.error().reason);
  return {rows->items().begin(), rows->items().end()};
}

std::string text_of(const value& row, std::string_view key) {
  return std::string{row.find(key)->as_string()};
}

std::vector<std::string> arguments(const value& row) {
  std::vector<std::string> out;
  for (const auto& argument : row.find("args")->items())
    out.push_back(argument.is_string() ? std::string{argument.as_string()}
                  : argument.as_bool() ? "true"
                                       : "false");
  return out;
}

cron_expression parsed(const std::string& text) {
  auto result = cron_expression::parse(text);
  if (!result) CAF_FAIL(text << ": " << result.error().reason);
  return *result;
}

void expect_next(const std::string& expression, const time_zone& zone, int64_t after,
                 const std::string& expected) {
  const auto got = parsed(expression).next(after, zone);
  if (expected.empty() ? got.has_value() : got != at(expected))
    CAF_ERROR(expression << " after " << shown(after) << ": expected " << expected << ", got "
                         << (got ? shown(*got) : "none"));
}

/// Whether both day fields are restricted: dialects differ in what that means.
bool restricts_both_days(const std::string& expression) {
  std::istringstream in{expression};
  const std::vector<std::string> fields{std::istream_iterator<std::string>{in}, {}};
  if (fields.size() < 5) return false;
  const auto open = [](const std::string& field) { return field == "*" || field == "?"; };
  return !open(fields.back()) && !open(fields[fields.size() - 3]);
}

/// The zone of the tests of Cronos that have one.
time_zone zone_of(const std::string& test) {
  if (test.find("HalfHour") != test.npos || test.find("DeltaIsNotHour") != test.npos)
    return zone("Australia/Lord_Howe");
  if (test.find("OnFriday") != test.npos || test.find("ForwardAndFromIsAround") != test.npos)
    return zone("Asia/Amman");
  if (test.find("BackwardAndFromIsAround") != test.npos) return zone("America/Santiago");
  if (test.find("DST") != test.npos || test.find("NotRound") != test.npos ||
      test.ends_with("ReturnsCorrectDateTimeOffset"))
    return zone("America/New_York");
  return {};
}

bool starts_inclusive(const std::string& test, const std::vector<std::string>& args) {
  if (args.size() == 4) return args[3] == "true";
  return test.find("InclusiveIsFalse") == test.npos;
}

/// Cronos writes the plural where this program writes the singular.
std::string field_name(std::string name) {
  if (name == "Days of month") return "day of month";
  if (name == "Days of week") return "day of week";
  if (name == "Months") return "month";
  if (!name.empty()) name[0] = static_cast<char>(std::tolower(name[0]));
  return name;
}

void same_times(const std::string& left, const std::string& right) {
  auto a = at("2016-02-27 23:59:58");
  auto b = a;
  for (int i = 0; i < 100; ++i) {
    a = parsed(left).next(a, {}).value();
    b = parsed(right).next(b, {}).value();
    if (a == b) continue;
    CAF_ERROR(left << " and " << right << " differ at " << shown(a));
    return;
  }
}

} // namespace

CAF_TEST(the tests of Cronos pass) {
  std::map<std::string, size_t> left_out;
  size_t ran = 0;
  for (const auto& row : rows_of("cronos")) {
    const auto test = text_of(row, "test");
    const auto args = arguments(row);
    const auto has = [&](std::string_view part) { return test.find(part) != test.npos; };
    if (has("ThrowsAnException") || has("RoundsFromUtc")) {
      ++left_out["about types of .NET"];
    } else if (has("JitterSeed") || args[0].find(" H") != std::string::npos) {
      ++left_out["H, a place that a hash chooses"];
    } else if (restricts_both_days(args[0]) && !has("Invalid") && !has("Equals") &&
               !has("ToString")) {
      ++left_out["both days restricted, where Cronos wants both to match"];
    } else {
      ++ran;
      if (has("IsInvalid")) {
        auto refused = cron_expression::parse(args[0]);
        if (refused)
          CAF_ERROR("accepted: " << args[0]);
        else if (refused.error().reason.find(field_name(args[2])) == std::string::npos)
          CAF_ERROR(args[0] << ": expected " << args[2] << " in: " << refused.error().reason);
      } else if (test.ends_with("ExpressionIsMacro") || has("WhiteSpaces")) {
        parsed(args[0]);
      } else if (has("Equals_ReturnsTrue")) {
        if (parsed(args[0]) != parsed(args[1])) CAF_ERROR(args[0] << " is not " << args[1]);
      } else if (has("Equals_ReturnsFalse")) {
        if (parsed(args[0]) == parsed(args[1])) CAF_ERROR(args[0] << " is " << args[1]);
      } else if (has("ToString")) {
        same_times(args[0], args[1]);
      } else if (has("Unreachable")) {
        expect_next(args[0], {}, at(args[1]), "");
      } else if (has("MakesProgress")) {
        const auto first = parsed(args[0]).next(at(args[1]), {});
        CAF_CHECK(first && parsed(args[0]).next(*first, {}).value_or(0) > *first);
      } else {
        expect_next(args[0], zone_of(test), at(args[1]) - starts_inclusive(test, args), args[2]);
      }
    }
  }
  for (const auto& [reason, count] : left_out) CAF_MESSAGE("left out: " << count << " " << reason);
  CAF_MESSAGE("ran: " << ran);
  CAF_CHECK_EQUAL(left_out["about types of .NET"], 4u);
  CAF_CHECK_EQUAL(left_out["H, a place that a hash chooses"], 23u);
  CAF_CHECK_EQUAL(left_out["both days restricted, where Cronos wants both to match"], 59u);
  CAF_CHECK_EQUAL(ran, 793u);
}

CAF_TEST(the tests of robfig cron pass) {
  // Its dialect skips a fixed time that a gap swallows, and fires fixed times in both passes of a
  // repeated hour.
  const std::vector<std::vector<std::string>> left_out{
      {"2012-03-11T00:00:00-0500", "TZ=America/New_York 0 30 2 11 Mar ?"},
      {"2012-11-04T01:45:00-0400", "TZ=America/New_York 0 30 1 04 Nov ?"},
      {"2012-11-04T01:00:00-0400", "TZ=America/New_York 0 0 1 * * ?"},
  };
  size_t ran = 0, skipped = 0;
  /// Takes `TZ=name ` off the front.
  const auto take_zone = [](std::string& text, time_zone otherwise) {
    const auto equals = text.find('=');
    if (equals == text.npos) return otherwise;
    const auto blank = text.find(' ');
    const auto found = zone(text.substr(equals + 1, blank - equals - 1));
    text.erase(0, blank + 1);
    return found;
  };
  for (const auto& row : rows_of("robfig")) {
    const auto test = text_of(row, "test");
    auto args = arguments(row);
    if (test == "TestErrors") {
      CAF_CHECK(!cron_expression::parse(args[0]));
    } else if (test == "TestActivation") {
      const auto time = at(args[0]);
      if ((parsed(args[1]).next(time - 1, {}) == time) != (args[2] == "true"))
        CAF_ERROR(args[1] << " at " << args[0] << ": expected " << args[2]);
    } else if (test == "TestNext" || test == "TestNextWithTz") {
      if (std::any_of(left_out.begin(), left_out.end(),
                      [&](const auto& l) { return l[0] == args[0] && l[1] == args[1]; })) {
        ++skipped;
        continue;
      }
      const auto own = take_zone(args[0], test == "TestNext" ? time_zone{} : zone("Asia/Kolkata"));
      const auto used = take_zone(args[1], own);
      expect_next(args[1], used, at(args[0]), args[2]);
    } else {
      continue; // its own reader of times
    }
    ++ran;
  }
  CAF_MESSAGE("ran: " << ran);
  CAF_CHECK_EQUAL(skipped, left_out.size());
  CAF_CHECK_EQUAL(ran, 43u);
}

CAF_TEST(the tests of the cron expressions of PHP pass) {
  size_t ran = 0;
  for (const auto& row : rows_of("php")) {
    const auto schedule = text_of(row, "schedule");
    const auto now = at(text_of(row, "now"));
    const auto minute = now - now % 60'000'000;
    if (schedule == "0-59/65 10 * * *") {
      CAF_CHECK(!cron_expression::parse(schedule)); // steps are no longer than their field
      continue;
    }
    expect_next(schedule, {}, minute - 1, text_of(row, "next"));
    const auto due = parsed(schedule).next(minute - 1, {}) == minute;
    CAF_CHECK_EQUAL(due, row.find("is_due_now")->as_bool());
    ++ran;
  }
  CAF_CHECK_EQUAL(ran, 31u);
}
