#include "supervision/supervisor.hpp"

#include "supervision/messages.hpp"
#include "supervision/supervisor_state.hpp"

#include <stdexcept>
#include <utility>

namespace steward::supervision {

namespace {

/// "root/store/journal" -> "store/journal": the directory leaves the root's name out.
std::string directory_path(const std::string& path) { return path.substr(path.find('/') + 1); }

/// Runs when the owner is gone, however it went: nobody else is left to take its children down.
/// After an orderly stop there are none.
void take_down(caf::actor_system& sys, living_children& living) {
  for (auto& [id, c] : living) {
    if (c.slot) c.slot->clear(c.handle);
    caf::anon_send_exit(c.handle, caf::exit_reason::user_shutdown);
    auto kill =
        caf::make_mailbox_element(nullptr, caf::make_message_id(caf::message_priority::high), {},
                                  caf::exit_msg{c.handle.address(), caf::exit_reason::kill});
    sys.clock().schedule_message(sys.clock().now() + c.shutdown_timeout,
                                 caf::actor_cast<caf::strong_actor_ptr>(c.handle), std::move(kill));
  }
  living.clear();
}

} // namespace

// -- what the owner calls --------------------------------------------------------------------

supervisor::supervisor(caf::event_based_actor* self, supervisor_spec spec, std::string path,
                       std::shared_ptr<services> services)
    : path_(std::move(path)),
      state_(std::make_shared<state>(*this, self, std::move(spec), std::move(services))) {}

void supervisor::start() {
  state::turn open{*state_};
  state_->start();
}

caf::actor supervisor::add(child_spec spec) {
  state::turn open{*state_};
  return state_->add(std::move(spec));
}

void supervisor::remove(const std::string& name) {
  state::turn open{*state_};
  state_->remove(name);
}

void supervisor::progressed(const std::string& name) {
  if (auto* c = state_->children.find(name)) c->crashes = 0;
}

void supervisor::stop(caf::error reason) {
  state::turn open{*state_};
  state_->stop(std::move(reason));
}

caf::actor supervisor::child(const std::string& name) const {
  auto* c = state_->children.find(name);
  return c ? c->handle : caf::actor{};
}

size_t supervisor::size() const { return state_->children.size(); }

caf::message_handler supervisor::handlers() {
  auto* s = state_.get(); // The behavior is dropped together with the owner's state.
  return {
      [s](const deadline_reached&) {
        state::turn open{*s};
        s->deadline();
      },
      [s](const survey_due& m) { s->survey.due(m.survey); },
      [s](const get_tree& m) { s->tell_tree(milliseconds{m.patience_ms}); },
      [s](const kill_child& m) -> caf::result<bool> {
        auto place = s->locate(m.path);
        if (place.rest.empty()) return place.at && s->kill(*place.at);
        s->self->delegate(place.at->handle, kill_child{std::move(place.rest)});
        return caf::delegated<bool>{};
      },
      [s](const get_child& m) -> caf::result<caf::actor> {
        auto place = s->locate(m.path);
        if (place.rest.empty()) return place.at ? place.at->handle : caf::actor{};
        s->self->delegate(place.at->handle, get_child{std::move(place.rest)});
        return caf::delegated<caf::actor>{};
      },
  };
}

// -- events ----------------------------------------------------------------------------------

supervisor::state::state(supervisor& front_, caf::event_based_actor* owner, supervisor_spec s,
                         std::shared_ptr<services> services)
    : front(front_), self(owner), spec(std::move(s)), shared(std::move(services)),
      restarts(spec.intensity, spec.period), survey(owner, children) {
  for (auto& child : std::exchange(spec.children, {})) {
    if (children.find(child.name))
      throw std::invalid_argument(front.path_ + " has two children named " + child.name);
    enter(std::move(child), false);
  }
}

child_record& supervisor::state::enter(child_spec child, bool dynamic) {
  std::shared_ptr<service_slot> slot;
  if (child.listed) slot = shared->slot(directory_path(path_of(child.name)));
  return children.insert(std::move(child), dynamic, std::move(slot));
}

void supervisor::state::start() {
  since = now();
  self->set_down_handler([this](caf::down_msg& message) {
    turn open{*this};
    down(message);
  });
  self->set_exit_handler([this](caf::exit_msg& message) {
    turn open{*this};
    if (message.reason) stop(std::move(message.reason));
  });
  self->attach_functor(
      [living = children.living(), &sys = self->system()] { take_down(sys, *living); });
  group = group_restart{0, since};
}

void supervisor::state::down(const caf::down_msg& message) {
  auto* c = children.find_actor(message.source.id());
  if (!c || c->handle.address() != message.source) return;
  auto expected = stopping || c->now == phase::stopping;
  children.drop_deadline(*c);
  children.went_down(*c);
  if (expected)
    stopped(*c, message.reason);
  else
    ended(*c, message.reason);
}

void supervisor::state::deadline() {
  auto at = now();
  if (timer && *timer <= at) timer.reset();
  std::vector<uint64_t> due; // One that fails again at once has its turn with the next message.
  while (auto* c = children.take_due(at)) due.push_back(c->order);
  for (auto order : due) {
    auto* c = children.find(order);
    if (!c) continue;
    if (c->now == phase::stopping)
      kill(*c);
    else if (c->now == phase::waiting && !stopping)
      launch(*c);
  }
}

void supervisor::state::stop(caf::error reason) {
  if (!stopping) stopping = std::move(reason);
}

caf::actor supervisor::state::add(child_spec child) {
  if (stopping) return {};
  if (auto* former = children.find(child.name)) {
    if (former->removed) {
      former->successor = std::make_unique<child_spec>(std::move(child));
      return {};
    }
    if (former->now == phase::running) return former->handle;
    if (former->now != phase::ended) return {};
    children.erase(*former);
  }
  auto& c = enter(std::move(child), true);
  if (group && c.order >= group->from) return {}; // It starts with the others.
  auto order = c.order;
  launch(c);
  auto* started = children.find(order);
  return started ? started->handle : caf::actor{};
}

void supervisor::state::remove(const std::string& name) {
  auto* c = children.find(name);
  if (!c) return;
  c->removed = true;
  c->successor.reset();
  if (c->launching) return;
  if (c->now == phase::running) tell_to_stop(*c);
  if (c->now == phase::waiting)
    gone(*c, {});
  else if (c->now == phase::ended)
    children.erase(*c);
}

// -- questions -------------------------------------------------------------------------------

void supervisor::state::tell_tree(milliseconds patience) {
  tree_node own;
  own.name = spec.name;
  own.path = front.path_;
  own.state = stopping ? "stopping" : "running";
  own.strategy = to_string(spec.strategy);
  own.mailbox = self->mailbox().size();
  own.up_us = std::chrono::duration_cast<std::chrono::microseconds>(now() - since).count();
  survey.ask(std::move(own), patience);
}

bool supervisor::state::kill(const child_record& c) {
  if (!c.handle) return false;
  // Ahead of what waits in its mailbox.
  self->send<caf::message_priority::high>(c.handle,
                                          caf::exit_msg{self->address(), caf::exit_reason::kill});
  return true;
}

supervisor::state::place supervisor::state::locate(const std::string& path) const {
  if (auto* c = children.find(path)) return {c, {}};
  for (auto slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1)) {
    auto* c = children.find(path.substr(0, slash));
    if (c && c->spec.is_supervisor && c->handle && slash + 1 < path.size())
      return {c, path.substr(slash + 1)};
  }
  return {};
}

void supervisor::state::report(lifecycle_event::kind what, const child_record& c,
                               std::string reason, bool abnormal) {
  if (!shared->report || (!c.spec.listed && !abnormal)) return;
  shared->report({what, path_of(c.spec.name), std::move(reason), abnormal, c.restarts()});
}

} // namespace steward::supervision
