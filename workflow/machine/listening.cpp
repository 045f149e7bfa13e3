#include "workflow/machine/data_size.hpp"
#include "workflow/machine/interpreter.hpp"

#include <algorithm>

namespace steward::workflow {

namespace {

constexpr size_t remembered_events = 10'000;

bool is_attribute_name(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  });
}

void check_attribute(const member& m) {
  auto name = m.key.as_string();
  auto field = std::string{"emit.event.with."}.append(name);
  if (name == "data" || name == "data_base64") return;
  if (!is_attribute_name(name))
    fail_task("expression",
              "`" + field + "`: an attribute's name has lower-case letters and digits");
  if (m.item.is_string() ? m.item.size() == 0 : !m.item.is_bool() && !m.item.is_int())
    fail_task("expression", "`" + field + "` gives no text");
  if (m.item.is_string() && std::ranges::any_of(m.item.as_string(), [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
      }))
    fail_task("expression", "`" + field + "` gives a text with a control character");
}

} // namespace

/// Evaluates the filters of the listener in that frame.
class interpreter::filter_evaluator final : public event_evaluator {
public:
  filter_evaluator(const interpreter& machine, const branch& where, size_t depth)
      : machine_(machine), view_(machine.run_, where, depth), input_(where.frames[depth].input) {}

  std::optional<value> try_evaluate(const value_template& what, const value& input) const override {
    return given(what.evaluate(input, view_, machine_.now_us_, machine_.limits_.expression));
  }
  std::optional<value> try_evaluate(const expression& what, const value& input) const override {
    return given(what.evaluate_one(input, view_, machine_.now_us_, machine_.limits_.expression));
  }
  value expectation(const value_template& what) const override {
    return machine_.evaluate(what, input_, view_, "correlate.expect");
  }
  bool holds(const expression& until, const value& consumed) const override {
    return machine_.holds(until, consumed, view_, "listen.to.until");
  }

private:
  static std::optional<value> given(outcome<value, evaluation_error> result) {
    return result ? std::optional{*std::move(result)} : std::nullopt;
  }

  const interpreter& machine_;
  scope_view view_;
  const value& input_;
};

/// The event as CloudEvents 1.0 wants it. A retry emits the same event again: the same id.
void interpreter::begin(const task& t, const emit_task& body) {
  auto written = evaluate(body.event, top().input, view(), "emit.event.with");
  if (!written.is_object()) fail_task("expression", "`emit.event.with` gives no object");
  auto members = std::vector<member>{};
  members.emplace_back("specversion", "1.0");
  members.emplace_back("id", idempotency_key());
  const auto& ref = run_.what->ref;
  members.emplace_back("source", "/" + ref.namespace_ + "/" + ref.name + "/" + ref.version);
  members.emplace_back("type", value{});
  members.emplace_back("time", instant_text(now_us_));
  for (const auto& m : written.members()) {
    check_attribute(m);
    members.push_back(m);
  }
  auto event = value::object(std::move(members));
  const auto type = event.get("type");
  if (!type.is_string()) fail_task("expression", "the event has no type");
  // What the server's own events say, others believe: that somebody has approved. Anybody may ask.
  if (type.as_string().starts_with("dev.steward.") &&
      type.as_string() != "dev.steward.approval.wanted.v1")
    fail_task("validation",
              "events of type " + std::string{type.as_string()} + " are the server's own");
  check_size(event, "emit");
  result_->commands.push_back(emit_event{event, t.pointer});
  complete(std::move(event), t.then);
}

void interpreter::begin(const task& t, const listen_task& body) {
  auto& f = top();
  f.listening = std::make_unique<listen_state>();
  f.listening->consumption = event_consumption{
      body.to, body.read, filter_evaluator{*this, *now_, now_->frames.size() - 1}};
  f.listening->begun = consumed_count_;
  if (f.listening->consumption.is_done()) return complete(value::empty_array(), t.then);
  if (f.listening->consumption.is_correlated()) observe("workflow.correlation-started", {});
  auto wanted = listen_for{};
  wanted.routes = f.listening->consumption.routes();
  wanted.task = t.pointer;
  ask(std::move(wanted));
  f.listening->effect = f.waits_for;
}

bool interpreter::wants_event(const open_effect& effect, const event_received& e) const {
  auto line = effect.where == 0 ? &main_ : branches_.at(effect.where).get();
  const auto& l = *line->frames[effect.depth].listening;
  if (e.sequence <= l.last_sequence) return false;
  if (auto known = consumed_.find(e.sequence); known != consumed_.end() && known->second < l.begun)
    return false;
  return l.consumption.wants(e.event, filter_evaluator{*this, *line, effect.depth});
}

/// An event for a listener, whose `foreach` may be at work just then, in frames above it.
void interpreter::take_event(const open_effect& effect, const event_received& e) {
  using verdict = event_consumption::outcome;
  auto& f = now_->frames[effect.depth];
  auto& l = *f.listening;
  if (!wants_event(effect, e)) return;
  const auto& t = *f.what;
  const auto& body = std::get<listen_task>(t.body);
  auto taken = verdict::ignored;
  auto failure = failure_of([&] {
    taken = l.consumption.take(e.event, filter_evaluator{*this, *now_, effect.depth});
    if (taken == verdict::taken || taken == verdict::done) queue_event(l, body, e.event);
  });
  if (failure) {
    abandon_above(effect.depth);
    failure->instance = t.pointer;
    throw task_failure{*std::move(failure)};
  }
  l.last_sequence = e.sequence;
  remember_consumed(e.sequence);
  if (l.consumption.is_done()) {
    stop_listening(l);
    if (l.consumption.is_correlated()) observe("workflow.correlation-completed", {});
  }
  if (now_->frames.size() > effect.depth + 1) return; // the iteration that goes on comes first
  f.waits_for = 0;
  now_->blocked_on = 0;
  if (body.each) return go_on_listening();
  if (l.consumption.is_done())
    complete(value::array(l.consumption.taken()), t.then);
  else
    f.waits_for = now_->blocked_on = l.effect;
}

void interpreter::queue_event(listen_state& l, const listen_task& body, const value& event) {
  l.bytes += json_size(event, limits_.data_bytes);
  if (l.bytes > limits_.data_bytes)
    fail_task("runtime", "`listen`: the events take more than " +
                             std::to_string(limits_.data_bytes) + " bytes");
  if (body.each) l.queue.push_back(read_event(event, body.read));
}

void interpreter::stop_listening(listen_state& l) {
  if (l.effect != 0) drop(std::exchange(l.effect, 0));
}

/// With a `foreach`: to the next event, or waits for one, or the task is done.
void interpreter::go_on_listening() {
  for (;;) {
    auto& f = top();
    auto& l = *f.listening;
    const auto& each = *std::get<listen_task>(f.what->body).each;
    if (l.left) stop_listening(l);
    if (l.queue.empty() || l.left) {
      if (l.left || l.consumption.is_done())
        return complete(value::array(std::move(l.outputs)), f.what->then);
      f.waits_for = now_->blocked_on = l.effect;
      return;
    }
    l.item = std::move(l.queue.front());
    l.queue.pop_front();
    l.iterating = true;
    if (!each.tasks.empty()) return f.open(each.tasks, f.input);
    f.data = l.item;
    end_event();
  }
}

/// The tasks of `foreach` are done with one event.
void interpreter::end_iteration() {
  end_event();
  go_on_listening();
}

void interpreter::end_event() {
  auto& f = top();
  auto& l = *f.listening;
  const auto& each = *std::get<listen_task>(f.what->body).each;
  auto output = filter_output(each.output, f.data);
  update_context(each.export_, output, f.data);
  l.iterating = false;
  ++l.index;
  if (l.consumption.is_endless())
    l.bytes = 0; // what is done with is not kept
  else
    l.outputs.push_back(std::move(output));
}

void interpreter::remember_consumed(uint64_t sequence) {
  consumed_.emplace(sequence, consumed_count_++);
  if (consumed_.size() > remembered_events) consumed_.erase(consumed_.begin());
}

} // namespace steward::workflow
