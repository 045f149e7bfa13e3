#include "workflow/schedule/cron.hpp"

#include <array>
#include <cctype>
#include <span>
#include <utility>
#include <vector>

namespace steward::workflow::schedule {

namespace {

/// What one of the fields may hold.
struct field_shape {
  enum kind { time, day, month, weekday };
  std::string_view name;
  kind is;
  int lowest;
  int highest;
  std::span<const std::string_view> names{}; // of lowest, lowest + 1, ...
};

constexpr std::array<std::string_view, 12> month_names{"jan", "feb", "mar", "apr", "may", "jun",
                                                       "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 7> weekday_names{"sun", "mon", "tue", "wed",
                                                        "thu", "fri", "sat"};
constexpr std::array shapes{
    field_shape{"seconds", field_shape::time, 0, 59},
    field_shape{"minutes", field_shape::time, 0, 59},
    field_shape{"hours", field_shape::time, 0, 23},
    field_shape{"day of month", field_shape::day, 1, 31},
    field_shape{"month", field_shape::month, 1, 12, month_names},
    field_shape{"day of week", field_shape::weekday, 0, 7, weekday_names},
};

constexpr std::array<std::pair<std::string_view, std::string_view>, 9> macros{{
    {"@yearly", "0 0 0 1 1 *"},
    {"@annually", "0 0 0 1 1 *"},
    {"@monthly", "0 0 0 1 * *"},
    {"@weekly", "0 0 0 * * 0"},
    {"@daily", "0 0 0 * * *"},
    {"@midnight", "0 0 0 * * *"},
    {"@hourly", "0 0 * * * *"},
    {"@every_minute", "0 * * * * *"},
    {"@every_second", "* * * * * *"},
}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

std::string lower(std::string_view text) {
  std::string out;
  for (auto c : text) out += lower(c);
  return out;
}

std::string between(int low, int high) {
  return "a number between " + std::to_string(low) + " and " + std::to_string(high);
}

/// A word of the expression and where it begins.
struct word {
  std::string_view text;
  size_t offset;
};

std::vector<word> split(std::string_view text) {
  constexpr std::string_view blank = " \t\r\n";
  std::vector<word> words;
  for (size_t begin = 0; (begin = text.find_first_not_of(blank, begin)) != text.npos;) {
    const auto end = std::min(text.find_first_of(blank, begin), text.size());
    words.push_back({text.substr(begin, end - begin), begin});
    begin = end;
  }
  return words;
}

} // namespace

/// Reads one field after the other into an expression. Members that read return false when they
/// have noted a problem.
class cron_reader {
public:
  using problem = cron_expression::problem;

  outcome<cron_expression, problem> read(std::string_view text);

private:
  bool read_field(const field_shape& shape, word field);
  bool read_item(const field_shape& shape);
  bool read_plain(const field_shape& shape);
  bool read_from_end();
  bool read_value(const field_shape& shape, int& value);
  bool read_number(int low, int high, std::string_view what, int& value);
  bool read_step(const field_shape& shape, int& step);
  void add(const field_shape& shape, int from, int to, int step);
  void store(const field_shape& shape);

  bool at_end() const { return at_ == field_.text.size(); }
  bool sees(char c) const { return !at_end() && lower(field_.text[at_]) == c; }
  bool take(char c) { return sees(c) ? ++at_ > 0 : false; }
  bool refuse(std::string what);

  cron_expression result_;
  std::optional<problem> problem_;
  bool any_day_ = false;
  bool any_weekday_ = false;
  // The field that is being read.
  const field_shape* shape_ = nullptr;
  word field_{};
  size_t at_ = 0;
  uint64_t mask_ = 0;
  bool any_ = false;
  bool alone_ = false; // holds something that stands without a list
};

outcome<cron_expression, cron_expression::problem> cron_expression::parse(std::string_view text) {
  return cron_reader{}.read(text);
}

outcome<cron_expression, cron_expression::problem> cron_reader::read(std::string_view text) {
  auto words = split(text);
  if (words.size() == 1 && words[0].text.front() == '@') {
    const auto name = lower(words[0].text);
    for (const auto& [macro, fields] : macros)
      if (name == macro) return cron_reader{}.read(fields);
    return failed{problem{"there is no such macro; expected @yearly, @annually, @monthly, @weekly, "
                          "@daily, @midnight, @hourly, @every_minute or @every_second",
                          words[0].offset}};
  }
  if (words.size() != 5 && words.size() != 6)
    return failed{
        problem{"expected five fields (minutes, hours, day of month, month, day of week), "
                "or six with seconds first, but there are " +
                    std::to_string(words.size()),
                words.size() > 6 ? words[6].offset : text.size()}};
  const auto skipped = shapes.size() - words.size();
  for (size_t i = 0; i < words.size(); ++i)
    if (!read_field(shapes[i + skipped], words[i])) return failed{std::move(*problem_)};
  result_.days_.either = !any_day_ && !any_weekday_;
  return result_;
}

bool cron_reader::read_field(const field_shape& shape, word field) {
  shape_ = &shape;
  field_ = field;
  at_ = 0;
  mask_ = 0;
  any_ = alone_ = false;
  const auto is_day = shape.is == field_shape::day || shape.is == field_shape::weekday;
  if (is_day && field.text == "?") {
    add(shape, shape.lowest, shape.highest, 1);
    any_ = true;
  } else {
    for (bool first = true; first || take(','); first = false) {
      if (!first && alone_) return refuse("L and W can't be part of a list");
      if (!read_item(shape)) return false;
      if (!first && alone_) return refuse("L and W can't be part of a list");
    }
    if (!at_end())
      return refuse("unexpected \"" + std::string{field_.text.substr(at_)} +
                    "\"; expected the end of the field, or a comma and more");
  }
  store(shape);
  return true;
}

bool cron_reader::read_item(const field_shape& shape) {
  if (shape.is == field_shape::day && take('l')) return read_from_end();
  return read_plain(shape);
}

/// After `L` of a day of month.
bool cron_reader::read_from_end() {
  int before = 0;
  if (take('-') && !read_number(0, 30, "days before the last", before)) return false;
  result_.days_.from_end = before;
  result_.days_.nearest_weekday = take('w');
  alone_ = true;
  return true;
}

bool cron_reader::read_plain(const field_shape& shape) {
  const auto star = take('*');
  int from = shape.lowest;
  int to = shape.highest;
  int step = 1;
  auto many = star;
  if (!star) {
    if (!read_value(shape, from)) return false;
    to = from;
    if (shape.is == field_shape::day && take('w')) {
      result_.days_.nearest_weekday = alone_ = true;
    } else if (shape.is == field_shape::weekday && take('l')) {
      result_.days_.last_weekdays |= static_cast<uint8_t>(1 << from % 7);
      return true;
    } else if (shape.is == field_shape::weekday && take('#')) {
      int nth = 0;
      if (!read_number(1, 5, "which of the month's", nth)) return false;
      result_.days_.nth_weekdays |= uint64_t{1} << ((nth - 1) * 7 + from % 7);
      return true;
    } else if (take('-')) {
      if (!read_value(shape, to)) return false;
      many = true;
    }
  }
  if (!alone_ && take('/')) {
    if (!read_number(1, shape.highest, "a step", step)) return false;
    if (!many) to = shape.highest;
    many = true;
  }
  if (star && step == 1) any_ = true;
  if (many && shape.is == field_shape::time) result_.interval_ = true;
  add(shape, from, to, step);
  return true;
}

bool cron_reader::read_value(const field_shape& shape, int& value) {
  const auto rest = lower(field_.text.substr(at_, 3));
  for (size_t i = 0; i < shape.names.size(); ++i)
    if (rest == shape.names[i]) {
      value = shape.lowest + static_cast<int>(i);
      at_ += rest.size();
      return true;
    }
  return read_number(shape.lowest, shape.highest, {}, value);
}

bool cron_reader::read_number(int low, int high, std::string_view what, int& value) {
  const auto begin = at_;
  value = 0;
  // Three digits are more than any number here has, and can't overflow.
  while (!at_end() && is_digit(field_.text[at_]) && at_ - begin < 3)
    value = value * 10 + (field_.text[at_++] - '0');
  const auto malformed = at_ == begin || at_ - begin > 2;
  if (!malformed && value >= low && value <= high) return true;
  at_ = begin;
  auto expected = "expected " + between(low, high);
  if (!what.empty())
    expected += " (" + std::string{what} + ")";
  else if (!shape_->names.empty())
    expected += " or a name such as " + std::string{shape_->names[1]};
  return refuse(std::move(expected));
}

/// Ranges that end before they begin go round (FRI-MON).
void cron_reader::add(const field_shape& shape, int from, int to, int step) {
  const auto weekday = shape.is == field_shape::weekday;
  // Sunday is both 0 and 7, so a week that goes round has seven days, not eight.
  const auto length = weekday ? 7 : shape.highest - shape.lowest + 1;
  if (to < from) to += length;
  for (int value = from; value <= to; value += step)
    mask_ |= uint64_t{1} << ((value - shape.lowest) % length + shape.lowest);
}

void cron_reader::store(const field_shape& shape) {
  switch (shape.is) {
  case field_shape::time:
    if (shape.name == "seconds")
      result_.seconds_ = mask_;
    else if (shape.name == "minutes")
      result_.minutes_ = mask_;
    else
      result_.hours_ = static_cast<uint32_t>(mask_);
    break;
  case field_shape::day:
    result_.days_.days = static_cast<uint32_t>(mask_);
    any_day_ = any_;
    break;
  case field_shape::month:
    result_.months_ = static_cast<uint16_t>(mask_);
    break;
  case field_shape::weekday:
    result_.days_.weekdays = static_cast<uint8_t>(mask_);
    any_weekday_ = any_;
    break;
  }
}

bool cron_reader::refuse(std::string what) {
  problem_ = problem{std::string{shape_->name} + ": " + std::move(what), field_.offset + at_};
  return false;
}

} // namespace steward::workflow::schedule
