#include "demo/salon.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <stdexcept>

namespace steward::demo {

namespace {

constexpr std::array first_names = {
    "Priya", "Ananya", "Rahul",  "Arjun", "Meera", "Kavya", "Rohan", "Divya",  "Isha",  "Vikram",
    "Neha",  "Sanjay", "Pooja",  "Amit",  "Sneha", "Kiran", "Asha",  "Nikhil", "Ritu",  "Deepak",
    "Lena",  "Jonas",  "Lucia",  "Mateo", "Chloe", "Hugo",  "Emma",  "Oliver", "Grace", "Noah",
    "Tara",  "Manish", "Shreya", "Varun", "Leela", "Ajay",  "Rekha", "Suresh", "Maya",  "Nisha"};
constexpr std::array last_names = {"Sharma", "Patel",  "Iyer",   "Kapoor", "Nair",   "Singh",
                                   "Reddy",  "Gupta",  "Mehta",  "Das",    "Bose",   "Khan",
                                   "Joshi",  "Verma",  "Rao",    "Pillai", "Menon",  "Shetty",
                                   "Chopra", "Malik",  "Weber",  "Keller", "Ruiz",   "Garcia",
                                   "Dupont", "Martin", "Wilson", "Brown",  "Taylor", "Young"};

std::string numbered(const char* format, size_t number) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), format, static_cast<unsigned>(number));
  return text.data();
}

template <size_t N>
std::string one_of(const std::array<const char*, N>& names, uint64_t which) {
  return names[which % N];
}

std::vector<service> make_services() {
  return {{"svc_cut", "Haircut", "hair", 30, 5, 600, 30},
          {"svc_style", "Cut and styling", "hair", 45, 5, 950, 20},
          {"svc_color", "Colour", "hair", 90, 10, 2800, 9},
          {"svc_beard", "Beard trim", "hair", 20, 5, 300, 12},
          {"svc_manicure", "Manicure", "nails", 45, 5, 800, 11},
          {"svc_pedicure", "Pedicure", "nails", 60, 5, 1000, 8},
          {"svc_facial", "Facial", "skin", 60, 10, 1500, 8},
          {"svc_massage", "Head massage", "wellness", 30, 5, 700, 6}};
}

/// Two of three do hair, the rest everything else, some both.
std::vector<size_t> skills_of(const salon& s, size_t who) {
  std::vector<size_t> all(s.services.size());
  for (size_t i = 0; i < all.size(); ++i) all[i] = i;
  if (who % 5 == 4) return all;
  const bool hair = who % 3 != 2;
  std::erase_if(all, [&](size_t i) {
    const bool is_hair = s.services[i].category == "hair" || s.services[i].category == "wellness";
    return is_hair != hair;
  });
  return all;
}

staff_member make_staff_member(const salon& s, size_t who) {
  const auto& luck = s.luck;
  staff_member m;
  m.id = numbered("staff_%02u", who + 1);
  m.name = one_of(first_names, luck.bits("staff first name", who)) + " " +
           one_of(last_names, luck.bits("staff last name", who));
  m.skills = skills_of(s, who);
  const int begin = luck.happens(0.5, "early", who) ? 9 * 60 : 11 * 60;
  const int pause = begin + 4 * 60 + static_cast<int>(luck.below(3, "pause", who)) * 30;
  const auto free_day = who % 7; // so that somebody is there every day
  const auto other_free_day = (free_day + 3) % 7;
  for (size_t day = 0; day < 7; ++day)
    if (day != free_day && !(day == other_free_day && luck.happens(0.7, "five days", who)))
      m.week[day] = shift{begin, begin + 8 * 60 + 30, pause, pause + 30};
  return m;
}

size_t popular_service(const salon& s, size_t who) {
  double all = 0;
  for (const auto& one : s.services) all += one.popularity;
  auto left = s.luck.share("service", who) * all;
  for (size_t i = 0; i < s.services.size(); ++i)
    if ((left -= s.services[i].popularity) < 0) return i;
  return 0;
}

size_t favourite_staff(const salon& s, size_t who, size_t service) {
  const auto from = s.luck.below(s.staff.size(), "favourite", who);
  for (size_t i = 0; i < s.staff.size(); ++i)
    if (const auto m = (from + i) % s.staff.size(); s.staff[m].can(service)) return m;
  return from;
}

/// Those who like weekends, those who can't come then, and those who don't mind.
uint8_t weekdays_of(const chance& luck, size_t who) {
  const auto kind = luck.share("weekdays", who);
  if (kind < 0.3) return 0b1000001;
  if (kind < 0.6) return static_cast<uint8_t>(0b0111110 & ~(2u << luck.below(5, "busy day", who)));
  return 0x7f;
}

int minute_of_day(const chance& luck, size_t who) {
  const auto kind = luck.share("time of day", who);
  const auto middle = kind < 0.3    ? 10.0 * 60
                      : kind < 0.5  ? 13.0 * 60
                      : kind < 0.75 ? 15.5 * 60
                                    : 17.75 * 60;
  return static_cast<int>(middle + 30 * luck.bell("minute of day", who));
}

/// About the languages of a city with visitors.
std::string language_of(const chance& luck, size_t who) {
  const auto share = luck.share("language", who);
  return share < 0.55   ? "en"
         : share < 0.9  ? "hi"
         : share < 0.94 ? "de"
         : share < 0.97 ? "fr"
                        : "es";
}

customer make_customer(const salon& s, size_t who) {
  const auto& luck = s.luck;
  const auto start = s.options.start_us;
  customer c;
  c.id = numbered("cust_%04u", who + 1);
  c.name = one_of(first_names, luck.bits("first name", who)) + " " +
           one_of(last_names, luck.bits("last name", who));
  c.phone = numbered("+9198%08u", who + 1);
  c.email = c.id + "@customers.example";
  c.language = language_of(luck, who);
  c.rhythm_days = std::clamp(19 * std::exp(0.45 * luck.bell("rhythm", who)), 9.0, 90.0);
  c.phase = luck.share("phase", who);
  const auto days = static_cast<double>(s.options.history_days);
  const bool is_new = luck.happens(0.2, "new", who);
  c.first_us = start - static_cast<int64_t>((is_new ? luck.between(0, days, "since", who)
                                                    : luck.between(days, 900, "since", who)) *
                                            static_cast<double>(day_us));
  if (luck.happens(0.12, "leaves", who))
    c.last_us = start - static_cast<int64_t>(luck.between(0, days, "left", who) *
                                             static_cast<double>(day_us));
  c.weekdays = weekdays_of(luck, who);
  c.preferred_minute = minute_of_day(luck, who);
  c.preferred_service = popular_service(s, who);
  c.preferred_staff = favourite_staff(s, who, c.preferred_service);
  c.loyalty = luck.between(0.05, 0.45, "loyalty", who);
  c.price_sensitivity = luck.share("price", who);
  c.answering = luck.between(0.25, 0.85, "answering", who);
  c.answer_minutes = 4 + luck.waiting(18, "answer minutes", who);
  c.accepting = luck.between(0.15, 0.6, "accepting", who);
  // Most come nearly always; a few often don't.
  c.staying_away = luck.happens(0.15, "unreliable", who) ? luck.between(0.2, 0.45, "away", who)
                                                         : luck.between(0.01, 0.1, "away", who);
  c.cancelling = luck.between(0.02, 0.14, "cancelling", who);
  c.stopping = luck.happens(0.1, "annoyed", who) ? 0.15 : 0.005;
  c.opted_out = luck.happens(0.04, "opted out", who);
  c.whatsapp = luck.happens(0.94, "whatsapp", who);
  return c;
}

template <class Things>
std::optional<size_t> place_of(const Things& things, std::string_view id) {
  for (size_t i = 0; i < things.size(); ++i)
    if (things[i].id == id) return i;
  return std::nullopt;
}

} // namespace

bool staff_member::can(size_t service) const {
  return std::find(skills.begin(), skills.end(), service) != skills.end();
}

std::optional<size_t> salon::customer_of(std::string_view id) const {
  // Their numbers are in their ids.
  if (!id.starts_with("cust_") || id.size() > 14) return std::nullopt;
  size_t number = 0;
  for (const char c : id.substr(5)) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + static_cast<size_t>(c - '0');
  }
  if (number == 0 || number > customers.size() || customers[number - 1].id != id)
    return std::nullopt;
  return number - 1;
}
std::optional<size_t> salon::staff_of(std::string_view id) const { return place_of(staff, id); }
std::optional<size_t> salon::service_of(std::string_view id) const {
  return place_of(services, id);
}

int64_t salon::local_day(int64_t us) const { return intelligence::day_number(zone.to_local(us)); }
int salon::local_minute(int64_t us) const {
  const auto local = zone.to_local(us);
  return static_cast<int>((local - intelligence::day_number(local) * day_us) / minute_us);
}
int64_t salon::instant(int64_t day, int minute) const {
  return zone.to_utc(day * day_us + minute * minute_us);
}
unsigned salon::weekday(int64_t day) {
  return static_cast<unsigned>(((day % 7) + 11) % 7); // 1970-01-01 was a Thursday
}

salon make_salon(const salon_options& options) {
  auto zone = workflow::schedule::time_zone::find(options.zone);
  if (!zone) throw std::invalid_argument{zone.error()};
  if (options.staff == 0 || options.customers == 0)
    throw std::invalid_argument{"a salon needs staff and customers"};
  salon s;
  s.options = options;
  s.luck = chance{options.seed};
  s.zone = *zone;
  s.services = make_services();
  for (size_t i = 0; i < options.staff; ++i) s.staff.push_back(make_staff_member(s, i));
  for (size_t i = 0; i < options.customers; ++i) s.customers.push_back(make_customer(s, i));
  return s;
}

} // namespace steward::demo
