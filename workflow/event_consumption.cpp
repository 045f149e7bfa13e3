#include "workflow/event_consumption.hpp"

#include "workflow/json.hpp"
#include "workflow/machine.hpp"
#include "workflow/schema/pattern.hpp"

#include <algorithm>

namespace steward::workflow {

namespace {

/// Every member of `expected` is there, at any depth; other members don't matter.
bool contains(const value& actual, const value& expected) {
  if (!expected.is_object()) return actual == expected;
  if (!actual.is_object()) return false;
  return std::ranges::all_of(expected.members(), [&](const member& m) {
    auto found = actual.find(m.key.as_string());
    return found && contains(*found, m.item);
  });
}

struct condition_check {
  const event_filter::condition& condition;
  const value& event;
  const event_evaluator& now;

  bool operator()(const value& constant) const {
    auto actual = event.find(condition.attribute);
    return actual && contains(*actual, constant);
  }
  bool operator()(const std::shared_ptr<const schema::pattern>& pattern) const {
    auto actual = event.find(condition.attribute);
    return actual && actual->is_string() && pattern->matches(actual->as_string());
  }
  bool operator()(const value_template& what) const {
    auto is_data = condition.attribute == "data";
    auto result = now.try_evaluate(what, is_data ? event.get("data") : event);
    if (!result) return false;
    if (result->is_bool()) return result->as_bool();
    auto actual = event.find(condition.attribute);
    return actual && contains(*actual, *result);
  }
};

bool is_false_constant(const expression& e) {
  auto text = std::string_view{e.source()};
  auto begin = text.find_first_not_of(" \t\n");
  auto end = text.find_last_not_of(" \t\n");
  return begin != text.npos && text.substr(begin, end - begin + 1) == "false";
}

} // namespace

value read_event(const value& event, event_reading how) {
  if (how == event_reading::envelope) return event;
  if (how == event_reading::data) {
    auto binary = event.find("data_base64");
    return binary ? *binary : event.get("data");
  }
  if (auto binary = event.find("data_base64")) return *binary;
  auto data = event.find("data");
  if (!data || data->is_string()) return data ? *data : value{};
  return value{to_json(*data)};
}

event_consumption::event_consumption(const event_strategy& what, event_reading read,
                                     const event_evaluator& now)
    : what_(&what), read_(read), fulfilled_(what.filters.size(), false),
      done_(what.what == event_strategy::kind::all && what.filters.empty()) {
  for (const auto& filter : what.filters) {
    auto& expected = expected_.emplace_back();
    for (const auto& c : filter.correlations)
      expected.push_back(c.expect ? std::optional{now.expectation(*c.expect)} : std::nullopt);
  }
  if (auto until = std::get_if<std::shared_ptr<const event_strategy>>(&what.until))
    until_ = std::make_shared<event_consumption>(**until, read, now);
}

bool event_consumption::matches(size_t filter, const value& event, const event_evaluator& now,
                                known_values& learned) const {
  const auto& f = what_->filters[filter];
  for (const auto& c : f.conditions)
    if (!std::visit(condition_check{c, event, now}, c.expected)) return false;
  auto found = known_values{};
  for (size_t i = 0; i < f.correlations.size(); ++i) {
    const auto& c = f.correlations[i];
    auto actual = now.try_evaluate(c.from, event);
    if (!actual || actual->is_null()) return false;
    if (const auto& expected = expected_[filter][i]; expected) {
      if (*actual != *expected) return false;
    } else if (auto known = learned.find(c.name); known != learned.end()) {
      if (*actual != known->second) return false;
    } else {
      found.emplace(c.name, *std::move(actual));
    }
  }
  learned.merge(found);
  return true;
}

std::optional<size_t> event_consumption::find_filter(const value& event, const event_evaluator& now,
                                                     known_values& learned) const {
  for (size_t i = 0; i < what_->filters.size(); ++i)
    if (!fulfilled_[i] && matches(i, event, now, learned)) return i;
  return std::nullopt;
}

bool event_consumption::wants(const value& event, const event_evaluator& now) const {
  if (!what_ || done_) return false;
  if (until_ && until_->wants(event, now)) return true;
  auto learned = learned_;
  auto all_events = what_->what == event_strategy::kind::any && what_->filters.empty();
  return all_events || find_filter(event, now, learned);
}

event_consumption::outcome event_consumption::take(const value& event, const event_evaluator& now) {
  using kind = event_strategy::kind;
  if (!what_ || done_) return outcome::ignored;
  if (until_) {
    auto result = until_->take(event, now);
    done_ = until_->is_done();
    if (result != outcome::ignored) return done_ ? outcome::ended : outcome::counted;
  }
  if (what_->what != kind::any || !what_->filters.empty()) {
    auto filter = find_filter(event, now, learned_);
    if (!filter) return outcome::ignored;
    if (what_->what == kind::all) fulfilled_[*filter] = true;
  }
  if (!is_endless()) taken_.push_back(read_event(event, read_));
  if (what_->what == kind::all)
    done_ = std::ranges::all_of(fulfilled_, [](bool f) { return f; });
  else if (auto condition = std::get_if<expression>(&what_->until))
    done_ = !is_endless() && now.holds(*condition, value::array(taken_));
  else
    done_ = !until_;
  return done_ ? outcome::done : outcome::taken;
}

bool event_consumption::is_endless() const {
  auto condition = what_ ? std::get_if<expression>(&what_->until) : nullptr;
  return condition && is_false_constant(*condition);
}

bool event_consumption::is_correlated() const {
  return what_ && (std::ranges::any_of(what_->filters,
                                       [](const auto& f) { return !f.correlations.empty(); }) ||
                   (until_ && until_->is_correlated()));
}

std::vector<event_route> event_consumption::routes() const {
  auto routes = std::vector<event_route>{};
  if (!what_) return routes;
  if (what_->what == event_strategy::kind::any && what_->filters.empty()) routes.emplace_back();
  for (size_t i = 0; i < what_->filters.size(); ++i) {
    const auto& f = what_->filters[i];
    auto& route = routes.emplace_back();
    for (const auto& c : f.conditions)
      if (auto type = std::get_if<value>(&c.expected);
          type && c.attribute == "type" && type->is_string())
        route.type = type->as_string();
    for (size_t c = 0; c < f.correlations.size(); ++c)
      if (expected_[i][c])
        route.keys.emplace_back(f.correlations[c].from.source(), *expected_[i][c]);
  }
  if (until_)
    for (auto& route : until_->routes()) routes.push_back(std::move(route));
  return routes;
}

} // namespace steward::workflow
