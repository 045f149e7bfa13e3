#define CAF_SUITE world

#include "caf/test/dsl.hpp"
#include "tests/demo/small_salon.hpp"
#include "workflow/json.hpp"

#include <cmath>

using namespace steward;
using namespace steward::demo;

namespace {

std::string text_of(const salon& s, const std::vector<past_appointment>& all) {
  std::string text;
  for (const auto& one : all) workflow::append_json(text, appointment_document(s, one));
  return text;
}

std::string text_of(const salon& s) {
  std::string text;
  for (const auto& one : s.staff) workflow::append_json(text, staff_document(s, one));
  for (const auto& one : s.customers) workflow::append_json(text, customer_document(one));
  return text;
}

bool is_refused(const salon_options& options) {
  try {
    make_salon(options);
    return false;
  } catch (const std::invalid_argument&) {
    return true;
  }
}

bool same(const wanted_visit& a, const wanted_visit& b) {
  return a.customer == b.customer && a.number == b.number && a.call_us == b.call_us &&
         a.wanted_us == b.wanted_us && a.service == b.service && a.staff == b.staff &&
         a.picky == b.picky;
}

} // namespace

CAF_TEST(the same seed is the same world and another seed is another) {
  const auto s = make_salon(options_of(7)), again = make_salon(options_of(7)),
             other = make_salon(options_of(8));
  CAF_CHECK_EQUAL(text_of(s), text_of(again));
  CAF_CHECK(text_of(s) != text_of(other));
  const auto past = text_of(s, history_of(s));
  CAF_CHECK(past == text_of(again, history_of(again)));
  CAF_CHECK(past != text_of(other, history_of(other)));
}

CAF_TEST(chance answers the same whatever was asked before) {
  const chance a{7}, b{7};
  std::vector<double> forwards, backwards;
  for (uint64_t i = 0; i < 100; ++i) forwards.push_back(a.share("x", i, 3));
  for (uint64_t i = 100; i-- > 0;) {
    static_cast<void>(b.waiting(5, "y", i));
    backwards.insert(backwards.begin(), b.share("x", i, 3));
  }
  CAF_CHECK(forwards == backwards);
  CAF_CHECK(a.bits("x", 1, 2) != a.bits("x", 2, 1));
  CAF_CHECK(a.bits("x", 1) != a.bits("y", 1));
  double sum = 0, waits = 0, bell = 0, bell_squares = 0;
  constexpr uint64_t n = 20'000;
  for (uint64_t i = 0; i < n; ++i) {
    const auto share = a.share("share", i);
    CAF_REQUIRE(share >= 0 && share < 1);
    sum += share;
    waits += a.waiting(5, "wait", i);
    const auto x = a.bell("bell", i);
    CAF_REQUIRE(std::isfinite(x));
    bell += x;
    bell_squares += x * x;
  }
  CAF_CHECK(std::abs(sum / n - 0.5) < 0.01);
  CAF_CHECK(std::abs(waits / n - 5) < 0.2);
  CAF_CHECK(std::abs(bell / n) < 0.03);
  CAF_CHECK(std::abs(bell_squares / n - 1) < 0.05);
}

CAF_TEST(calls come the same in one piece or in many) {
  const auto s = make_salon(options_of(7, 20, 600));
  const auto start = s.options.start_us;
  const auto whole = visits_called_between(s, start, start + 2 * day_us);
  std::vector<wanted_visit> pieces;
  for (auto from = start; from < start + 2 * day_us; from += 40 * minute_us)
    for (const auto& one :
         visits_called_between(s, from, std::min(from + 40 * minute_us, start + 2 * day_us)))
      pieces.push_back(one);
  CAF_REQUIRE(whole.size() == pieces.size());
  CAF_CHECK(std::equal(whole.begin(), whole.end(), pieces.begin(), same));
  CAF_CHECK(whole.size() > 40);
  for (const auto& one : whole) {
    CAF_CHECK(one.call_us < one.wanted_us);
    CAF_CHECK(s.customers[one.customer].weekdays &
              (1u << salon::weekday(s.local_day(one.wanted_us))));
  }
}

CAF_TEST(a stretch that begins late has nothing that belongs to an earlier one) {
  const auto s = make_salon(options_of(3, 5, 400));
  const auto start = s.options.start_us;
  std::set<std::pair<size_t, uint64_t>> seen;
  for (int day = -30; day < 30; ++day)
    for (const auto& one :
         visits_called_between(s, start + day * day_us, start + (day + 1) * day_us))
      CAF_CHECK(seen.insert({one.customer, one.number}).second);
}

CAF_TEST(a plausible past with nobody in two places) {
  for (const uint64_t seed : {7u, 8u, 9u}) {
    const auto s = make_salon(options_of(seed));
    const auto past = history_of(s);
    const auto today = s.local_day(s.options.start_us);
    server_account account;
    std::map<std::string, double> by_status;
    double used = 0, before = 0;
    for (const auto& one : past) {
      account.appointments.push_back(appointment_document(s, one));
      ++by_status[one.status];
      CAF_CHECK((one.status == "booked") <= (one.where.start_us >= s.options.start_us));
      CAF_CHECK(one.booked_us < one.where.start_us);
      CAF_CHECK(s.staff[one.where.staff].can(one.where.service));
      const auto day = s.local_day(one.where.start_us);
      if (one.where.start_us < s.options.start_us) ++before;
      if (one.status != "cancelled" && day >= today - 28 && day < today)
        used += static_cast<double>(one.where.end_us - one.where.start_us);
      const auto& hours = s.staff[one.where.staff].week[salon::weekday(day)];
      CAF_REQUIRE(hours.has_value());
      CAF_CHECK(s.local_minute(one.where.start_us) >= hours->begin_minute);
      CAF_CHECK(s.local_minute(one.where.end_us) <= hours->end_minute);
    }
    std::vector<std::string> overlaps;
    find_overlaps(account, overlaps);
    CAF_CHECK_EQUAL(overlaps.size(), 0u);
    CAF_CHECK(before <= 15'000);
    CAF_CHECK(before > 10'000);
    CAF_CHECK(by_status["booked"] > 100);
    const auto missed = by_status["no_show"] / (by_status["no_show"] + by_status["completed"]);
    CAF_CHECK(missed > 0.05 && missed < 0.15);
    const auto cancelled = by_status["cancelled"] / static_cast<double>(past.size());
    CAF_CHECK(cancelled > 0.02 && cancelled < 0.12);
    const auto share = used / static_cast<double>(working_us(s, today - 28, today));
    CAF_CHECK(share > 0.4 && share < 0.8);
  }
}

CAF_TEST(the customers are people of many kinds) {
  const auto s = make_salon(options_of(7));
  double opted_out = 0, english = 0, unreliable = 0, rhythm = 0;
  std::set<std::string> ids, languages;
  for (const auto& c : s.customers) {
    ids.insert(c.id);
    languages.insert(c.language);
    opted_out += c.opted_out;
    english += c.language == "en";
    unreliable += c.staying_away > 0.15;
    rhythm += c.rhythm_days;
    CAF_CHECK(c.first_us < s.options.start_us);
    CAF_CHECK(s.staff[c.preferred_staff].can(c.preferred_service));
    CAF_CHECK(c.weekdays != 0);
    CAF_CHECK(s.customer_of(c.id) == static_cast<size_t>(&c - s.customers.data()));
  }
  const auto n = static_cast<double>(s.customers.size());
  CAF_CHECK_EQUAL(ids.size(), 3000u);
  CAF_CHECK_EQUAL(languages.size(), 5u);
  CAF_CHECK(opted_out / n > 0.02 && opted_out / n < 0.06);
  CAF_CHECK(english / n > 0.45 && english / n < 0.65);
  CAF_CHECK(unreliable / n > 0.1 && unreliable / n < 0.2);
  CAF_CHECK(rhythm / n > 15 && rhythm / n < 30);
  for (const auto* nobody : {"cust_", "cust_0000", "cust_3001", "cust_1", "cust_00x1", "x", ""})
    CAF_CHECK(!s.customer_of(nobody));
}

CAF_TEST(every day somebody works who can do each service) {
  const auto s = make_salon(options_of(7));
  for (size_t day = 0; day < 7; ++day)
    for (size_t what = 0; what < s.services.size(); ++what)
      CAF_CHECK(std::any_of(s.staff.begin(), s.staff.end(),
                            [&](const staff_member& m) { return m.week[day] && m.can(what); }));
}

CAF_TEST(days and minutes are those of the wall clock) {
  const auto s = make_salon(options_of(7, 1, 1));
  const auto day = s.local_day(s.options.start_us);
  CAF_CHECK_EQUAL(intelligence::date_text(day), "2026-11-23");
  CAF_CHECK_EQUAL(salon::weekday(day), 1u);
  CAF_CHECK_EQUAL(s.local_minute(s.options.start_us), 0);
  CAF_CHECK_EQUAL(s.instant(day, 9 * 60), at("2026-11-23T03:30:00Z"));
  CAF_CHECK_EQUAL(salon::weekday(0), 4u);
  CAF_CHECK_EQUAL(salon::weekday(-1), 3u);
  CAF_CHECK_EQUAL(salon::weekday(-10), 1u);
}

CAF_TEST(options that make no salon are refused) {
  CAF_CHECK(is_refused(options_of(7, 0, 10)));
  CAF_CHECK(is_refused(options_of(7, 1, 0)));
  auto nowhere = options_of(7);
  nowhere.zone = "Asia/Nowhere";
  CAF_CHECK(is_refused(nowhere));
}

CAF_TEST(the book keeps shifts and breaks and buffers free) {
  auto s = make_salon(options_of(7, 1, 1));
  s.staff[0].week.fill(shift{9 * 60, 17 * 60, 13 * 60, 13 * 60 + 30});
  const auto day = s.local_day(s.options.start_us);
  const auto cut = s.service_of("svc_cut").value(); // 30 minutes and 5 after
  const auto at_minute = [&](int minute) {
    const auto start = s.instant(day, minute);
    return slot{0, cut, start, start + s.services[cut].length_us()};
  };
  calendar book{s};
  CAF_CHECK(!book.is_free(at_minute(9 * 60 - 1)));
  CAF_CHECK(book.is_free(at_minute(9 * 60)));
  CAF_CHECK(book.is_free(at_minute(12 * 60 + 25)));
  CAF_CHECK(!book.is_free(at_minute(12 * 60 + 26)));
  CAF_CHECK(!book.is_free(at_minute(13 * 60 + 29)));
  CAF_CHECK(book.is_free(at_minute(13 * 60 + 30)));
  CAF_CHECK(book.is_free(at_minute(17 * 60 - 35)));
  CAF_CHECK(!book.is_free(at_minute(17 * 60 - 34)));
  book.take(at_minute(10 * 60));
  CAF_CHECK(!book.is_free(at_minute(10 * 60)));
  CAF_CHECK(!book.is_free(at_minute(10 * 60 + 34)));
  CAF_CHECK(book.is_free(at_minute(10 * 60 + 35)));
  CAF_CHECK(book.is_free(at_minute(9 * 60 + 25)));
  CAF_CHECK(!book.is_free(at_minute(9 * 60 + 26)));
  book.release(at_minute(10 * 60));
  CAF_CHECK(book.is_free(at_minute(10 * 60)));
  s.staff[0].week[1].reset();
  CAF_CHECK(!book.is_free(at_minute(10 * 60)));
}

CAF_TEST(instants are read with and without fractions) {
  CAF_CHECK_EQUAL(instant_in("2026-11-23T03:30:00Z"), at("2026-11-23T03:30:00Z"));
  CAF_CHECK_EQUAL(instant_in("2026-11-23T03:30:00.25Z"), at("2026-11-23T03:30:00Z") + 250'000);
  CAF_CHECK_EQUAL(instant_in("2026-11-23T03:30:00.1234567Z"), at("2026-11-23T03:30:00Z") + 123'456);
  CAF_CHECK(!instant_in("soon"));
  CAF_CHECK(!instant_in(nullptr));
}
