#include "agents/plan.hpp"

#include "agents/base_collections.hpp"
#include "agents/documents.hpp"
#include "intelligence/instants.hpp"
#include "messages/records.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace steward::agents {

namespace {

using workflow::value;

constexpr size_t writes_most = 2'000;
constexpr size_t proposals_most = 200;
constexpr double amount_most = 1e12;

struct misfit {
  std::string what;
};

std::string text(const value& v, std::string_view member) {
  const auto* found = v.find(member);
  if (!found || found->is_null()) return {};
  if (!found->is_string()) throw misfit{std::string{member} + " is no text"};
  return std::string{found->as_string()};
}
std::string needed(const value& v, std::string_view member) {
  auto read = text(v, member);
  if (read.empty()) throw misfit{std::string{member} + " is missing"};
  return read;
}
value object(const value& v, std::string_view member) {
  const auto* found = v.find(member);
  if (!found || found->is_null()) return value::empty_object();
  if (!found->is_object()) throw misfit{std::string{member} + " is no object"};
  return *found;
}
std::optional<double> number(const value& v, std::string_view member) {
  const auto* found = v.find(member);
  if (!found || found->is_null()) return std::nullopt;
  if (!found->is_number()) throw misfit{std::string{member} + " is no number"};
  return found->as_double();
}
template <class Read>
void each(const value& v, std::string_view list, size_t most, Read read) {
  const auto* found = v.find(list);
  if (!found || found->is_null()) return;
  if (!found->is_array()) throw misfit{std::string{list} + " is no list"};
  if (found->size() > most)
    throw misfit{std::string{list} + " has more than " + std::to_string(most)};
  for (size_t i = 0; i < found->size(); ++i) {
    try {
      if (!found->items()[i].is_object()) throw misfit{"this is no object"};
      read(found->items()[i]);
    } catch (const misfit& m) {
      throw misfit{std::string{list} + "/" + std::to_string(i) + ": " + m.what};
    }
  }
}

planned_write read_write(const value& v) {
  planned_write w;
  w.collection = needed(v, "collection");
  w.id = needed(v, "id");
  if (!is_collection_name(w.collection)) throw misfit{"collection is no name"};
  if (!is_record_id(w.id)) throw misfit{"id is no id of a record"};
  if (const auto* version = v.find("if_version"); version && !version->is_null()) {
    if (!version->is_int() || version->as_int() < 0) throw misfit{"if_version is no version"};
    w.if_version = static_cast<uint64_t>(version->as_int());
  }
  const auto *data = v.find("data"), *merge = v.find("merge"), *removed = v.find("delete");
  if ((data != nullptr) + (merge != nullptr) + (removed != nullptr) != 1)
    throw misfit{"it takes one of data, merge, delete"};
  w.what = data    ? planned_write::kind::put
           : merge ? planned_write::kind::merge
                   : planned_write::kind::remove;
  // What becomes of a message is for packs to say; all else of the server's own is the gate's.
  const bool of_message = w.collection == "outreach" && merge != nullptr;
  if (is_base_collection(w.collection) && !of_message)
    throw misfit{w.collection + " is written by the gate only"};
  if (data || merge) {
    w.data = data ? *data : *merge;
    if (!w.data.is_object()) throw misfit{"data is no object"};
  }
  return w;
}

/// An end that is no time would silently be another one.
std::string end_time(const value& v) {
  auto read = text(v, "expires_at");
  if (!read.empty() && !intelligence::parse_instant(read))
    throw misfit{"expires_at is no instant such as 2026-11-21T09:00:00Z"};
  return read;
}

planned_message read_message(const value& v, const value& context) {
  planned_message m;
  m.customer_id = text(v, "customer_id");
  const auto asked = text(context, "customer_id");
  if (m.customer_id.empty()) m.customer_id = asked;
  if (m.customer_id.empty()) throw misfit{"customer_id is missing"};
  // Limits and consent are those of one person.
  if (!asked.empty() && asked != m.customer_id)
    throw misfit{"customer_id is another one than the decision's"};
  m.customer_name = text(v, "customer_name");
  m.customer_phone = text(v, "customer_phone");
  m.outreach_type = needed(v, "outreach_type");
  m.channel = text(v, "channel");
  constexpr std::array<std::string_view, 5> channels{"", "whatsapp", "sms", "email", "push"};
  if (std::ranges::find(channels, m.channel) == channels.end())
    throw misfit{"channel is none of whatsapp, sms, email, push"};
  m.language = text(v, "language");
  m.zone = text(v, "zone");
  m.template_name = text(v, "template");
  m.text = text(v, "message");
  if (m.template_name.empty() == m.text.empty()) throw misfit{"it takes a template or a message"};
  m.fields = object(v, "fields");
  m.offer_details = v.get("offer_details");
  m.expires_at = end_time(v);
  m.reply_to = text(v, "reply_to");
  m.trigger_id = text(v, "trigger_id");
  m.trigger_type = text(v, "trigger_type");
  if (m.trigger_id.empty()) m.trigger_id = text(context, "trigger_id");
  if (m.trigger_type.empty()) m.trigger_type = text(context, "trigger_type");
  return m;
}

proposal read_proposal(const value& v) {
  proposal p;
  p.decision_type = needed(v, "decision_type");
  if (!is_collection_name(p.decision_type)) throw misfit{"decision_type is no name"};
  p.summary = needed(v, "summary");
  p.action_taken = text(v, "action_taken");
  p.priority = text(v, "priority");
  p.key = text(v, "key");
  p.expires_at = end_time(v);
  p.revenue = number(v, "revenue").value_or(0);
  if (!(std::abs(p.revenue) <= amount_most)) throw misfit{"revenue is no amount"};
  if (p.summary.size() > 2'000 || p.key.size() > 500) throw misfit{"summary or key is too long"};
  if (const auto* reasons = v.find("reasons"); reasons && reasons->is_array())
    for (const auto& reason : reasons->items())
      if (reason.is_string()) p.reasons.emplace_back(reason.as_string());
  p.context = object(v, "context");
  for (const auto* member :
       {"trigger_id", "trigger_type", "customer_id", "staff_id", "service_id", "time_slot"})
    if (const auto* found = v.find(member)) p.context.set(member, *found);
  p.details = object(v, "details");
  p.act = object(v, "act");
  const auto action = read_action(p.act, p.context);
  if (!action) throw misfit{"act: " + action.error()};
  if (action->outreach) p.context.set("customer_id", action->outreach->customer_id);
  return p;
}

} // namespace

std::string proposal::customer_id() const {
  const auto* found = context.find("customer_id");
  return found && found->is_string() ? std::string{found->as_string()} : std::string{};
}

outcome<proposed_action, std::string> read_action(const value& act, const value& context) {
  try {
    proposed_action a;
    if (const auto* outreach = act.find("outreach")) a.outreach = read_message(*outreach, context);
    if (const auto* run = act.find("workflow")) {
      a.run = planned_run{needed(*run, "namespace"), needed(*run, "name"), text(*run, "version"),
                          object(*run, "input")};
    }
    each(act, "writes", writes_most, [&](const value& w) { a.writes.push_back(read_write(w)); });
    return a;
  } catch (const misfit& m) {
    return failed{m.what};
  }
}

outcome<plan, std::string> read_plan(const value& v) {
  if (!v.is_object()) return failed{std::string{"the plan is no object"}};
  try {
    plan p;
    each(v, "writes", writes_most, [&](const value& w) { p.writes.push_back(read_write(w)); });
    each(v, "proposals", proposals_most,
         [&](const value& w) { p.proposals.push_back(read_proposal(w)); });
    each(v, "messages", proposals_most,
         [&](const value& w) { p.messages.push_back(read_message(w, value::empty_object())); });
    each(v, "outcomes", writes_most, [&](const value& w) {
      p.outcomes.push_back({needed(w, "decision_id"), needed(w, "status"), text(w, "result"),
                            text(w, "booking_id"), number(w, "revenue")});
      if (!(std::abs(p.outcomes.back().revenue.value_or(0)) <= amount_most))
        throw misfit{"revenue is no amount"};
    });
    each(v, "events", writes_most, [&](const value& w) {
      const auto name = text_of(w, "event");
      for (const auto* own :
           {"APPROVAL_", "ALERT_", "DECISION_", "AGENT_", "OUTREACH_", "AUTONOMOUS_"})
        if (name.starts_with(own)) throw misfit{name + " is an event of the server's own"};
      p.events.push_back({needed(w, "event"), needed(w, "subject"), object(w, "data")});
    });
    p.answer = v.get("answer");
    if (const auto* refused = v.find("refused"); refused && refused->is_object()) {
      const auto status = refused->get("status");
      p.refused = {status.is_int() ? status.as_int() : 409, text(*refused, "detail"),
                   text(*refused, "field")};
    }
    return p;
  } catch (const misfit& m) {
    return failed{m.what};
  }
}

std::string event_type_of(std::string_view name) {
  std::string type = "dev.steward.";
  for (const char c : name)
    type += c == '_' ? '.' : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return type + ".v1";
}

} // namespace steward::agents
