#include "gateway/gateway_actor.hpp"

#include "gateway/questions.hpp"
#include "messages/type_ids.hpp"
#include "supervision/messages.hpp"
#include "supervision/supervisor.hpp"

#include <caf/all.hpp>
#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include <stdexcept>

namespace steward::gateway {

namespace {

constexpr std::chrono::seconds answer_timeout{5};
constexpr std::chrono::milliseconds stop_grace{1000};

struct gateway_state {
  static inline const char* name = "gateway";
  gateway_options options;
  std::unique_ptr<api> handler;
  std::unique_ptr<http_server> server; // after the handler: its threads end first
};
using gateway_self = caf::stateful_actor<gateway_state>;

nlohmann::json to_json(const supervision::tree_node& node) {
  const auto or_null = [](const std::string& text) {
    return text.empty() ? nlohmann::json{} : nlohmann::json(text);
  };
  auto children = nlohmann::json::array();
  for (const auto& child : node.children) children.push_back(to_json(child));
  return {{"name", node.name},         {"path", node.path},
          {"state", node.state},       {"strategy", or_null(node.strategy)},
          {"restarts", node.restarts}, {"mailbox", node.mailbox},
          {"up_us", node.up_us},       {"last_reason", or_null(node.last_reason)},
          {"hidden", node.hidden},     {"children", std::move(children)}};
}

void answer_down(const reply_slot& slot) {
  slot.answer(reply::error({ec::unavailable,
                            "the supervision tree did not answer in time",
                            {},
                            std::chrono::milliseconds{1000}}));
}

void answer_tree(gateway_self* self, const reply_slot& slot) {
  const auto root = self->state.options.root->get();
  if (!root) return answer_down(slot);
  self->request(root, answer_timeout, supervision::get_tree{})
      .then(
          [slot](const supervision::tree_node& tree) {
            // Names and reasons come from anywhere; what is not UTF-8 in them is replaced.
            slot.answer(reply::ok(
                to_json(tree).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)));
          },
          [slot](const caf::error&) { answer_down(slot); });
}

void kill_at(gateway_self* self, std::string path, const reply_slot& slot) {
  const auto root = self->state.options.root->get();
  if (!root) return answer_down(slot);
  constexpr std::string_view root_name = "root/";
  if (path.starts_with(root_name)) path.erase(0, root_name.size());
  self->request(root, answer_timeout, supervision::kill_child{path})
      .then(
          [slot, path](bool found) {
            if (!found)
              return slot.answer(reply::error(ec::not_found, "there is no actor at " + path));
            spdlog::warn("gateway.actor.killed path={}", path);
            nlohmann::json body{{"path", path}};
            slot.answer({reply::kind::accepted,
                         body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace),
                         {},
                         {},
                         {}});
          },
          [slot](const caf::error&) { answer_down(slot); });
}

void start_server(gateway_self* self) {
  auto& s = self->state;
  s.server = std::make_unique<http_server>();
  s.handler = std::make_unique<api>(s.options, caf::actor{self}, &s.server->counters());
  const auto at = s.server->start(s.options.settings, *s.handler);
  if (!at.ok()) throw std::runtime_error{at.error()};
  if (s.options.on_listening) s.options.on_listening(*at);
}

caf::behavior run_gateway(gateway_self* self, gateway_options options) {
  auto common = supervision::prepare(self);
  self->state.options = std::move(options);
  start_server(self);
  self->set_exit_handler([self](caf::exit_msg& msg) {
    // The server's thread tells when it is done; until then answers still go out.
    self->state.server->begin_stop(
        stop_grace, [to = caf::actor{self}] { caf::anon_send(to, server_stopped{}); });
    self->set_exit_handler([](caf::exit_msg&) {});
    // Questions that still come are dropped, and so answered as unavailable by their slots.
    self->become([self, why = msg.reason](server_stopped) { self->quit(why); });
  });
  return caf::message_handler{
      [self](show_tree, const reply_slot& slot) { answer_tree(self, slot); },
      [self](const ask_node& question, const reply_slot& slot) {
        if (question.what == "tree") return answer_tree(self, slot);
        if (question.what == "metrics")
          return slot.answer(reply::ok(self->state.handler->metrics()));
        slot.answer(reply::error(ec::unavailable, "this node does not know what that is"));
      },
      [self](kill_by_path& question, const reply_slot& slot) {
        kill_at(self, std::move(question.path), slot);
      },
  }
      .or_else(common);
}

} // namespace

caf::actor spawn_gateway(caf::local_actor* parent, gateway_options options) {
  return parent->spawn(run_gateway, std::move(options));
}

} // namespace steward::gateway
