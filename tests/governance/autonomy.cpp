#define CAF_SUITE autonomy

#include "governance/autonomy.hpp"

#include "caf/test/dsl.hpp"
#include "governance/earned_autonomy.hpp"
#include "governance/quiet_hours.hpp"
#include "workflow/json.hpp"

#include <cmath>
#include <random>

using namespace steward;
using namespace steward::governance;

namespace {

workflow::value json(std::string_view text) { return workflow::parse_json(text).value(); }

autonomy_table salon() {
  autonomy_table table;
  table.levels = {{"gap_fill", autonomy::full_auto}, {"discount_offer", autonomy::supervised}};
  table.rules = {{"discount_offer", "discount_percent", 20, autonomy::manual_only},
                 {"", "potential_revenue", 5000, autonomy::supervised}};
  return table;
}

int64_t utc(const char* text) {
  std::tm parts{};
  strptime(text, "%Y-%m-%d %H:%M", &parts);
  return static_cast<int64_t>(timegm(&parts)) * 1'000'000;
}

} // namespace

CAF_TEST(the strictest line of the table that applies holds) {
  const auto level = [](const char* type, const char* details) {
    return std::string{to_string(salon().judge(type, json(details)).level)};
  };
  CAF_CHECK_EQUAL(level("gap_fill", "{}"), "full_auto");
  CAF_CHECK_EQUAL(level("gap_fill", R"({"potential_revenue":5001})"), "supervised");
  CAF_CHECK_EQUAL(level("gap_fill", R"({"potential_revenue":5000})"), "full_auto");
  CAF_CHECK_EQUAL(level("gap_fill", R"({"potential_revenue":"9999"})"), "full_auto");
  CAF_CHECK_EQUAL(level("discount_offer", R"({"discount_percent":20})"), "supervised");
  CAF_CHECK_EQUAL(level("discount_offer", R"({"discount_percent":20.5})"), "manual_only");
  CAF_CHECK_EQUAL(level("dynamic_pricing", "{}"), "supervised"); // nobody has said a thing of it
  const auto why = salon().judge("discount_offer", json(R"({"discount_percent":30})"));
  CAF_CHECK_EQUAL(why.because, "discount_percent 30 is above 20: manual_only");
  CAF_CHECK(autonomy_from("full_auto") == autonomy::full_auto);
  CAF_CHECK(!autonomy_from("Full_Auto"));
}

CAF_TEST(quiet hours go by the wall clock also when it changes) {
  const auto berlin = workflow::schedule::time_zone::find("Europe/Berlin").value();
  const quiet_hours night{21 * 60, 9 * 60};
  // Clocks go forward in the night to 2025-03-30: 21:00 is 20:00 UTC, 9:00 is 7:00 UTC.
  CAF_CHECK(!night.is_quiet(utc("2025-03-29 19:59"), berlin));
  CAF_CHECK(night.is_quiet(utc("2025-03-29 20:00"), berlin));
  CAF_CHECK_EQUAL(night.ends_at(utc("2025-03-29 20:00"), berlin), utc("2025-03-30 07:00"));
  CAF_CHECK(night.is_quiet(utc("2025-03-30 06:59"), berlin));
  CAF_CHECK(!night.is_quiet(utc("2025-03-30 07:00"), berlin));
  // And back in the night to 2025-10-26: 9:00 is 8:00 UTC.
  CAF_CHECK_EQUAL(night.ends_at(utc("2025-10-25 23:30"), berlin), utc("2025-10-26 08:00"));
  // An end within the hour that comes twice, asked for when it is there the second time.
  const quiet_hours odd{60, 2 * 60 + 30};
  CAF_CHECK(odd.ends_at(utc("2025-10-26 01:10"), berlin) > utc("2025-10-26 01:10"));
  const quiet_hours noon{12 * 60, 13 * 60}, none{0, 0};
  CAF_CHECK(noon.is_quiet(utc("2025-06-01 10:30"), berlin));
  CAF_CHECK_EQUAL(noon.ends_at(utc("2025-06-01 10:30"), berlin), utc("2025-06-01 11:00"));
  CAF_CHECK(!none.is_quiet(utc("2025-06-01 00:00"), berlin));
}

CAF_TEST(the lower bound is that of Wilson) {
  CAF_CHECK_EQUAL(wilson_lower_bound(0, 0), 0.0);
  // 8 of 10: 0.4902; 90 of 100: 0.8256 (E. B. Wilson, 1927, by any table).
  CAF_CHECK(std::abs(wilson_lower_bound(8, 10) - 0.4902) < 0.0001);
  CAF_CHECK(std::abs(wilson_lower_bound(90, 100) - 0.8256) < 0.0001);
  CAF_CHECK(wilson_lower_bound(0, 50) < 1e-9);
  CAF_CHECK(wilson_lower_bound(1'000'000, 1'000'000) > 0.99999);
}

CAF_TEST(autonomy is earned with consent only and is lost within five bad outcomes) {
  earning_terms terms;
  earned_autonomy record;
  for (int i = 0; i < 200; ++i) {
    CAF_CHECK(record.answered(true, terms) == earned_autonomy::move::none);
    CAF_CHECK(record.turned_out(true, terms) == earned_autonomy::move::none);
  }
  terms.consent = true;
  CAF_CHECK(record.answered(true, terms) == earned_autonomy::move::up);
  CAF_CHECK(record.is_earned());
  int bad = 0;
  std::mt19937 random{7};
  for (auto moved = earned_autonomy::move::none; moved != earned_autonomy::move::down;) {
    const bool good = bad == 0 && random() % 4 != 0;
    if (!good) ++bad;
    moved = record.turned_out(good, terms);
  }
  CAF_CHECK(bad <= 5);
  // It begins anew.
  CAF_CHECK(!record.is_earned());
  CAF_CHECK(record.answered(true, terms) == earned_autonomy::move::none);
}

CAF_TEST(a type that is approved half of the time never acts alone) {
  earning_terms terms;
  terms.consent = true;
  earned_autonomy record;
  std::mt19937 random{3};
  for (int i = 0; i < 2'000; ++i) {
    record.answered(random() % 2 == 0, terms);
    record.turned_out(true, terms);
  }
  CAF_CHECK(!record.is_earned());
}

CAF_TEST(an owner who takes the consent back is obeyed at once) {
  earning_terms terms;
  terms.consent = true;
  earned_autonomy record;
  for (int i = 0; i < 100; ++i) {
    record.answered(true, terms);
    record.turned_out(true, terms);
  }
  CAF_REQUIRE(record.is_earned());
  terms.consent = false;
  CAF_CHECK(record.turned_out(true, terms) == earned_autonomy::move::down);
}
