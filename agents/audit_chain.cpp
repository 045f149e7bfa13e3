#include "agents/audit_chain.hpp"

#include "messages/digest.hpp"
#include "workflow/json.hpp"

#include <algorithm>
#include <cstdio>

namespace steward::agents {

namespace {

using workflow::value;

/// Stores may give members back in another order than they were written in.
value sorted(const value& v) {
  if (v.is_array()) {
    auto out = value::empty_array();
    for (const auto& item : v.items()) out.push_back(sorted(item));
    return out;
  }
  if (!v.is_object()) return v;
  std::vector<workflow::member> members{v.members().begin(), v.members().end()};
  std::ranges::sort(
      members, [](const auto& a, const auto& b) { return a.key.as_string() < b.key.as_string(); });
  for (auto& m : members) m.item = sorted(m.item);
  return value::object(std::move(members));
}

} // namespace

std::string audit_id(uint64_t sequence) {
  char text[32];
  std::snprintf(text, sizeof text, "log_%012llu", static_cast<unsigned long long>(sequence));
  return text;
}

std::string hashed_text(const value& document) {
  auto rest = document;
  rest.erase("hash");
  return workflow::to_json(sorted(rest));
}

audit_chain::entry audit_chain::add(value document) {
  ++sequence_;
  entry e{audit_id(sequence_), std::move(document)};
  e.document.set("id", e.id);
  e.document.set("sequence", sequence_);
  e.document.set("previous_hash", hash_);
  hash_ = sha256_digest(hashed_text(e.document));
  e.document.set("hash", hash_);
  return e;
}

std::string audit_check::next(const std::string& id, const value& document) {
  const auto sequence = document.get("sequence");
  const auto expected = chain_sequence_ + 1;
  if (!sequence.is_int() || static_cast<uint64_t>(sequence.as_int()) != expected)
    return "entry " + id + " stands where entry " + std::to_string(expected) + " should be";
  if (id != audit_id(expected)) return "entry " + id + " has another id than its sequence says";
  const auto previous = document.get("previous_hash"), hash = document.get("hash");
  if (!previous.is_string() || previous.as_string() != hash_)
    return "entry " + id + " does not follow the entry before it";
  const auto computed = sha256_digest(hashed_text(document));
  if (!hash.is_string() || hash.as_string() != computed)
    return "entry " + id + " was changed: its content does not have its hash";
  chain_sequence_ = expected;
  hash_ = computed;
  return {};
}

} // namespace steward::agents
