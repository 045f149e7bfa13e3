#include "supervision/messages.hpp"
#include "supervision/supervisor.hpp"

#include <exception>

namespace steward::supervision {

namespace {

constexpr auto category = caf::atom("supervise");
/// Of a reason; longer ones are cut, because every level of an escalation quotes the one below.
constexpr size_t reason_length_max = 500;

std::string shorten(std::string text) {
  if (text.size() <= reason_length_max) return text;
  auto end = reason_length_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end; // whole UTF-8
  text.resize(end);
  return text + "...";
}

std::string exit_text(caf::exit_reason reason) {
  switch (reason) {
  case caf::exit_reason::normal:
    return "normal";
  case caf::exit_reason::kill:
    return "killed";
  case caf::exit_reason::user_shutdown:
    return "shutdown";
  default:
    return to_string(reason);
  }
}

/// The context is a text for people only if it is one string, and not even then when CAF put a
/// message there that nobody understood.
std::string context_text(const caf::error& reason) {
  if (reason == caf::sec::unexpected_message || reason == caf::sec::unexpected_response) return {};
  const auto& context = reason.context();
  if (context.size() != 1 || !context.match_element<std::string>(0)) return {};
  return context.get_as<std::string>(0);
}

std::string code_text(caf::actor_system& sys, const caf::error& reason) {
  if (reason.category() == caf::atom("system"))
    return to_string(static_cast<caf::sec>(reason.code()));
  return sys.render(caf::error{reason.code(), reason.category()});
}

caf::error crash_reason(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& e) {
    return make_error(supervision_errc::crashed, e.what());
  } catch (...) {
    return make_error(supervision_errc::crashed, "an exception of unknown type");
  }
}

} // namespace

caf::error make_error(supervision_errc code, std::string text) {
  return {static_cast<uint8_t>(code), category, caf::make_message(shorten(std::move(text)))};
}

std::string reason_text(caf::actor_system& sys, const caf::error& reason) {
  if (!reason) return "normal";
  if (reason.category() == caf::atom("exit"))
    return exit_text(static_cast<caf::exit_reason>(reason.code()));
  auto context = context_text(reason);
  if (reason.category() == category) return context;
  auto code = code_text(sys, reason);
  return shorten(context.empty() ? code : code + ": " + context);
}

caf::message_handler prepare(caf::event_based_actor* self) {
  self->set_default_handler(caf::drop);
  self->set_exception_handler(
      [](std::exception_ptr& thrown) -> caf::error { return crash_reason(thrown); });
  return {
      [self](const get_mailbox&) { return static_cast<uint64_t>(self->mailbox().size()); },
  };
}

} // namespace steward::supervision
