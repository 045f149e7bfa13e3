#include "agents/documents.hpp"

#include "intelligence/instants.hpp"

#include <cmath>

namespace steward::agents {

using workflow::value;

value time_or_null(int64_t us) {
  if (us == 0) return {};
  return intelligence::instant_text(us);
}

int64_t time_of(const value& v) {
  if (!v.is_string()) return 0;
  return intelligence::parse_instant(v.as_string()).value_or(0);
}

std::string text_of(const value& v, std::string_view member) {
  const auto* found = v.find(member);
  return found && found->is_string() ? std::string{found->as_string()} : std::string{};
}

std::string shortened(std::string_view text, size_t bytes) {
  if (text.size() <= bytes) return std::string{text};
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xc0) == 0x80) --bytes;
  return std::string{text.substr(0, bytes)};
}

double number_of(const value& v, std::string_view member) {
  const auto* found = v.find(member);
  return found && found->is_number() ? found->as_double() : 0;
}

void set_inside(value& document, std::string_view outer, std::string_view inner, value item) {
  auto part = document.get(outer);
  if (!part.is_object()) part = value::empty_object();
  part.set(inner, std::move(item));
  document.set(outer, std::move(part));
}

value nobody_asked() {
  return value::object({{"required", false},
                        {"status", "not_required"},
                        {"approval_id", nullptr},
                        {"approved_by", nullptr},
                        {"approved_at", nullptr}});
}

value nothing_came_yet() {
  return value::object({{"status", "pending"},
                        {"result", nullptr},
                        {"completed_at", nullptr},
                        {"booking_created_id", nullptr}});
}

value money(double amount) {
  const auto cents = std::round(amount * 100) / 100;
  if (cents == std::floor(cents) && std::abs(cents) < 9e15) return static_cast<int64_t>(cents);
  return cents;
}

} // namespace steward::agents
