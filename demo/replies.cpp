#include "demo/replies.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace steward::demo {

namespace {

constexpr size_t kinds = 4, ways = 3;
struct phrases {
  std::string_view language;
  std::array<std::array<const char*, ways>, kinds> words; ///< yes, no, another time, stop
};

constexpr std::array<phrases, 5> spoken = {{
    {"en",
     {{{"yes please", "Yes", "yes, thank you"},
       {"no", "No thanks", "no thank you"},
       {"another time", "Another time please", "another time"},
       {"stop", "STOP", "Stop"}}}},
    {"de",
     {{{"ja", "Ja bitte", "ja gerne"},
       {"nein", "Nein danke", "nein"},
       {"ein andermal", "ein anderes Mal", "andere Zeit"},
       {"stopp", "Stop", "stopp"}}}},
    {"es",
     {{{"sí", "Sí, por favor", "si"},
       {"no", "No, gracias", "no gracias"},
       {"otro día", "en otro momento", "otra hora"},
       {"parar", "STOP", "stop"}}}},
    {"fr",
     {{{"oui", "Oui merci", "oui, volontiers"},
       {"non", "Non merci", "non"},
       {"une autre fois", "un autre jour", "autre heure"},
       {"arrêter", "STOP", "stop"}}}},
    {"hi",
     {{{"हाँ", "हां", "haan"},
       {"नहीं", "nahin", "नहीं"},
       {"कोई और समय", "किसी और समय", "कोई और समय"},
       {"बंद करें", "STOP", "band karo"}}}},
}};

/// How likely somebody answers at all at that time of the day.
double attention(int minute) {
  if (minute < 8 * 60 || minute >= 22 * 60) return 0.35;
  if (minute < 10 * 60) return 0.75;
  if (minute < 12 * 60) return 0.9;
  if (minute < 14 * 60) return 1;
  if (minute < 17 * 60) return 0.85;
  return 1;
}

int64_t answer_time(const salon& s, const heard_message& m) {
  const auto& c = s.customers[m.customer];
  const auto busy = 1.6 - attention(s.local_minute(m.heard_us));
  const auto minutes =
      1 + s.luck.waiting(c.answer_minutes * busy, "answer after", m.customer, m.nth);
  const auto at = m.heard_us + static_cast<int64_t>(minutes * static_cast<double>(minute_us));
  const auto minute = s.local_minute(at);
  if (minute >= 8 * 60 && minute < 23 * 60) return at;
  const auto day = s.local_day(at) + (minute >= 23 * 60 ? 1 : 0);
  return s.instant(day, static_cast<int>(8 * 60 + s.luck.below(60, "wakes", m.customer, m.nth)));
}

answer about_appointment(const salon& s, const heard_message& m) {
  const auto f = fate_of(s, m.customer, m.booked_us, m.start_us);
  if (f.cancels && f.cancels_us > m.heard_us) return answer::no;
  return f.stays_away && !f.forgets ? answer::no : answer::yes;
}

answer about_offer(const salon& s, const heard_message& m) {
  const auto& c = s.customers[m.customer];
  if (s.luck.happens(c.stopping, "stop", m.customer, m.nth)) return answer::stop;
  if (s.luck.happens(acceptance(s, m), "accepts", m.customer, m.nth)) return answer::yes;
  return s.luck.happens(0.25, "another time", m.customer, m.nth) ? answer::another_time
                                                                 : answer::no;
}

} // namespace

std::string_view to_string(answer a) {
  constexpr std::array<std::string_view, 5> names = {"none", "yes", "no", "another time", "stop"};
  return names[static_cast<size_t>(a)];
}

double acceptance(const salon& s, const heard_message& m) {
  const auto& c = s.customers[m.customer];
  if (m.has_appointment) return 0.03;
  auto chance = c.accepting;
  if (m.staff != SIZE_MAX) chance *= m.staff == c.preferred_staff ? 1.5 : 1.1 - 0.5 * c.loyalty;
  if (m.service != SIZE_MAX && m.service != c.preferred_service) chance *= 0.6;
  if (m.start_us != 0) {
    const auto day = s.local_day(m.start_us);
    if (!(c.weekdays & (1u << salon::weekday(day)))) chance *= 0.3;
    const auto off = std::abs(s.local_minute(m.start_us) - c.preferred_minute) / 60.0;
    chance *= std::exp(-off * off / 18);
    const auto notice_hours =
        static_cast<double>(m.start_us - m.heard_us) / static_cast<double>(hour_us);
    chance *= notice_hours < 0.5 ? 0.15 : notice_hours < 1.5 ? 0.6 : notice_hours < 4 ? 0.9 : 1;
  }
  if (m.last_visit_us != 0) {
    const auto since =
        static_cast<double>(m.heard_us - m.last_visit_us) / static_cast<double>(day_us);
    chance *= std::clamp(since / c.rhythm_days, 0.1, 1.3);
  }
  if (m.heard_us >= c.last_us) chance *= 0.3;
  if (m.type == "waitlist_promotion") chance *= 2.2; // they have asked for it
  chance *= 1 + m.discount_percent / 100 * 2.5 * c.price_sensitivity;
  return std::clamp(chance, 0.0, 0.95);
}

std::string words_for(answer a, std::string_view language, uint64_t which) {
  if (a == answer::none) return {};
  const auto* found = &spoken.front();
  for (const auto& one : spoken)
    if (one.language == language) found = &one;
  return found->words[static_cast<size_t>(a) - 1][which % ways];
}

reply reply_to(const salon& s, const heard_message& m) {
  const auto& c = s.customers[m.customer];
  const bool asks = m.type == "no_show_prevention";
  reply r;
  const auto attentive = c.answering * attention(s.local_minute(m.heard_us)) * (asks ? 1.2 : 1);
  if (!s.luck.happens(std::min(attentive, 0.97), "answers", m.customer, m.nth)) return r;
  if (asks && m.start_us == 0) return r;
  r.at_us = answer_time(s, m);
  r.what = asks ? about_appointment(s, m) : about_offer(s, m);
  if (asks && r.at_us >= m.start_us) return {}; // too late to say anything
  r.text = words_for(r.what, c.language, s.luck.bits("words", m.customer, m.nth));
  return r;
}

bool comes(const fate& f, bool reminded, bool confirmed) {
  if (!f.stays_away) return true;
  return f.forgets && (reminded || confirmed);
}

} // namespace steward::demo
