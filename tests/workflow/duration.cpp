#define CAF_SUITE workflow_duration

#include "workflow/duration.hpp"

#include "caf/test/dsl.hpp"
#include "workflow/json.hpp"

using namespace steward::workflow;

namespace {

constexpr int64_t second = 1'000'000;
constexpr int64_t day = 86'400 * second;

duration read(std::string_view text) {
  auto d = parse_duration(text);
  if (!d) CAF_FAIL(text << ": " << d.error());
  return *d;
}

bool same(std::string_view text, int64_t months, int64_t us) {
  return read(text) == duration{months, us};
}

/// Microseconds since 1970 of a date and a time of day.
int64_t at(int year, unsigned month, unsigned d, int64_t time_of_day = 0) {
  using namespace std::chrono;
  auto date =
      year_month_day{std::chrono::year{year}, std::chrono::month{month}, std::chrono::day{d}};
  return sys_days{date}.time_since_epoch().count() * day + time_of_day;
}

} // namespace

CAF_TEST(durations are read in all units) {
  CAF_CHECK(same("PT30S", 0, 30 * second));
  CAF_CHECK(same("PT0.5S", 0, second / 2));
  CAF_CHECK(same("PT0.000001S", 0, 1));
  CAF_CHECK(same("PT1H30M", 0, 5400 * second));
  CAF_CHECK(same("PT1.5H", 0, 5400 * second));
  CAF_CHECK(same("P1D", 0, day));
  CAF_CHECK(same("P2W", 0, 14 * day));
  CAF_CHECK(same("P1Y2M10DT2H30M", 14, 10 * day + 9000 * second));
  CAF_CHECK(same("P0.5Y", 6, 0));
  CAF_CHECK(same("PT0S", 0, 0));
}

CAF_TEST(malformed durations are refused) {
  for (auto text : {"",
                    "P",
                    "PT",
                    "P1DT",
                    "30s",
                    "PT30",
                    "P1S",
                    "PT1D",
                    "PTS",
                    "P1M1Y",
                    "PT1S1M",
                    "-PT1S",
                    "P-1D",
                    "PT1.S",
                    "PT.5S",
                    "PT1,5S",
                    "P1DT1HT1M",
                    "pt1s",
                    "PT1S ",
                    "P0.3M",
                    "P99999999999999999999D",
                    "P999999999999D",
                    "PT1S1S"})
    if (parse_duration(text)) CAF_FAIL("accepted: " << text);
  CAF_CHECK(true);
}

CAF_TEST(a refusal says what was expected) {
  auto d = parse_duration("ten minutes");
  CAF_REQUIRE(!d);
  CAF_CHECK(d.error().find("ISO 8601") != std::string::npos);
}

CAF_TEST(duration objects add up) {
  auto d = read_duration(
      *parse_json(R"({"days":1,"hours":2,"minutes":3,"seconds":4,"milliseconds":5})"));
  CAF_REQUIRE(d.ok());
  CAF_CHECK_EQUAL(d->us, day + 7384 * second + 5000);
  const auto one_second = read_duration(value{"PT1S"});
  CAF_CHECK_EQUAL(one_second->us, second);
}

CAF_TEST(malformed duration objects are refused) {
  for (auto text : {"{}", R"({"weeks":1})", R"({"seconds":-1})", R"({"seconds":0.5})",
                    R"({"seconds":"1"})", R"({"days":200000000000})", "5", "null", "[]"})
    if (read_duration(*parse_json(text))) CAF_FAIL("accepted: " << text);
  CAF_CHECK(true);
}

CAF_TEST(months end on the last day of a shorter month) {
  CAF_CHECK_EQUAL(read("P1M").after(at(2023, 1, 31, 5)), at(2023, 2, 28, 5));
  CAF_CHECK_EQUAL(read("P1M").after(at(2024, 1, 31)), at(2024, 2, 29));
  CAF_CHECK_EQUAL(read("P1Y").after(at(2024, 2, 29)), at(2025, 2, 28));
  CAF_CHECK_EQUAL(read("P13M").after(at(2023, 12, 15)), at(2025, 1, 15));
  CAF_CHECK_EQUAL(read("P1MT1S").after(at(2023, 3, 31)), at(2023, 4, 30, second));
  CAF_CHECK_EQUAL(read("P1M").after(at(1969, 12, 31, 7)), at(1970, 1, 31, 7));
}

CAF_TEST(instants far in the future saturate) {
  constexpr auto latest = std::numeric_limits<int64_t>::max();
  CAF_CHECK_EQUAL((duration{0, latest}.after(1)), latest);
  CAF_CHECK_EQUAL((duration{latest, 0}.after(at(2024, 1, 1))), latest);
  CAF_CHECK_EQUAL(read("P100000Y").after(0), latest);
  CAF_CHECK_EQUAL((duration{1, 0}.after(latest)), latest);
}
