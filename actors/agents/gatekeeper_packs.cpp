#include "actors/agents/gatekeeper_state.hpp"
#include "actors/agents/pack_source.hpp"
#include "agents/base_collections.hpp"
#include "agents/documents.hpp"
#include "messages/api.hpp"
#include "messages/record_bodies.hpp"
#include "workflow/json.hpp"
#include "workflow/reader.hpp"

#include <algorithm>

/// The gate: packs, and the tasks that schedulers outside ask for.
namespace steward {

namespace {

using agents::text_of;
using workflow::value;

failure wrong(std::string pointer, std::string detail, std::string expected) {
  return {ec::invalid_request,
          pointer + ": " + detail,
          {{pointer, detail, std::move(expected), 0, 0, -1}},
          {}};
}

/// Brings an answer to the gate, as a message.
class told_sink final : public reply_sink {
public:
  told_sink(caf::actor to, uint64_t number) : to_(std::move(to)), number_(number) {}
  void answer(reply r) override { caf::anon_send(to_, gate_told{number_, std::move(r)}); }

private:
  caf::actor to_;
  uint64_t number_;
};

} // namespace

void gatekeeper_state::install(const std::string& name, const std::string& body) {
  auto document = body.empty() ? own_pack(name) : std::optional<value>{};
  if (body.empty() && !document)
    return fail({ec::not_found, "there is no pack '" + name + "' in this server", {}, {}});
  if (!document) {
    auto read = workflow::read_yaml(body);
    if (!read) {
      const auto& problem = read.error().front();
      return fail(wrong("", "line " + std::to_string(problem.line) + ": " + problem.message,
                        "a pack as YAML or JSON"));
    }
    document = std::move(*read);
  }
  auto pack = node_->packs.read(*document);
  if (!pack) return fail({ec::unprocessable, "the pack has problems", std::move(pack.error()), {}});
  if ((*pack)->name != name)
    return fail(wrong("/pack", "this is pack '" + (*pack)->name + "'", name));
  for (const auto& c : (*pack)->collections)
    if (agents::is_base_collection(c.name))
      return fail(
          {ec::unprocessable, "the collection '" + c.name + "' is the server's own", {}, {}});
  for (const auto& other : gate_->packs())
    if (other->name != name)
      if (const auto same = agents::shared_name(**pack, *other); !same.empty())
        return fail(
            {ec::unprocessable, same + " is of pack '" + other->name + "' already", {}, {}});
  // Workflows first: they harm nobody if the rest fails, and then are there already.
  deploy(*pack, 0, [this, pack = *pack] {
    find_newest([this, pack](uint64_t newest) { commit_pack(pack, newest); });
  });
}

void gatekeeper_state::deploy(agents::pack_ptr pack, size_t next, std::function<void()> then) {
  if (next == pack->workflows.size()) return then();
  const auto library = node_->library->get();
  if (!library)
    return fail({ec::unavailable, "the library is restarting", {}, std::chrono::milliseconds{500}});
  const auto number = ++questions_;
  waiting_[number] = [this, pack, next, then](const reply& r) {
    if (r.what != reply::kind::failed) return deploy(pack, next + 1, then);
    auto why = r.why;
    why.detail = "workflow " + std::to_string(next) + " of the pack: " + why.detail;
    if (why.code != ec::unavailable) why.code = ec::unprocessable;
    fail(why);
  };
  self_->send(library, deploy_workflow{id_, pack->workflows[next]},
              reply_slot{std::make_shared<told_sink>(caf::actor_cast<caf::actor>(self_), number)});
}

void gatekeeper_state::told(const gate_told& m) {
  const auto at = waiting_.find(m.number);
  if (at == waiting_.end()) return;
  const auto then = std::move(at->second);
  waiting_.erase(at);
  if (gate_) return then(m.answer);
  finish(reply::error({ec::unavailable, "the agents are being read anew", {}, {}}));
}

void gatekeeper_state::commit_pack(agents::pack_ptr pack, uint64_t newest) {
  auto ops = missing_collections();
  for (const auto& c : pack->collections) {
    auto op = read_collection(c.name, c.declaration);
    if (!op) continue; // it was read with the pack
    op->row.updated_us = node_->outside.now_us();
    ops.emplace_back(std::move(*op));
  }
  auto draft = *gate_;
  auto s = new_step();
  draft.installed(s, pack);
  auto more = listener_ops(draft, s, newest);
  ops.insert(ops.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  commit(std::move(draft), std::move(s), std::move(ops),
         [this, pack, before = gate_->packs()](const batch_result& r) {
           if (r.what != batch_result::kind::committed)
             return fail(
                 {ec::conflict, "the pack's collections could not be made: " + r.reason, {}, {}});
           missing_.clear();
           declare_agents();
           tell_listeners(before);
           for (const auto& a : pack->agents)
             if (const auto agent = node_->services->slot("tenants/" + id_ + "/" + a.name)->get())
               self_->send(agent, begin_anew_atom::value);
           auto names = value::empty_array();
           for (const auto& a : pack->agents) names.push_back(a.name);
           finish(reply::ok(workflow::to_json(value::object({{"pack", pack->name},
                                                             {"version", pack->version},
                                                             {"title", pack->title},
                                                             {"agents", names}}))));
         });
}

// --- tasks ---

void gatekeeper_state::execute_task(const std::string& queue, const value& body) {
  const auto type = text_of(body, "task_type");
  for (const auto& p : gate_->packs())
    for (const auto& a : p->agents) {
      const bool does = a.task_type == type || a.name == type ||
                        std::ranges::find(a.task_types, type) != a.task_types.end();
      if (!does || (!queue.empty() && a.queue != queue)) continue;
      const auto agent = node_->services->slot("tenants/" + id_ + "/" + a.name)->get();
      if (!agent)
        return fail(
            {ec::unavailable, "the agent is restarting", {}, std::chrono::milliseconds{500}});
      self_->send(agent, execute_atom::value);
      auto r = reply::ok(
          workflow::to_json(value::object({{"task_type", type}, {"agent_name", a.name}})));
      r.what = reply::kind::accepted;
      return finish(r);
    }
  fail(wrong("/task_type",
             queue.empty() ? "no agent has tasks of this type"
                           : "no agent of queue " + queue + " has tasks of this type",
             "e.g. gap_fill"));
}

/// "send_whatsapp" and the like: a message to a customer, by that channel.
void gatekeeper_state::send_notification(const value& body) {
  const auto type = text_of(body, "task_type");
  if (type != "send_whatsapp" && type != "send_sms" && type != "send_email")
    return fail(wrong("/task_type", "no message is sent by tasks of this type",
                      "send_whatsapp, send_sms or send_email"));
  auto outreach = body;
  outreach.erase("task_type");
  outreach.set("channel", type.substr(sizeof "send_" - 1));
  create_outreach(outreach);
}

} // namespace steward
