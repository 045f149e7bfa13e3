#include "workflow/simulation/generated.hpp"

#include "workflow/pointer.hpp"

#include <algorithm>

namespace steward::workflow::simulation {

namespace {

constexpr int nesting = 12;
constexpr int64_t far = 1'000'000'000;

class value_maker {
public:
  value_maker(const value& root, dice& d) : root_(root), dice_(d) {}

  value make(const value& schema, int depth = 0) {
    if (!schema.is_object() || depth > nesting) return value::empty_object();
    if (auto reference = schema.find("$ref"); reference && reference->is_string())
      return make(resolve(reference->as_string()), depth + 1);
    if (auto constant = schema.find("const")) return *constant;
    if (auto all = schema.find("default")) return *all;
    for (auto key : {"enum", "examples"})
      if (auto list = schema.find(key); list && list->is_array() && list->size() > 0)
        return list->items()[dice_.below(list->size())];
    for (auto key : {"oneOf", "anyOf"})
      if (auto list = schema.find(key); list && list->is_array() && list->size() > 0)
        return make(list->items()[dice_.below(list->size())], depth + 1);
    auto type = type_of(schema);
    if (type == "array") return make_array(schema, depth);
    if (type == "string") return make_text(schema);
    if (type == "integer" || type == "number") return make_number(schema);
    if (type == "boolean") return value{dice_.chance(0.5)};
    if (type == "null") return {};
    return make_object(schema, depth);
  }

private:
  /// Where a local reference leads: `#/a/b`.
  value resolve(std::string_view reference) const {
    auto at = root_;
    if (!reference.starts_with('#')) return {};
    reference.remove_prefix(1);
    while (reference.starts_with('/')) {
      auto end = reference.find('/', 1);
      at = at.get(unescape_pointer_step(reference.substr(1, end - 1)));
      reference = end == reference.npos ? std::string_view{} : reference.substr(end);
    }
    return at;
  }

  static std::string type_of(const value& schema) {
    auto type = schema.find("type");
    if (type && type->is_array() && type->size() > 0) type = &type->items()[0];
    if (type && type->is_string()) return std::string{type->as_string()};
    return schema.find("items") ? "array" : "object";
  }

  static int64_t bound(const value& schema, std::string_view key, int64_t otherwise) {
    auto found = schema.find(key);
    if (!found || !found->is_number()) return otherwise;
    return static_cast<int64_t>(
        std::clamp(found->as_double(), -static_cast<double>(far), static_cast<double>(far)));
  }

  value make_object(const value& schema, int depth) {
    auto made = value::empty_object();
    auto required = schema.get("required");
    auto is_required = [&required](std::string_view name) {
      return required.is_array() && std::ranges::any_of(required.items(), [name](const value& v) {
               return v.is_string() && v.as_string() == name;
             });
    };
    auto properties = schema.get("properties");
    if (properties.is_object())
      for (const auto& [key, item] : properties.members())
        if (is_required(key.as_string()) || dice_.chance(0.7))
          made.set(key.as_string(), make(item, depth + 1));
    if (auto parts = schema.find("allOf"); parts && parts->is_array())
      for (const auto& part : parts->items()) {
        auto more = make(part, depth + 1);
        if (more.is_object())
          for (const auto& [key, item] : more.members()) made.set(key.as_string(), item);
      }
    return made;
  }

  value make_array(const value& schema, int depth) {
    auto low = std::clamp<int64_t>(bound(schema, "minItems", 0), 0, 100);
    auto high = std::clamp<int64_t>(bound(schema, "maxItems", low + 3), low, low + 3);
    auto made = value::empty_array();
    for (auto left = dice_.between(low, high); left > 0; --left)
      made.push_back(make(schema.get("items"), depth + 1));
    return made;
  }

  value make_text(const value& schema) {
    auto format = schema.get("format");
    if (format == value{"date-time"}) return "2025-01-01T12:00:00Z";
    if (format == value{"date"}) return "2025-01-01";
    if (format == value{"email"}) return "someone@example.com";
    if (format == value{"uri"}) return "https://example.com/";
    if (format == value{"uuid"}) return "00000000-0000-4000-8000-000000000000";
    auto text = "text-" + std::to_string(dice_.below(1000));
    auto low = static_cast<size_t>(std::clamp<int64_t>(bound(schema, "minLength", 0), 0, 10'000));
    auto high = static_cast<size_t>(std::max<int64_t>(bound(schema, "maxLength", far), 0));
    if (text.size() < low) text.append(low - text.size(), 'x');
    return value{text.substr(0, high)};
  }

  value make_number(const value& schema) {
    auto low = bound(schema, "minimum", bound(schema, "exclusiveMinimum", -1) + 1);
    auto high = bound(schema, "maximum", bound(schema, "exclusiveMaximum", low + 101) - 1);
    auto step = std::max<int64_t>(bound(schema, "multipleOf", 1), 1);
    auto number = dice_.between(low, std::max(low, high));
    return value{number - number % step};
  }

  const value& root_;
  dice& dice_;
};

/// Puts an item where a program of names only (`.data.order.id`) would find it.
void put(value& into, std::string_view path, const value& item) {
  if (!path.starts_with('.') || path.size() < 2) return;
  path.remove_prefix(1);
  auto dot = path.find('.');
  auto name = path.substr(0, dot);
  if (name.find_first_of("[]()|\" ") != name.npos) return;
  if (!into.is_object()) into = value::empty_object();
  if (dot == path.npos) return into.set(name, item);
  auto inner = into.get(name);
  put(inner, path.substr(dot), item);
  into.set(name, std::move(inner));
}

value make_event(const event_filter& filter, const event_route* route, dice& d) {
  auto event = value::object({{"specversion", "1.0"},
                              {"id", "generated-" + std::to_string(d.next())},
                              {"source", "/simulation"},
                              {"type", "generated"},
                              {"data", value::empty_object()}});
  for (const auto& c : filter.conditions)
    if (auto constant = std::get_if<value>(&c.expected)) event.set(c.attribute, *constant);
  // Correlations without an expectation agree when all events have one value.
  for (const auto& c : filter.correlations) put(event, c.from.source(), value{"correlated"});
  if (route)
    for (const auto& [program, item] : route->keys) put(event, program, item);
  return event;
}

void visit_list(const task_list& tasks, const std::function<void(const task&)>& visit) {
  for (const auto& t : tasks) {
    visit(t);
    if (auto body = std::get_if<do_task>(&t.body)) visit_list(body->tasks, visit);
    if (auto body = std::get_if<for_task>(&t.body)) visit_list(body->tasks, visit);
    if (auto body = std::get_if<try_task>(&t.body)) {
      visit_list(body->tasks, visit);
      visit_list(body->handler, visit);
    }
    if (auto body = std::get_if<fork_task>(&t.body))
      for (const auto& branch : body->branches) visit_list(branch, visit);
    if (auto body = std::get_if<listen_task>(&t.body); body && body->each)
      visit_list(body->each->tasks, visit);
  }
}

} // namespace

value make_value(const value& schema, dice& d) { return value_maker{schema, d}.make(schema); }

value make_input(const definition& d, dice& dice) {
  auto schema = d.document.get("input").get("schema").get("document");
  return schema.is_object() ? make_value(schema, dice) : value::empty_object();
}

std::vector<value> make_events(const definition& d, const listen_for& wanted, dice& dice) {
  constexpr size_t until_holds = 5; // tries for a condition that nobody can look into
  const listen_task* listener = nullptr;
  visit_tasks(d, [&](const task& t) {
    if (t.pointer == wanted.task && !listener) listener = std::get_if<listen_task>(&t.body);
  });
  auto events = std::vector<value>{};
  if (!listener) return events;
  const auto& to = listener->to;
  auto add = [&](const event_strategy& s, size_t filter, size_t first_route) {
    auto route = first_route + filter;
    events.push_back(make_event(s.filters.empty() ? event_filter{} : s.filters[filter],
                                route < wanted.routes.size() ? &wanted.routes[route] : nullptr,
                                dice));
  };
  if (to.what == event_strategy::kind::all) {
    for (size_t i = 0; i < to.filters.size(); ++i) add(to, i, 0);
    return events;
  }
  auto repeats = std::holds_alternative<expression>(to.until) ? until_holds : 1;
  for (size_t n = 0; n < repeats; ++n) add(to, dice.below(to.filters.size()), 0);
  if (auto until = std::get_if<std::shared_ptr<const event_strategy>>(&to.until)) {
    auto own = std::max<size_t>(to.filters.size(), 1);
    auto every = (*until)->what == event_strategy::kind::all ? (*until)->filters.size() : 1;
    for (size_t i = 0; i < every; ++i) add(**until, i, own);
  }
  return events;
}

void visit_tasks(const definition& d, const std::function<void(const task&)>& visit) {
  visit_list(d.tasks, visit);
  for (const auto& function : d.functions) visit_list(function, visit);
  for (const auto& e : d.extensions) {
    visit_list(e.before, visit);
    visit_list(e.after, visit);
  }
}

} // namespace steward::workflow::simulation
