#include "actors/agents/courier.hpp"

#include "actors/agents/mailer.hpp"
#include "actors/agents/senders.hpp"
#include "connectors/secret_directory.hpp"
#include "connectors/twilio.hpp"
#include "messages/type_ids.hpp"
#include "supervision/supervisor.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <deque>
#include <unordered_map>
#include <unordered_set>

namespace steward {

namespace {

using go_on_atom = caf::atom_constant<caf::atom("go_on")>;
using again_atom = caf::atom_constant<caf::atom("again")>;
using std::chrono::milliseconds;

constexpr size_t under_way_most = 20;
constexpr ptrdiff_t of_one_tenant_most = 10;
constexpr size_t waiting_most = 10'000;
constexpr milliseconds between_sends{100}; // ten a second
constexpr unsigned attempts_most = 3;
constexpr milliseconds answer_most{180'000}; // more than calls and mails may take
constexpr std::array<milliseconds, 2> pauses{milliseconds{10'000}, milliseconds{300'000}};

class courier_state {
public:
  courier_state(caf::event_based_actor* self, std::shared_ptr<node> n)
      : self_(self), node_(std::move(n)), secrets_(node_->settings.secrets.directory) {}

  void accept(const deliver& m) {
    // A gate that starts anew asks again for what it does not know to be sent.
    if (!known_.insert(key_of(m)).second) return;
    if (line_.size() >= waiting_most) return report(m, {}, "too many messages wait to be sent");
    line_.push_back({m});
    go_on();
  }

  void go_on() {
    if (pausing_ || under_way_.size() >= under_way_most) return;
    const auto at = std::ranges::find_if(line_, [&](const letter& l) { return has_room(l); });
    if (at == line_.end()) return;
    auto next = std::move(*at);
    line_.erase(at);
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
    if (at != under_way_.end() && at->second.judge) ended(m.effect, at->second.judge(m));
  }

  void ended(uint64_t number, const attempt_end& end) {
    const auto at = under_way_.find(number);
    if (at == under_way_.end()) return;
    auto l = std::move(at->second);
    under_way_.erase(at);
    if (end.how == attempt_end::kind::taken)
      report(l.what, end.words, {});
    else if (end.how == attempt_end::kind::may_pass && l.attempts < attempts_most)
      again_later(std::move(l));
    else
      report(l.what, {}, end.words);
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
    if (under_way_.contains(number))
      return ended(number, {attempt_end::kind::may_pass, "the service did not answer"});
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
    attempt_end (*judge)(const call_done&) = nullptr; ///< Of what goes to the HTTP client.
  };

  static std::string key_of(const deliver& m) { return m.tenant + "/" + m.outreach_id; }

  /// A tenant whose service hangs does not hold up the others.
  bool has_room(const letter& l) const {
    return std::ranges::count_if(under_way_, [&](const auto& other) {
             return other.second.what.tenant == l.what.tenant;
           }) < of_one_tenant_most;
  }

  void send(letter l) {
    l.what.now_us = node_->outside.now_us();
    auto made = sender_of(l.what)(l.what, secrets_);
    if (!made) return report(l.what, {}, made.error());
    ++l.attempts;
    std::visit([&](auto& d) { post(std::move(l), d); }, *made);
  }

  void post(letter l, http_dispatch& d) {
    const auto http = node_->http_client->get();
    if (!http) return again_later(std::move(l));
    l.judge = d.judge;
    d.call.tenant = l.what.tenant;
    d.call.run = id_;
    d.call.effect = begin(std::move(l));
    self_->send(http, std::move(d.call));
  }

  void post(letter l, connectors::mail& m) {
    const auto mailer = node_->services->slot("agents/mailer")->get();
    if (!mailer) return again_later(std::move(l));
    self_->send(mailer, post_mail{begin(std::move(l)), std::move(m)});
  }

  uint64_t begin(letter l) {
    under_way_.emplace(++calls_, std::move(l));
    self_->delayed_send(self_, answer_most, again_atom::value, calls_);
    return calls_;
  }

  void again_later(letter l) {
    const auto pause = pauses[std::min<size_t>(l.attempts, pauses.size()) - 1];
    resting_.emplace(++calls_, std::move(l));
    self_->delayed_send(self_, pause, again_atom::value, calls_);
  }

  void report(const deliver& m, std::string message_id, std::string error) {
    known_.erase(key_of(m));
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
  std::unordered_set<std::string> known_; ///< All of these.
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
      [s](const mail_done& m) { s->ended(m.number, m.end); },
      [s](go_on_atom) { s->paused(); },
      [s](again_atom, uint64_t number) { s->again(number); },
  }
      .or_else(common);
}

} // namespace steward
