#include "actors/agents/courier.hpp"
#include "actors/agents/gatekeeper_state.hpp"
#include "agents/documents.hpp"
#include "workflow/json.hpp"

/// What the gate hears of messages: how their sending went, and what Twilio calls back about.
namespace steward {

namespace {

using agents::text_of;
using workflow::value;

reply twiml(const std::string& inside) {
  auto r =
      reply::ok("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response>" + inside + "</Response>");
  r.content_type = "text/xml";
  return r;
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text)
    if (c == '<')
      out += "&lt;";
    else if (c == '&')
      out += "&amp;";
    else
      out += c;
  return out;
}

/// "whatsapp:+1555" -> "+1555"
std::string number_of_address(const std::string& address) {
  const auto colon = address.find(':');
  return colon == std::string::npos ? address : address.substr(colon + 1);
}

/// Twilio's words for ours; empty: nothing that we keep.
std::string status_of(const std::string& theirs) {
  if (theirs == "delivered" || theirs == "read") return theirs;
  if (theirs == "failed" || theirs == "undelivered") return "failed";
  return {};
}

} // namespace

void gatekeeper_state::deliver_message(const std::string& id, const value& document) {
  if (const auto courier = find_courier())
    self_->send(courier, deliver{id_, id, document, gate_->settings()});
}

caf::actor gatekeeper_state::find_courier() {
  auto courier = node_->services->slot("agents/courier")->get();
  if (!courier && !std::exchange(wants_courier_, true))
    self_->delayed_send(self_, std::chrono::milliseconds{500}, courier_atom::value);
  if (courier && !std::exchange(watches_courier_, true)) self_->monitor(courier);
  return courier;
}

void gatekeeper_state::courier_down() {
  watches_courier_ = wants_courier_ = false;
  // Read anew, the gate asks again for all that is not known to be sent.
  line_up({[this] {
             finish({});
             load();
           },
           nullptr});
}

void gatekeeper_state::tell_again(const delivery_report& m, const reply& r) {
  if (r.what == reply::kind::failed && r.why.code == ec::unavailable)
    self_->delayed_send(self_, std::chrono::milliseconds{500}, m);
}

void gatekeeper_state::reported(const delivery_report& m) {
  if (m.outreach_id.starts_with("alt_")) return alert_reported(m);
  line_up({[this, m] {
             read({{"outreach", m.outreach_id}}, [this, m](std::vector<value>& found) {
               if (text_of(found.front(), "status") != "pending") return finish({});
               const auto now = agents::time_or_null(node_->outside.now_us());
               auto change = value::object({{"updated_at", now}});
               const bool sent = m.error.empty();
               change.set("status", sent ? "sent" : "failed");
               change.set("delivery",
                          sent ? value::object({{"message_id", m.message_id}, {"sent_at", now}})
                               : value::object({{"error", m.error}}));
               write_outreach(m.outreach_id, found.front(), change,
                              sent ? "OUTREACH_SENT" : "OUTREACH_FAILED",
                              sent ? std::string{} : m.error);
             });
           },
           [this, m](const reply& r) { tell_again(m, r); }});
}

void gatekeeper_state::write_outreach(const std::string& id, const value& stored,
                                      const value& change, const char* event,
                                      const std::string& error) {
  consider m;
  m.tenant = id_;
  m.first = {{agents::planned_write::kind::merge, "outreach", id, change, std::nullopt}};
  consider_plan(std::move(m), [=, this](considered& c) {
    if (!c.error.empty())
      return fail({c.unavailable ? ec::unavailable : ec::unprocessable, c.error, {}, {}});
    auto draft = *gate_;
    auto s = new_step();
    s.publish(event, "outreach/" + id,
              value::object({{"outreach_id", id},
                             {"customer_id", stored.get("customer_id")},
                             {"outreach_type", stored.get("outreach_type")},
                             {"channel", stored.get("channel")}}));
    if (const auto decision = text_of(stored, "decision_id"); !decision.empty())
      draft.delivered(s, decision, error);
    commit(std::move(draft), std::move(s), std::move(*c.ops),
           [this](const batch_result&) { finish({}); });
  });
}

/// Body: {url, signature, form}, made by the gateway of what Twilio sent.
void gatekeeper_state::called_back(agents_action what, const value& body) {
  check_signature question{id_, text_of(body, "url"), text_of(body, "signature"), {}};
  const auto twilio = gate_->settings().get("twilio");
  if (const auto url = text_of(twilio, "public_url"); !url.empty())
    question.url = url + text_of(body, "target");
  const auto form = body.get("form");
  for (const auto& m : form.members())
    if (m.item.is_string()) question.form.emplace(m.key.as_string(), m.item.as_string());
  const auto courier = node_->services->slot("agents/courier")->get();
  if (!courier)
    return fail({ec::unavailable, "the courier is restarting", {}, std::chrono::milliseconds{500}});
  self_->request(courier, std::chrono::seconds{30}, std::move(question))
      .then(
          [this, what, form](bool is_signed) {
            if (!is_signed)
              return refuse_call("The signature is not the one of this tenant's account", form);
            if (what == agents_action::twilio_voice) return answer_call(form);
            find_called(what, form);
          },
          [this](caf::error&) {
            fail(
                {ec::unavailable, "the courier is restarting", {}, std::chrono::milliseconds{500}});
          });
}

void gatekeeper_state::refuse_call(const std::string& why, const value& form) {
  auto draft = *gate_;
  auto s = new_step();
  const auto now = s.now_us();
  // Whoever forges many does not fill the log.
  if (now - refused_us_ >= 10'000'000) {
    refused_us_ = now;
    draft.audit(s, "external_call", "warning", "twilio", "Webhook refused", "webhook",
                text_of(form, "MessageSid").empty() ? "unknown" : text_of(form, "MessageSid"),
                value::object({{"reason", why}}));
  }
  commit(std::move(draft), std::move(s), {}, [this, why](const batch_result&) {
    fail({ec::forbidden, why, {}, {}});
  });
}

void gatekeeper_state::answer_call(const value& form) {
  auto draft = *gate_;
  auto s = new_step();
  const auto all = draft.settings();
  draft.audit(s, "external_call", "info", "twilio", "Call answered", "call",
              text_of(form, "CallSid"), value::empty_object());
  const auto name = text_of(all, "title");
  commit(std::move(draft), std::move(s), {}, [this, name](const batch_result&) {
    finish(twiml("<Say>" + escaped(name) + ": please send us a message.</Say><Hangup/>"));
  });
}

void gatekeeper_state::find_called(agents_action what, const value& form) {
  const auto sid = text_of(form, "MessageSid");
  const auto text = text_of(form, "Body");
  const bool incoming = what == agents_action::twilio_incoming;
  const auto from = number_of_address(text_of(form, "From"));
  const auto filter = incoming ? value::object({{"customer_phone", from}})
                               : value::object({{"delivery.message_id", sid}});
  search({id_, "outreach", workflow::to_json(filter), incoming ? "-created_at" : "",
          incoming ? 20u : 1u},
         [=, this](std::vector<value>& found) {
           if (!incoming) {
             const auto status = status_of(text_of(form, "MessageStatus"));
             if (found.empty() || status.empty()) return finish(twiml({}));
             answer_ = [answer = std::move(answer_)](const reply& r) {
               // What we know better already is no fault of theirs.
               answer(r.what == reply::kind::failed && r.why.code == ec::conflict ? twiml({}) : r);
             };
             auto change = value::object({{"status", status}});
             if (status == "failed")
               change.set("delivery",
                          value::object({{"error", "Twilio error " + text_of(form, "ErrorCode")}}));
             return outreach_changed(text_of(found.front(), "id"), found.front(), change);
           }
           const value* open = nullptr;
           for (const auto& o : found) {
             if (text_of(o.get("response"), "inbound_id") == sid && !sid.empty())
               return refuse_call("This message was received before", form);
             const auto status = text_of(o, "status");
             if (!open && o.get("reply_to").is_null() &&
                 (status == "sent" || status == "delivered" || status == "read"))
               open = &o;
           }
           if (!open) return unexpected(from, form);
           answer_ = [answer = std::move(answer_)](const reply& r) {
             answer(r.what == reply::kind::failed ? r : twiml({}));
           };
           outreach_changed(
               text_of(*open, "id"), *open,
               value::object({{"status", "responded"},
                              {"response", value::object({{"text", text}, {"inbound_id", sid}})}}));
         });
}

/// Words of somebody who was asked nothing: a person has to look.
void gatekeeper_state::unexpected(const std::string& from, const value& form) {
  auto draft = *gate_;
  auto s = new_step();
  s.publish("OUTREACH_UNEXPECTED", "messages/" + text_of(form, "MessageSid"),
            value::object({{"from", from}, {"text", text_of(form, "Body")}}));
  draft.audit(s, "external_call", "info", "twilio", "A message that answers nothing", "message",
              text_of(form, "MessageSid").empty() ? "unknown" : text_of(form, "MessageSid"),
              value::empty_object());
  commit(std::move(draft), std::move(s), {}, [this](const batch_result&) { finish(twiml({})); });
}

} // namespace steward
