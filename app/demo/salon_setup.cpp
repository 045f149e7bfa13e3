#include "app/demo/salon_setup.hpp"

#include "demo/documents.hpp"

#include <algorithm>

namespace steward::app {

namespace {

using workflow::value;

constexpr size_t imported_at_once = 500;

value with_id(value document, const std::string& id) {
  document.set("id", id);
  return document;
}

void govern(salon_api& api, bool agents) {
  auto rules = api.must("GET", "/autonomous/governance");
  rules.erase("earned"); // what the server has found out, not what the owner says
  auto levels = rules.get("levels").is_object() ? rules.get("levels") : value::empty_object();
  levels.set("gap_fill", "full_auto");
  rules.set("levels", levels);
  rules.set("paused", !agents);
  api.must("PUT", "/autonomous/governance", rules);
}

void import_history(salon_api& api, const demo::salon& s,
                    const std::vector<demo::past_appointment>& history) {
  for (size_t at = 0; at < history.size(); at += imported_at_once) {
    auto batch = value::empty_array();
    for (size_t i = at; i < std::min(at + imported_at_once, history.size()); ++i)
      batch.push_back(demo::appointment_document(s, history[i]));
    const auto answer =
        api.act("import_appointments", value::object({{"appointments", batch}}),
                "import-" + std::to_string(s.options.seed) + "-" + std::to_string(at));
    if (!answer.ok())
      throw unexpected_answer{"import_appointments was answered " + std::to_string(answer.status) +
                              ": " + answer.text.substr(0, 1000)};
  }
}

} // namespace

void set_up_salon(salon_api& api, const demo::salon& s,
                  const std::vector<demo::past_appointment>& history, bool agents) {
  api.must("PUT", "/packs/salon");
  govern(api, agents);
  std::vector<value> documents;
  for (const auto& one : s.services)
    documents.push_back(with_id(demo::service_document(one), one.id));
  api.put_records("services", documents);
  documents.clear();
  for (const auto& m : s.staff) documents.push_back(with_id(demo::staff_document(s, m), m.id));
  api.put_records("staff", documents);
  documents.clear();
  for (const auto& c : s.customers) documents.push_back(with_id(demo::customer_document(c), c.id));
  api.put_records("customers", documents);
  import_history(api, s, history);
}

} // namespace steward::app
