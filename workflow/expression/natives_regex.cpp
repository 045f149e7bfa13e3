#include "workflow/expression/evaluation.hpp"
#include "workflow/expression/natives.hpp"
#include "workflow/expression/order.hpp"
#include "workflow/expression/regex.hpp"

#include <algorithm>
#include <array>

/// What `test`, `match`, `sub` and the rest (written in jq) stand on.
namespace steward::workflow::jq {

namespace {

int64_t code_points(std::string_view text) {
  return std::count_if(text.begin(), text.end(),
                       [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; });
}

/// Counts code points up to ever later places of one text.
class code_point_counter {
public:
  explicit code_point_counter(std::string_view text) : text_(text) {}
  int64_t at(size_t place) {
    if (place < place_) place_ = 0, points_ = 0;
    points_ += code_points(text_.substr(place_, place - place_));
    place_ = place;
    return points_;
  }

private:
  std::string_view text_;
  size_t place_ = 0;
  int64_t points_ = 0;
};

value described_match(const regex& re, const std::vector<re2::StringPiece>& groups,
                      std::string_view text, code_point_counter& counter) {
  auto place = [&](const re2::StringPiece& group) {
    return static_cast<size_t>(group.data() - text.data());
  };
  auto content = [](const re2::StringPiece& group) {
    return std::string_view(group.data(), group.size());
  };
  auto captures = value::empty_array();
  auto start = counter.at(place(groups[0]));
  for (size_t i = 1; i < groups.size(); ++i) {
    auto name = re.group_names().find(static_cast<int>(i));
    auto matched = groups[i].data() != nullptr;
    auto named = name == re.group_names().end() ? value{} : value(name->second);
    if (!matched) {
      captures.push_back(value::object(
          {{"offset", -1}, {"string", value{}}, {"length", 0}, {"name", std::move(named)}}));
      continue;
    }
    auto offset =
        start + code_points(text.substr(place(groups[0]), place(groups[i]) - place(groups[0])));
    captures.push_back(value::object({{"offset", offset},
                                      {"length", code_points(content(groups[i]))},
                                      {"string", content(groups[i])},
                                      {"name", std::move(named)}}));
  }
  return value::object({{"offset", start},
                        {"length", code_points(content(groups[0]))},
                        {"string", content(groups[0])},
                        {"captures", std::move(captures)}});
}

/// `_match(re; flags; only test)`: an array of matches, or whether there is one.
bool match(evaluation& e, const value& in, const value* args, value& out) {
  const auto& pattern = args[0];
  const auto& flags = args[1];
  if (!in.is_string()) return e.fail(described(in) + " cannot be matched, as it is not a string");
  if (!pattern.is_string()) return e.fail(described(pattern) + " is not a string");
  if (!flags.is_string() && !flags.is_null()) return e.fail(described(flags) + " is not a string");
  auto problem = std::string{};
  auto flag_text = flags.is_string() ? flags.as_string() : std::string_view{};
  auto re = regex_cache::of_this_thread().get(pattern.as_string(), flag_text, problem);
  if (!re) return e.fail(problem);
  e.spend(8 + pattern.size() / 4);
  auto text = in.as_string();
  auto only_test = is_true(args[2]);
  auto found = value::empty_array();
  auto counter = code_point_counter(text);
  auto groups = std::vector<re2::StringPiece>{};
  for (size_t from = 0; from <= text.size();) {
    // The worst case of one search, and of finding its groups.
    e.spend(1 + (text.size() - from) / 64);
    if (!re->search(text, from, groups)) break;
    e.spend(groups[0].size() * re->size() / 64);
    auto start = static_cast<size_t>(groups[0].data() - text.data());
    auto end = start + groups[0].size();
    auto counts = !(re->skips_empty() && start == end);
    if (only_test && counts) {
      out = true;
      return true;
    }
    if (counts) found.push_back(described_match(*re, groups, text, counter));
    if (counts && !re->is_global()) break;
    if (end == start) {
      // One character further, so that the same place is not found again.
      ++end;
      while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) ++end;
    }
    from = end;
  }
  out = only_test ? value(false) : std::move(found);
  return true;
}

/// `_splice(matches; texts)`: of the input, one result for each text that the matches were given
/// (an array for each match). In the n-th result each match is replaced by its n-th text; where it
/// has none, that result goes on behind it.
bool splice(evaluation& e, const value& in, const value* args, value& out) {
  if (!in.is_string()) return e.fail(described(in) + " cannot be matched, as it is not a string");
  auto text = in.as_string();
  auto made = std::vector<std::string>{};
  size_t copied = 0, place = 0;
  int64_t point = 0;
  // Moves `place` to that code point.
  auto seek = [&](int64_t to) {
    while (place < text.size() && point < to) {
      ++place;
      while (place < text.size() && (static_cast<unsigned char>(text[place]) & 0xc0) == 0x80)
        ++place;
      ++point;
    }
  };
  e.spend(text.size() / 32);
  for (size_t i = 0; i < args[0].size(); ++i) {
    const auto& where = args[0].items()[i];
    auto texts = args[1].items()[i].items();
    auto start = where.find("offset")->as_int();
    seek(start);
    auto gap = text.substr(copied, place - copied);
    if (made.size() < texts.size()) made.resize(texts.size());
    for (size_t k = 0; k < texts.size(); ++k) {
      const auto& with = texts[k];
      if (!with.is_string() && !with.is_null())
        return e.fail(described(value(made[k] + std::string(gap))) + " and " + described(with) +
                      " cannot be added");
      allocation_budget::charge(gap.size() + with.size());
      e.spend(1 + (gap.size() + with.size()) / 64);
      made[k].append(gap);
      if (with.is_string()) made[k].append(with.as_string());
    }
    seek(start + where.find("length")->as_int());
    copied = place;
  }
  auto results = value::empty_array();
  for (auto& result : made) {
    allocation_budget::charge(text.size() - copied);
    e.spend((text.size() - copied) / 64);
    results.push_back(value(result.append(text.substr(copied))));
  }
  out = std::move(results);
  return true;
}

constexpr auto rows = std::to_array<native>({
    {"_match", 3, match},
    {"_splice", 2, splice},
});

} // namespace

native_rows regex_natives() { return {rows.data(), rows.size()}; }

} // namespace steward::workflow::jq
