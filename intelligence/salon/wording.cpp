#include "intelligence/salon/wording.hpp"

#include "intelligence/instants.hpp"

#include <array>
#include <cstdio>

namespace steward::intelligence::salon {

namespace {

struct calendar_words {
  std::string_view language, today, tomorrow;
  std::string_view before, after; ///< Around a weekday: "on ", " को".
  std::array<std::string_view, 7> weekdays;
  bool month_by_name;
};

constexpr std::array<std::string_view, 12> months{"January",   "February", "March",    "April",
                                                  "May",       "June",     "July",     "August",
                                                  "September", "October",  "November", "December"};

constexpr std::array languages{
    calendar_words{"en",
                   "today",
                   "tomorrow",
                   "on ",
                   "",
                   {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
                   true},
    calendar_words{
        "de",
        "heute",
        "morgen",
        "am ",
        "",
        {"Sonntag", "Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag"},
        false},
    calendar_words{"es",
                   "hoy",
                   "mañana",
                   "el ",
                   "",
                   {"domingo", "lunes", "martes", "miércoles", "jueves", "viernes", "sábado"},
                   false},
    calendar_words{"fr",
                   "aujourd'hui",
                   "demain",
                   "le ",
                   "",
                   {"dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"},
                   false},
    calendar_words{"hi",
                   "आज",
                   "कल",
                   "",
                   " को",
                   {"रविवार", "सोमवार", "मंगलवार", "बुधवार", "गुरुवार", "शुक्रवार", "शनिवार"},
                   false},
};

const calendar_words& words_of(std::string_view language) {
  for (const auto& l : languages)
    if (language.starts_with(l.language)) return l;
  return languages.front();
}

} // namespace

std::string day_words(int64_t us, const salon& s, std::string_view language) {
  const auto& words = words_of(language);
  const auto day = s.day_of(us);
  const auto ahead = day - s.day_of(s.now_us());
  if (ahead == 0) return std::string{words.today};
  if (ahead == 1) return std::string{words.tomorrow};
  const std::chrono::sys_days date{std::chrono::days{day}};
  const std::chrono::year_month_day ymd{date};
  std::string text{words.before};
  text += words.weekdays[std::chrono::weekday{date}.c_encoding()];
  const auto of_month = static_cast<unsigned>(ymd.day());
  const auto month = static_cast<unsigned>(ymd.month());
  text += ' ';
  text += std::to_string(of_month);
  if (words.month_by_name) {
    text += ' ';
    text += months[month - 1];
  } else {
    text += words.language == "de" ? ". " : "/";
    text += std::to_string(month);
    if (words.language == "de") text += '.';
  }
  return text += words.after;
}

std::string time_words(int64_t us, const salon& s, std::string_view language) {
  const auto local = s.clock().to_local(us);
  const auto minute = static_cast<int>((local - day_number(local) * day_us) / minute_us);
  std::array<char, 16> text{};
  int n = 0;
  if (words_of(language).language == "en") {
    const auto hour = minute / 60 % 12 == 0 ? 12 : minute / 60 % 12;
    n = std::snprintf(text.data(), text.size(), "%d:%02d %s", hour, minute % 60,
                      minute < 720 ? "AM" : "PM");
  } else {
    n = std::snprintf(text.data(), text.size(), "%02d:%02d", minute / 60, minute % 60);
  }
  return {text.data(), static_cast<size_t>(n)};
}

std::string moment_words(int64_t us, const salon& s, std::string_view language) {
  return day_words(us, s, language) + " " + time_words(us, s, language);
}

} // namespace steward::intelligence::salon
