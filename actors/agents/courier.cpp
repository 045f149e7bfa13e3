#include "actors/agents/courier.hpp"

#include "agents/documents.hpp"
#include "connectors/secret_directory.hpp"
#include "connectors/twilio.hpp"
#include "messages/type_ids.hpp"
#include "supervision/supervisor.hpp"
#include "workflow/json.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <deque>
#include <unordered_map>

namespace steward {

namespace {

using agents::text_of;
using go_on_atom = caf::atom_constant<caf::atom("go_on")>;
using again_atom = caf::atom_constant<caf::atom("again")>;
using std::chrono::milliseconds;

constexpr size_t under_way_most = 20;
constexpr size_t waiting_most = 10'000;
constexpr milliseconds between_sends{100}; // ten a second
constexpr unsigned attempts_most = 3;
constexpr milliseconds answer_most{120'000};
constexpr std::array<milliseconds, 2> pauses{milliseconds{10'000}, milliseconds{300'000}};

class courier_state {
public:
  courier_state(caf::event_based_actor* self, std::shared_ptr<node> n)
      : self_(self), node_(std::move(n)), secrets_(node_->settings.secrets.directory) {}

  void accept(const deliver& m) {
    if (line_.size() >= waiting_most) return report(m, {}, "too many messages wait to be sent");
    line_.push_back({m, 0});
    go_on();
  }

  void go_on() {
    if (pausing_ || line_.empty() || under_way_.size() >= under_way_most) return;
    auto next = std::move(line_.front());
    line_.pop_front();
    pausing_ = true;
    self_->delayed_send(self_, between_sends, go_on_atom::value);
    send(std::move(next));
  }
  void paused() {
    pausing_ = false;
    go_on();
  }

  void answered(const call_done& m) {
    const auto at = under_way_.find(m.effect);
    if (at == under_way_.end()) return;
    auto done = std::move(at->second);
    under_way_.erase(at);
    const auto body = workflow::parse_json(m.body);
    const auto said = body && body->is_object() ? *body : workflow::value::empty_object();
    if (m.answered && m.status >= 200 && m.status < 300) {
      report(done.what, text_of(said, "sid"), {});
    } else {
      const bool may_pass = !m.answered || m.status == 429 || m.status >= 500;
      const auto why = m.answered ? "the service answered " + std::to_string(m.status) + " " +
                                        text_of(said, "message")
                                  : m.reason;
      if (may_pass && done.attempts < attempts_most)
        again_later(std::move(done));
      else
        report(done.what, {}, why);
    }
    go_on();
  }

  bool is_signed(const check_signature& m) const {
    const auto token = secrets_.read(m.tenant, "twilio_auth_token");
    return token && token->is_string() && !m.signature.empty() &&
           connectors::same_signature(
               m.signature,
               connectors::twilio_signature(std::string{token->as_string()}, m.url, m.form));
  }

  void again(uint64_t number) {
    // A client that crashed drops its calls without a word.
    if (const auto lost = under_way_.find(number); lost != under_way_.end()) {
      auto l = std::move(lost->second);
      under_way_.erase(lost);
      if (l.attempts < attempts_most)
        again_later(std::move(l));
      else
        report(l.what, {}, "the service did not answer");
      return go_on();
    }
    const auto at = resting_.find(number);
    if (at == resting_.end()) return;
    line_.push_back(std::move(at->second));
    resting_.erase(at);
    go_on();
  }

private:
  struct letter {
    deliver what;
    unsigned attempts = 0;
  };

  void send(letter l) {
    const auto http = node_->http_client->get();
    ++l.attempts;
    if (!http) return again_later(std::move(l));
    const auto twilio = l.what.settings.get("twilio");
    const auto sid = secrets_.read(l.what.tenant, "twilio_account_sid");
    const auto token = secrets_.read(l.what.tenant, "twilio_auth_token");
    if (!sid || !sid->is_string() || !token || !token->is_string())
      return report(l.what, {},
                    "the secrets twilio_account_sid and twilio_auth_token are not both there");
    connectors::twilio_account account;
    if (const auto base = text_of(twilio, "base_url"); !base.empty()) account.base_url = base;
    account.sid = sid->as_string();
    account.token = token->as_string();
    account.from = text_of(twilio, "from");
    account.whatsapp_from = text_of(twilio, "whatsapp_from");
    connectors::twilio_message message{text_of(l.what.document, "channel"),
                                       text_of(l.what.document, "customer_phone"),
                                       text_of(l.what.document, "message"),
                                       l.what.outreach_id,
                                       {}};
    if (const auto url = text_of(twilio, "public_url"); !url.empty())
      message.status_callback = url + "/api/v1/webhooks/twilio/status?tenant=" + l.what.tenant;
    if (message.to.empty()) return report(l.what, {}, "the customer has no phone number");
    auto call = connectors::twilio_call(account, message);
    call.tenant = l.what.tenant;
    call.run = id_;
    call.effect = ++calls_;
    under_way_.emplace(calls_, std::move(l));
    self_->send(http, std::move(call));
    self_->delayed_send(self_, answer_most, again_atom::value, calls_);
  }

  void again_later(letter l) {
    const auto pause = pauses[std::min<size_t>(l.attempts, pauses.size()) - 1];
    resting_.emplace(++calls_, std::move(l));
    self_->delayed_send(self_, pause, again_atom::value, calls_);
  }

  void report(const deliver& m, std::string message_id, std::string error) {
    if (!error.empty())
      spdlog::warn("outreach.failed tenant={} outreach={} reason=\"{}\"", m.tenant, m.outreach_id,
                   error);
    if (const auto gate = node_->services->slot("tenants/" + m.tenant + "/gate")->get())
      self_->send(gate, delivery_report{m.outreach_id, std::move(message_id), std::move(error)});
  }

  caf::event_based_actor* self_;
  std::shared_ptr<node> node_;
  connectors::secret_directory secrets_;
  std::deque<letter> line_;
  std::unordered_map<uint64_t, letter> under_way_, resting_;
  /// In place of a run's: one for each incarnation.
  run_id id_ =
      run_id::make(node_->outside.now_us(), node_->outside.random(), node_->outside.random());
  uint64_t calls_ = 0;
  bool pausing_ = false;
};

} // namespace

caf::behavior courier(caf::event_based_actor* self, std::shared_ptr<node> n) {
  auto common = supervision::prepare(self);
  auto s = std::make_shared<courier_state>(self, std::move(n));
  return caf::message_handler{
      [s](const deliver& m) { s->accept(m); },
      [s](const check_signature& m) { return s->is_signed(m); },
      [s](const call_done& m) { s->answered(m); },
      [s](go_on_atom) { s->paused(); },
      [s](again_atom, uint64_t number) { s->again(number); },
  }
      .or_else(common);
}

} // namespace steward
