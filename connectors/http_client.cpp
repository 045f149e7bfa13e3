#include "connectors/http_client.hpp"

#include "connectors/http_headers.hpp"
#include "messages/type_ids.hpp"
#include "supervision/supervisor.hpp"

#include <caf/all.hpp>

namespace steward::connectors {

namespace {

call_done done_from(const order_id& id, http_answer answer) {
  call_done done;
  done.run = id.run;
  done.effect = id.effect;
  done.answered = answer.answered;
  done.timed_out = answer.timed_out;
  done.status = answer.status;
  done.headers = std::move(answer.headers);
  done.body = std::move(answer.body);
  done.reason = std::move(answer.reason);
  done.error = std::move(answer.error);
  return done;
}

class http_client : public caf::event_based_actor {
public:
  http_client(caf::actor_config& config, std::unique_ptr<http_transport> transport)
      : caf::event_based_actor(config), transport_(std::move(transport)) {}

  const char* name() const override { return "http_client"; }

  caf::behavior make_behavior() override {
    return caf::message_handler{
        [this](perform_call& call) { perform(std::move(call)); },
        [this](const cancel_call& call) {
          transport_->cancel({call.run, call.effect});
        },
    }
        .or_else(supervision::prepare(this));
  }

  /// Ends the transport's thread here, while the actor system surely still lives: completions hold
  /// addresses of its actors.
  void on_exit() override { transport_.reset(); }

private:
  void perform(perform_call call) {
    // A weak address: a call must not keep a run's actor in memory that has ended meanwhile.
    auto caller = caf::actor_cast<caf::weak_actor_ptr>(current_sender());
    auto order = order_from(std::move(call));
    const auto id = order.id;
    transport_->send(std::move(order), [id, caller](http_answer answer) {
      if (const auto to = caf::actor_cast<caf::actor>(caller))
        caf::anon_send(to, done_from(id, std::move(answer)));
    });
  }

  std::unique_ptr<http_transport> transport_;
};

} // namespace

caf::actor spawn_http_client(caf::local_actor* parent, std::unique_ptr<http_transport> transport) {
  return parent->spawn<http_client>(std::move(transport));
}

http_order order_from(perform_call call) {
  http_order order;
  order.id = {call.run, call.effect};
  order.method = std::move(call.method);
  for (auto& c : order.method)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  order.url = std::move(call.url);
  order.headers = std::move(call.headers);
  if (!call.idempotency_key.empty() && !has_header(order.headers, "idempotency-key"))
    order.headers.emplace_back("Idempotency-Key", std::move(call.idempotency_key));
  order.body = std::move(call.body);
  order.follow_redirects = call.follow_redirects;
  order.tenant = std::move(call.tenant);
  order.authentication = std::move(call.authentication);
  return order;
}

} // namespace steward::connectors
