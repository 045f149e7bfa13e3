#include "actors/history.hpp"

#include "actors/redaction.hpp"
#include "messages/run_document.hpp"
#include "workflow/json.hpp"

#include <stdexcept>

namespace steward {

namespace {

constexpr size_t page_bytes = 4u << 20;

class page_writer final : public workflow::step_observer {
public:
  page_writer(uint64_t after, size_t limit, workflow::secret_mask mask)
      : after_(after), limit_(limit), mask_(std::move(mask)) {}
  void on_step(const workflow::step& s) override {
    if (++seq_ <= after_ || more_) return;
    if (shown_ == limit_ || (shown_ > 0 && items_.size() > page_bytes)) {
      more_ = true;
      return;
    }
    if (shown_++ > 0) items_ += ',';
    items_ += step_document(seq_, redacted(s, mask_));
  }
  std::string finish() && {
    const auto next = more_ ? '"' + std::to_string(after_ + shown_) + '"' : "null";
    return "{\"items\":[" + std::move(items_) + "],\"next\":" + next + "}";
  }

private:
  uint64_t after_;
  size_t limit_;
  workflow::secret_mask mask_;
  uint64_t seq_ = 0, shown_ = 0;
  bool more_ = false; ///< There are steps past this page.
  std::string items_;
};

using command_observer = std::function<void(const workflow::command&)>;

void to_the_end(workflow::machine& m, workflow::advance_result r, workflow::step_observer* observer,
                const command_observer& on_command) {
  while (true) {
    if (on_command)
      for (const auto& c : r.commands) on_command(c);
    if (!r.more) return;
    r = m.proceed(observer);
  }
}

} // namespace

std::string step_type(std::string_view type) {
  return "io.serverlessworkflow." + std::string{type} + ".v1";
}

std::string step_document(uint64_t seq, const workflow::step& s) {
  std::string out = "{\"seq\":" + std::to_string(seq) + ",\"time\":\"";
  append_time(out, s.time_us);
  out += "\",\"type\":\"" + step_type(s.type) + "\",\"task\":";
  if (s.task.empty())
    out += "null";
  else
    workflow::append_json_string(out, s.task);
  out += ",\"attempt\":" + std::to_string(s.attempt) + ",\"data\":";
  auto data = s.data;
  if (!s.name.empty()) {
    if (!data.is_object()) data = workflow::value::empty_object();
    data.set("name", s.name);
  }
  workflow::append_json(out, data);
  out += '}';
  return out;
}

void replay(workflow::machine& m, const store::stored_run& run, workflow::step_observer* observer,
            const command_observer& on_command) {
  auto input = workflow::parse_json(run.row.input.empty() ? "null" : run.row.input);
  if (!input) throw std::runtime_error("the stored input is not JSON: " + input.error().reason);
  to_the_end(
      m,
      m.advance({run.row.created_us, workflow::run_started{run.row.id.text(), *input}}, observer),
      observer, on_command);
  replay_journal(m, run, observer, on_command);
}

void replay_journal(workflow::machine& m, const store::stored_run& run,
                    workflow::step_observer* observer, const command_observer& on_command) {
  for (const auto& entry : run.journal) {
    auto event = workflow::decode_event(entry);
    if (!event) throw std::runtime_error("a journal entry can't be read: " + event.error());
    to_the_end(m, m.advance(*event, observer), observer, on_command);
  }
}

std::string history_document(std::shared_ptr<const workflow::definition> d,
                             const workflow::machine_limits& limits, const store::stored_run& run,
                             uint64_t after, size_t limit, const workflow::value& secrets) {
  page_writer writer{after, limit, workflow::secret_mask{secrets}};
  workflow::machine m{std::move(d), limits, secrets};
  replay(m, run, &writer);
  return std::move(writer).finish();
}

} // namespace steward
