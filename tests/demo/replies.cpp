#define CAF_SUITE replies

#include "demo/replies.hpp"

#include "caf/test/dsl.hpp"
#include "tests/demo/small_salon.hpp"

using namespace steward;
using namespace steward::demo;

namespace {

heard_message offer(const salon& s, size_t who, int64_t heard_us) {
  const auto& c = s.customers[who];
  heard_message m;
  m.customer = who;
  m.type = "gap_fill";
  m.heard_us = heard_us;
  m.start_us = s.instant(s.local_day(heard_us) + 1, c.preferred_minute);
  m.staff = c.preferred_staff;
  m.service = c.preferred_service;
  m.last_visit_us = heard_us - static_cast<int64_t>(c.rhythm_days * static_cast<double>(day_us));
  return m;
}

bool same(const reply& a, const reply& b) {
  return a.what == b.what && a.at_us == b.at_us && a.text == b.text;
}

struct answers {
  std::map<answer, size_t> count;
  size_t all = 0;
};

template <class Make>
answers ask_everybody(const salon& s, Make make) {
  answers a;
  for (size_t who = 0; who < s.customers.size(); ++who) {
    ++a.count[reply_to(s, make(who)).what];
    ++a.all;
  }
  return a;
}

} // namespace

CAF_TEST(answers do not depend on the order of asking) {
  const auto s = make_salon(options_of(7, 20, 300));
  const auto noon = s.instant(s.local_day(s.options.start_us), 12 * 60);
  std::vector<reply> forwards(300), backwards(300);
  for (size_t i = 0; i < 300; ++i) forwards[i] = reply_to(s, offer(s, i, noon));
  for (size_t i = 300; i-- > 0;) backwards[i] = reply_to(s, offer(s, i, noon));
  CAF_CHECK(std::equal(forwards.begin(), forwards.end(), backwards.begin(), same));
  auto second = offer(s, 0, noon);
  size_t differs = 0;
  for (uint64_t n = 1; n < 20; ++n) {
    second.nth = n;
    differs += !same(reply_to(s, second), forwards[0]);
  }
  CAF_CHECK(differs > 0); // not the same answer for ever
}

CAF_TEST(offers that fit are taken by some and refused by others) {
  const auto s = make_salon(options_of(7));
  const auto day = s.local_day(s.options.start_us);
  const auto noon = s.instant(day, 12 * 60);
  const auto good = ask_everybody(s, [&](size_t who) { return offer(s, who, noon); });
  const auto share = [](const answers& a, answer what) {
    const auto found = a.count.find(what);
    return found == a.count.end() ? 0
                                  : static_cast<double>(found->second) / static_cast<double>(a.all);
  };
  CAF_CHECK(share(good, answer::none) > 0.3 && share(good, answer::none) < 0.6);
  CAF_CHECK(share(good, answer::yes) > 0.1 && share(good, answer::yes) < 0.3);
  CAF_CHECK(share(good, answer::no) > 0.1);
  CAF_CHECK(share(good, answer::another_time) > 0.02);
  CAF_CHECK(share(good, answer::stop) > 0.001 && share(good, answer::stop) < 0.03);
  const auto late = ask_everybody(s, [&](size_t who) {
    auto m = offer(s, who, noon);
    m.start_us = noon + 20 * minute_us;
    return m;
  });
  CAF_CHECK(share(late, answer::yes) < share(good, answer::yes) / 2);
  const auto busy = ask_everybody(s, [&](size_t who) {
    auto m = offer(s, who, noon);
    m.has_appointment = true;
    return m;
  });
  CAF_CHECK(share(busy, answer::yes) < 0.05);
  const auto cheap = ask_everybody(s, [&](size_t who) {
    auto m = offer(s, who, noon);
    m.discount_percent = 20;
    return m;
  });
  CAF_CHECK(share(cheap, answer::yes) > share(good, answer::yes));
}

CAF_TEST(nobody answers at night) {
  const auto s = make_salon(options_of(7));
  const auto day = s.local_day(s.options.start_us);
  for (const auto minute : {2 * 60, 8 * 60, 12 * 60, 20 * 60 + 50, 23 * 60 + 30})
    for (size_t who = 0; who < s.customers.size(); ++who) {
      const auto m = offer(s, who, s.instant(day, minute));
      const auto r = reply_to(s, m);
      if (r.what == answer::none) continue;
      CAF_REQUIRE(r.at_us > m.heard_us);
      CAF_REQUIRE(s.local_minute(r.at_us) >= 8 * 60);
      CAF_REQUIRE(s.local_minute(r.at_us) < 23 * 60);
      CAF_REQUIRE(!r.text.empty());
    }
}

CAF_TEST(a question about an appointment is answered by what the customer means to do) {
  const auto s = make_salon(options_of(7));
  const auto day = s.local_day(s.options.start_us);
  const auto noon = s.instant(day, 12 * 60);
  size_t yes = 0, no = 0;
  for (size_t who = 0; who < s.customers.size(); ++who) {
    heard_message m;
    m.customer = who;
    m.type = "no_show_prevention";
    m.heard_us = noon;
    m.booked_us = noon - 3 * day_us;
    m.start_us = s.instant(day + 1, 11 * 60);
    const auto r = reply_to(s, m);
    const auto f = fate_of(s, who, m.booked_us, m.start_us);
    const bool wants_out = (f.cancels && f.cancels_us > m.heard_us) || (f.stays_away && !f.forgets);
    if (r.what == answer::none) continue;
    CAF_CHECK(r.what == (wants_out ? answer::no : answer::yes));
    CAF_CHECK(r.at_us < m.start_us);
    (r.what == answer::yes ? yes : no)++;
  }
  CAF_CHECK(yes > 1000);
  CAF_CHECK(no > 50);
}

CAF_TEST(a reminder helps those who forget and nobody else) {
  CAF_CHECK(comes({}, false, false));
  const fate forgetful{false, 0, true, true}, elsewhere{false, 0, true, false};
  CAF_CHECK(!comes(forgetful, false, false));
  CAF_CHECK(comes(forgetful, true, false));
  CAF_CHECK(comes(forgetful, false, true));
  CAF_CHECK(!comes(elsewhere, true, true));
}

CAF_TEST(everybody speaks their own language) {
  CAF_CHECK_EQUAL(words_for(answer::yes, "en", 0), "yes please");
  CAF_CHECK_EQUAL(words_for(answer::no, "de", 0), "nein");
  CAF_CHECK_EQUAL(words_for(answer::stop, "fr", 0), "arrêter");
  CAF_CHECK_EQUAL(words_for(answer::yes, "hi", 0), "हाँ");
  CAF_CHECK_EQUAL(words_for(answer::another_time, "es", 0), "otro día");
  CAF_CHECK_EQUAL(words_for(answer::yes, "xx", 0), "yes please");
  CAF_CHECK_EQUAL(words_for(answer::none, "en", 0), "");
}

CAF_TEST(cancellations lie between the booking and the visit) {
  const auto s = make_salon(options_of(7));
  const auto start = s.instant(s.local_day(s.options.start_us) + 3, 15 * 60);
  size_t cancelled = 0;
  for (size_t who = 0; who < s.customers.size(); ++who) {
    const auto f = fate_of(s, who, start - 4 * day_us, start);
    if (!f.cancels) continue;
    ++cancelled;
    CAF_CHECK(f.cancels_us > start - 4 * day_us);
    CAF_CHECK(f.cancels_us < start);
  }
  CAF_CHECK(cancelled > 100);
  CAF_CHECK(cancelled < 450);
}
