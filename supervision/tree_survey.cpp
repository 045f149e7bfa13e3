#include "supervision/tree_survey.hpp"

#include "supervision/messages.hpp"

#include <utility>

namespace steward::supervision {

namespace {

std::string state_name(phase p) {
  switch (p) {
  case phase::waiting:
    return "starting";
  case phase::running:
    return "running";
  case phase::stopping:
    return "stopping";
  case phase::ended:
    return "stopped";
  }
  return "unknown";
}

int64_t microseconds_between(time_point from, time_point to) {
  return std::chrono::duration_cast<std::chrono::microseconds>(to - from).count();
}

} // namespace

std::string to_string(strategy s) {
  switch (s) {
  case strategy::one_for_one:
    return "one_for_one";
  case strategy::one_for_all:
    return "one_for_all";
  case strategy::rest_for_one:
    return "rest_for_one";
  }
  return "unknown";
}

tree_survey::tree_survey(caf::event_based_actor* self, child_table& children)
    : self_(self), children_(children) {}

void tree_survey::ask(tree_node own, milliseconds patience) {
  auto asker = self_->make_response_promise();
  if (open_) {
    open_->askers.push_back(std::move(asker));
    return;
  }
  open_.emplace();
  auto id = open_->id = ++surveys_;
  open_->askers.push_back(std::move(asker));
  open_->result = std::move(own);
  auto& shown = open_->result.children;
  for (auto* c = children_.at_or_after(0); c && shown.size() < shown_max;
       c = children_.at_or_after(c->order + 1)) {
    open_->places.emplace(c->order, shown.size());
    shown.push_back(node_of(*c, open_->result.path));
    if (c->handle) question(*c, patience);
  }
  open_->result.hidden = children_.size() - shown.size();
  if (open_->missing > 0) self_->delayed_send(self_, patience, survey_due{id});
  finish_if_complete(id);
}

tree_node tree_survey::node_of(const child_record& c, const std::string& parent_path) const {
  tree_node node;
  node.name = c.spec.name;
  node.path = parent_path + "/" + c.spec.name;
  node.state = state_name(c.now);
  node.restarts = c.restarts();
  node.last_reason = c.last_reason;
  if (c.handle) node.up_us = microseconds_between(c.since, self_->clock().now());
  return node;
}

void tree_survey::question(child_record& c, milliseconds patience) {
  if (c.now == phase::running) open_->result.children.back().state = "busy"; // Until it answers.
  if (c.asked) return;
  c.asked = true;
  ++open_->missing;
  auto survey = open_->id;
  auto order = c.order;
  auto who = c.handle.id();
  auto on_failure = [=, this](const caf::error&) { without_numbers(survey, order, who); };
  if (c.spec.is_supervisor) {
    auto theirs = get_tree{static_cast<uint32_t>(patience.count() * 2 / 3)};
    auto on_tree = [=, this](tree_node& below) {
      if (auto* node = answered(survey, order, who)) {
        if (node->state == "busy") node->state = below.state;
        node->strategy = std::move(below.strategy);
        node->mailbox = below.mailbox;
        node->hidden = below.hidden;
        node->children = std::move(below.children);
      }
      finish_if_complete(survey);
    };
    self_->request<caf::message_priority::high>(c.handle, caf::infinite, theirs)
        .then(on_tree, on_failure);
  } else {
    auto on_length = [=, this](uint64_t length) {
      if (auto* node = answered(survey, order, who)) {
        if (node->state == "busy") node->state = "running";
        node->mailbox = length;
      }
      finish_if_complete(survey);
    };
    self_->request<caf::message_priority::high>(c.handle, caf::infinite, get_mailbox{})
        .then(on_length, on_failure);
  }
}

tree_node* tree_survey::answered(uint64_t survey, uint64_t order, caf::actor_id incarnation) {
  auto* c = children_.find(order);
  if (c && c->handle && c->handle.id() == incarnation) c->asked = false;
  if (!open_ || open_->id != survey) return nullptr;
  --open_->missing;
  return &open_->result.children[open_->places.at(order)];
}

// It is gone, or it is an actor that does not answer such questions.
void tree_survey::without_numbers(uint64_t survey, uint64_t order, caf::actor_id incarnation) {
  if (auto* node = answered(survey, order, incarnation)) {
    auto* c = children_.find(order);
    node->state = c ? state_name(c->now) : "stopped";
  }
  finish_if_complete(survey);
}

void tree_survey::due(uint64_t survey) {
  if (open_ && open_->id == survey) finish();
}

void tree_survey::give_up() {
  if (open_) finish();
}

void tree_survey::finish_if_complete(uint64_t survey) {
  if (open_ && open_->id == survey && open_->missing == 0) finish();
}

void tree_survey::finish() {
  auto done = std::move(*open_);
  open_.reset();
  for (auto& asker : done.askers) asker.deliver(done.result);
}

} // namespace steward::supervision
