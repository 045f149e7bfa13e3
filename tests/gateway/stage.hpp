#pragma once

#include "gateway/gateway_actor.hpp"
#include "messages/type_ids.hpp"
#include "supervision/messages.hpp"
#include "supervision/supervisor.hpp"
#include "tests/gateway/raw_client.hpp"

#include <caf/all.hpp>

#include <future>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace steward::gateway_tests {

using namespace std::chrono_literals;

/// What the stand-ins behind the slots were asked, and what they answer.
struct script {
  std::mutex mutex;
  std::vector<std::string> heard; ///< One line for each message.
  reply next = reply::ok("{}");
  bool drop = false; ///< Messages are dropped, with their slots.
  std::shared_ptr<feed_sink> sink;

  void hear(std::string line) {
    const std::lock_guard lock{mutex};
    heard.push_back(std::move(line));
  }
  std::string last() {
    const std::lock_guard lock{mutex};
    return heard.empty() ? "" : heard.back();
  }
  void answers(reply r) {
    const std::lock_guard lock{mutex};
    next = std::move(r);
  }
  void settle(const reply_slot& slot) {
    const std::lock_guard lock{mutex};
    if (!drop) slot.answer(next);
  }
};

/// One actor that stands in for the library, the queries, a tenant and the tenants.
inline caf::behavior stand_in(caf::event_based_actor* self, std::shared_ptr<script> s) {
  self->set_default_handler(caf::drop);
  return {
      [=](const deploy_workflow& m, const reply_slot& slot) {
        s->hear("deploy " + m.tenant + " " + m.text);
        s->settle(slot);
      },
      [=](const deploy_workflow& m, const reply_slot& slot, const ticket&) {
        s->hear("deploy " + m.tenant + " " + m.text);
        s->settle(slot);
      },
      [=](const list_workflows& m, const reply_slot& slot) {
        s->hear("list " + std::to_string(m.limit) + " " + m.cursor);
        s->settle(slot);
      },
      [=](const get_workflow& m, const reply_slot& slot) {
        s->hear("get " + m.namespace_ + "/" + m.name + ":" + m.version +
                (m.form == workflow_form::yaml ? " yaml" : " json"));
        s->settle(slot);
      },
      [=](const start_run& m, const reply_slot& slot) {
        s->hear("load and start " + m.name);
        s->settle(slot);
      },
      [=](const start_run& m, const reply_slot& slot, const ticket&) {
        s->hear("start " + m.namespace_ + "/" + m.name + ":" + m.version + " " + m.input +
                " key=" + m.idempotency_key + " wait=" + std::to_string(m.wait.count()));
        s->settle(slot);
      },
      [=](const control_run& m, const reply_slot& slot, const ticket&) {
        s->hear("control " + std::to_string(static_cast<int>(m.action)) + " " + m.run.text());
        s->settle(slot);
      },
      [=](const get_run& m, const reply_slot& slot) {
        s->hear("run " + m.run.text() + (m.tenant == "default" ? "" : " of " + m.tenant));
        s->settle(slot);
      },
      [=](const list_runs& m, const reply_slot& slot) {
        s->hear("runs " + m.status + " " + m.workflow + " " + std::to_string(m.limit) + " " +
                m.cursor);
        s->settle(slot);
      },
      [=](const get_history& m, const reply_slot& slot) {
        s->hear("history " + m.run.text() +
                (m.after > 0 ? " after " + std::to_string(m.after) : "") +
                (m.limit != 1000 ? " limit " + std::to_string(m.limit) : ""));
        s->settle(slot);
      },
      [=](const get_replay& m, const reply_slot& slot) {
        s->hear("replay " + m.run.text() + " " + std::to_string(m.step));
        s->settle(slot);
      },
      [=](const evaluate_expression& m, const reply_slot& slot) {
        s->hear("evaluate " + m.body);
        s->settle(slot);
      },
      [=](const retry_run& m, const reply_slot& slot, const ticket&) {
        s->hear("retry " + m.run.text() + " " + m.body);
        s->settle(slot);
      },
      [=](const publish_events& m, const reply_slot& slot, const ticket&) {
        std::string line = "publish " + m.tenant;
        for (const auto& event : m.events) line += " " + event;
        s->hear(std::move(line));
        s->settle(slot);
      },
      [=](const list_events& m, const reply_slot& slot) {
        s->hear("events " + m.tenant + " " + std::to_string(m.after) + " " +
                std::to_string(m.limit));
        s->settle(slot);
      },
      [=](const probe_store&, const reply_slot& slot) {
        s->hear("probe");
        s->settle(slot);
      },
      [=](const get_stats&, const reply_slot& slot) {
        s->hear("stats");
        s->settle(slot);
      },
      [=](const subscribe_feed& m, const feed_reader& reader) {
        std::string types;
        for (const auto& t : m.types) types += t + ";";
        const std::lock_guard lock{s->mutex};
        s->sink = reader.sink;
        s->heard.push_back("subscribe after=" + (m.after ? std::to_string(*m.after) : "none") +
                           " types=" + types + " subject=" + m.subject + " run=" + m.run);
      },
      [=](const unsubscribe_feed&) { s->hear("unsubscribe"); },
      [=](const feed_drained&) { s->hear("drained"); },
      [=](const supervision::get_tree&) {
        supervision::tree_node root, child;
        root.name = root.path = "root";
        root.state = child.state = "running";
        root.strategy = "one_for_one";
        child.name = "store";
        child.path = "root/store";
        root.children.push_back(child);
        return root;
      },
      [=](const supervision::kill_child& m) {
        s->hear("kill " + m.path);
        return m.path == "store/journal";
      },
  };
}

inline constexpr auto slots = {"store/library",         "store/queries", "store/record_queries",
                               "store/record_searches", "tenants",       "feed"};

/// The real gateway on a free port, with stand-ins behind every slot.
struct stage {
  struct config : caf::actor_system_config {
    config() {
      add_message_types<caf::id_block::steward_supervision>();
      add_message_types<caf::id_block::steward_messages>();
      set("scheduler.max-threads", size_t{2});
    }
  };
  config cfg;
  caf::actor_system sys{cfg};
  std::shared_ptr<script> actors = std::make_shared<script>();
  std::shared_ptr<supervision::services> services =
      std::make_shared<supervision::services>(real_world());
  std::shared_ptr<doors> tenants = std::make_shared<doors>();
  gateway::gateway_options options;
  caf::actor behind, gate;
  uint16_t port = 0;

  stage() {
    options.settings.port = 0;
    options.settings.dev = true;
    options.services = services;
    options.tenants = tenants;
    options.version = "1.2.3";
    behind = sys.spawn(stand_in, actors);
    for (const auto* slot : slots) services->slot(slot)->set(behind);
    options.root->set(behind);
    options.ready->store(true);
  }
  ~stage() {
    for (const auto* slot : slots) services->slot(slot)->clear();
    options.root->clear();
    for (const auto& d : tenants->all()) d->set_actor({});
    caf::anon_send_exit(gate, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(behind, caf::exit_reason::user_shutdown);
    const std::lock_guard lock{actors->mutex};
    actors->sink.reset();
  }
  void start() {
    std::promise<uint16_t> bound;
    options.on_listening = [&](const gateway::listening& at) { bound.set_value(at.port); };
    caf::scoped_actor self{sys};
    gate = gateway::spawn_gateway(self.ptr(), options);
    port = bound.get_future().get();
  }
  void open_tenant(admission_limits limits = {}) {
    tenants->open("default", limits)->set_actor(behind);
  }
  /// Waits until a message that begins so was heard.
  bool hears(std::string_view prefix) {
    for (int i = 0; i < 300; ++i) {
      {
        const std::lock_guard lock{actors->mutex};
        for (const auto& line : actors->heard)
          if (line.starts_with(prefix)) return true;
      }
      std::this_thread::sleep_for(10ms);
    }
    return false;
  }
};

} // namespace steward::gateway_tests
