#pragma once

#include "messages/run_document.hpp"
#include "tests/actors/steward_rig.hpp"

#include <map>

namespace steward::actors::testing {

/// A server with workflows that start themselves.
struct schedules_fixture : steward_rig {
  using steward_rig::steward_rig;

  /// Deploys test/<name> with `schedule: {<schedule>}` and, beside it, the extras of its metadata.
  void plan(const std::string& name, const std::string& schedule, const std::string& extras = {},
            const std::string& tasks = "do: [{keep: {set: '${ {got: .} }'}}]",
            const std::string& version = "1.0.0") {
    auto text =
        "document: {dsl: '1.0.3', namespace: test, name: " + name + ", version: '" + version + "'";
    if (!extras.empty()) text += ", metadata: {steward: {schedule: {" + extras + "}}}";
    text += "}\n";
    if (!schedule.empty()) text += "schedule: {" + schedule + "}\n";
    auto a = ask("store/library", deploy_workflow{"default", text + tasks});
    settle();
    if (a.word() != "created") CAF_FAIL(name << ": " << a.word() << " " << a.answer().why.detail);
  }

  /// The runs of the workflow by when they were due: at most one for each due time.
  std::map<int64_t, run_row> by_due(const std::string& name) {
    std::map<int64_t, run_row> found;
    std::optional<run_id> before;
    for (;;) {
      const auto page = reader
                            ->list_runs("default", {.status = {},
                                                    .workflow_namespace = "test",
                                                    .workflow_name = name,
                                                    .before = before,
                                                    .limit = 1000})
                            .value();
      for (const auto& r : page)
        if (!found.emplace(due_ms(r.id), r).second) CAF_FAIL("two runs for one due time");
      if (page.size() < 1000) return found;
      before = page.back().id;
    }
  }
  size_t count(const std::string& name) { return by_due(name).size(); }
  /// When the runs of the workflow were due, in seconds after that moment.
  std::vector<double> dues(const std::string& name, int64_t from_us) {
    std::vector<double> list;
    for (const auto& [ms, row] : by_due(name))
      list.push_back(static_cast<double>(ms - from_us / 1000) / 1000);
    return list;
  }
  std::vector<std::string> inputs(const std::string& name) {
    std::vector<std::string> list;
    for (const auto& [ms, row] : by_due(name)) list.push_back(row.input);
    return list;
  }
  static int64_t due_ms(const run_id& id) {
    int64_t ms = 0;
    for (size_t i = 0; i < 6; ++i) ms = ms << 8 | id.bytes[i];
    return ms;
  }

  std::vector<std::string> published(const std::string& type) {
    std::vector<std::string> list;
    for (const auto& e : events())
      if (e.type == "dev.steward.schedule." + type + ".v1") list.push_back(e.data);
    return list;
  }

  workflow::value item(const std::string& name) {
    auto a = ask_tenant(list_schedules{"default", "", 50});
    settle();
    const auto document = a.document();
    const auto items = document.get("items");
    for (const auto& i : items.items())
      if (i.get("workflow").get("name") == workflow::value{name}) return i;
    return {};
  }
  std::string control(const std::string& name, schedule_action action) {
    auto a = ask_tenant(control_schedule{"default", "test", name, action});
    settle();
    return a.word();
  }

  void publish(const std::string& type, const std::string& data) {
    const auto id = std::to_string(++published_);
    auto a = ask_tenant(
        publish_events{"default",
                       {R"({"specversion":"1.0","id":")" + id + R"(","source":"/test","type":")" +
                        type + R"(","data":)" + data + "}"}});
    settle();
    CAF_CHECK_EQUAL(a.word(), "accepted");
  }

  /// Away for that long, then there again.
  void down_for(milliseconds time) {
    crash_server();
    sched.clock().advance_time(time);
    boot();
  }
  caf::actor schedules_actor() const { return at("tenants/default/schedules"); }

private:
  int published_ = 0;
};

} // namespace steward::actors::testing
