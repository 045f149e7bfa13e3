#include "actors/agents/mailer.hpp"

#include "supervision/supervisor.hpp"

#include <atomic>

namespace steward {

namespace {

constexpr size_t at_once_most = 20;

/// Outlives the mailer while mails are under way.
struct mail_room {
  explicit mail_room(const config::settings& s) : client(s.http_client) {}
  const connectors::smtp_client client;
  std::atomic<bool> closed = false;
};

void carry(caf::event_based_actor* self, const std::shared_ptr<mail_room>& room, const post_mail& m,
           const caf::actor& to) {
  self->send(to, mail_done{m.number, room->client.send(m.mail, room->closed)});
}

class mailer_state {
public:
  mailer_state(caf::event_based_actor* self, const config::settings& s)
      : self_(self), room_(std::make_shared<mail_room>(s)) {
    self_->set_down_handler([this](const caf::down_msg&) { --under_way_; });
  }
  ~mailer_state() { room_->closed = true; }
  mailer_state(const mailer_state&) = delete;
  mailer_state& operator=(const mailer_state&) = delete;

  void post(const post_mail& m) {
    const auto to = caf::actor_cast<caf::actor>(self_->current_sender());
    if (!to) return;
    if (under_way_ >= at_once_most)
      return self_->send(
          to, mail_done{m.number,
                        {connectors::attempt_end::kind::may_pass, "too many mails are under way"}});
    ++under_way_;
    self_->spawn<caf::detached + caf::monitored>(carry, room_, m, to);
  }

private:
  caf::event_based_actor* self_;
  std::shared_ptr<mail_room> room_;
  size_t under_way_ = 0;
};

} // namespace

caf::behavior mailer(caf::event_based_actor* self, std::shared_ptr<node> n) {
  auto common = supervision::prepare(self);
  auto s = std::make_shared<mailer_state>(self, n->settings);
  return caf::message_handler{
      [s](const post_mail& m) { s->post(m); },
  }
      .or_else(common);
}

} // namespace steward
