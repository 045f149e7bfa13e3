#include "actors/redaction.hpp"

namespace steward {

void redact(call_done& answer, const workflow::secret_mask& mask) {
  if (mask.empty()) return;
  answer.body = mask.masked(std::move(answer.body));
  answer.reason = mask.masked(std::move(answer.reason));
  for (auto& [name, text] : answer.headers) text = mask.masked(std::move(text));
}

void redact(workflow::command& c, const workflow::secret_mask& mask) {
  if (mask.empty()) return;
  if (auto* emitted = std::get_if<workflow::emit_event>(&c))
    emitted->event = mask.masked(emitted->event);
  if (auto* child = std::get_if<workflow::start_child>(&c))
    child->input = mask.masked(child->input);
}

workflow::step redacted(const workflow::step& s, const workflow::secret_mask& mask) {
  auto shown = s;
  if (!mask.empty()) shown.data = mask.masked(s.data);
  return shown;
}

} // namespace steward
