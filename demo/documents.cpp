#include "demo/documents.hpp"

#include <cstdio>

namespace steward::demo {

namespace {

using intelligence::instant_text;
using workflow::value;

std::string clock_text(int minute) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%02d:%02d", minute / 60, minute % 60);
  return text.data();
}

value stretch(int from, int to) {
  return value::array({value::array({value{clock_text(from)}, value{clock_text(to)}})});
}

} // namespace

value staff_document(const salon& s, const staff_member& m) {
  constexpr std::array days = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
  auto hours = value::empty_object();
  auto breaks = value::empty_object();
  for (size_t day = 0; day < days.size(); ++day) {
    const auto& shift = m.week[day];
    hours.set(days[day],
              shift ? stretch(shift->begin_minute, shift->end_minute) : value::empty_array());
    if (shift) breaks.set(days[day], stretch(shift->break_begin_minute, shift->break_end_minute));
  }
  auto skills = value::empty_array();
  for (const auto i : m.skills) skills.push_back(s.services[i].id);
  return value::object({{"name", m.name},
                        {"active", true},
                        {"skills", skills},
                        {"working_hours", hours},
                        {"breaks", breaks},
                        {"time_off", value::empty_array()}});
}

value service_document(const service& one) {
  return value::object({{"name", one.name},
                        {"duration_minutes", one.duration_minutes},
                        {"buffer_before_minutes", 0},
                        {"buffer_after_minutes", one.buffer_after_minutes},
                        {"price", one.price},
                        {"category", one.category},
                        {"active", true}});
}

value customer_document(const customer& c) {
  return value::object({{"name", c.name},
                        {"phone", c.phone},
                        {"email", c.email},
                        {"language", c.language},
                        {"consent", value::object({{"whatsapp", c.whatsapp},
                                                   {"sms", true},
                                                   {"email", true},
                                                   {"opted_out", c.opted_out}})},
                        {"created_at", instant_text(c.first_us)}});
}

value appointment_document(const salon& s, const past_appointment& a) {
  const auto& what = s.services[a.where.service];
  return value::object({{"id", a.id},
                        {"customer_id", s.customers[a.customer].id},
                        {"staff_id", s.staff[a.where.staff].id},
                        {"service_id", what.id},
                        {"start_time", instant_text(a.where.start_us)},
                        {"end_time", instant_text(a.where.end_us)},
                        {"status", a.status},
                        {"price", what.price},
                        {"booked_at", instant_text(a.booked_us)},
                        {"source", "client"}});
}

value waitlist_document(const salon& s, const wanted_visit& v, int64_t now_us) {
  auto document = value::object({{"customer_id", s.customers[v.customer].id},
                                 {"service_id", s.services[v.service].id},
                                 {"earliest", instant_text(v.wanted_us - 3 * hour_us)},
                                 {"latest", instant_text(v.wanted_us + 3 * hour_us)},
                                 {"status", "waiting"},
                                 {"created_at", instant_text(now_us)}});
  if (v.picky) document.set("staff_id", s.staff[v.staff].id);
  return document;
}

std::optional<int64_t> instant_in(const value& v) {
  if (!v.is_string()) return std::nullopt;
  auto text = std::string{v.as_string()};
  int64_t fraction = 0;
  if (const auto dot = text.find('.'); dot != text.npos) {
    auto end = dot + 1;
    for (int64_t unit = 100'000; end < text.size() && text[end] >= '0' && text[end] <= '9'; ++end) {
      fraction += unit * (text[end] - '0');
      unit /= 10;
    }
    text.erase(dot, end - dot);
  }
  const auto whole = intelligence::parse_instant(text);
  return whole ? std::optional{*whole + fraction} : std::nullopt;
}

value member_in(const value& document, std::string_view path) {
  auto here = document;
  while (!path.empty()) {
    const auto dot = path.find('.');
    here = here.get(path.substr(0, dot));
    path = dot == path.npos ? std::string_view{} : path.substr(dot + 1);
  }
  return here;
}

std::string text_in(const value& document, std::string_view path) {
  const auto found = member_in(document, path);
  return found.is_string() ? std::string{found.as_string()} : std::string{};
}

double number_in(const value& document, std::string_view path) {
  const auto found = member_in(document, path);
  return found.is_number() ? found.as_double() : 0;
}

} // namespace steward::demo
