#include "actors/agents/senders.hpp"
#include "agents/documents.hpp"
#include "connectors/mail_message.hpp"

namespace steward {

using agents::text_of;

namespace {

/// What the mail is about, when the owner does not say.
std::string subject_of(const workflow::value& settings, const connectors::mailbox& from) {
  auto subject = text_of(settings.get("email"), "subject");
  if (subject.empty()) subject = text_of(settings, "title");
  if (subject.empty()) subject = from.name.empty() ? from.domain() : from.name;
  return subject;
}

/// Empty when there is none.
std::string secret_text(const connectors::secret_directory& secrets, const tenant_id& tenant,
                        const char* name) {
  const auto found = secrets.read(tenant, name);
  return found && found->is_string() ? std::string{found->as_string()} : std::string{};
}

} // namespace

outcome<dispatch, std::string> to_mail(const deliver& m,
                                       const connectors::secret_directory& secrets) {
  const auto email = m.settings.get("email");
  const auto from = connectors::read_mailbox(text_of(email, "from"));
  if (!from) return failed{"settings.email.from: " + from.error()};
  auto server = connectors::read_mail_server(text_of(email, "server"), text_of(email, "tls"));
  if (!server) return failed{std::move(server.error())};
  const auto user = secret_text(secrets, m.tenant, "smtp_user");
  const auto password = secret_text(secrets, m.tenant, "smtp_password");
  if (user.empty() != password.empty())
    return failed{std::string{"the secrets smtp_user and smtp_password are not both there"}};
  const auto written = text_of(m.document, "customer_email");
  if (written.empty()) return failed{std::string{"the customer has no e-mail address"}};
  const auto to = connectors::read_mailbox(written);
  if (!to) return failed{"the customer's e-mail address: " + to.error()};
  const auto id = connectors::message_id(m.outreach_id, *from);
  auto lines =
      connectors::mail_lines({.from = *from,
                              .to = to->address,
                              .subject = subject_of(m.settings, *from),
                              .text = text_of(m.document, "message"),
                              .id = id,
                              .written_us = agents::time_of(m.document.get("created_at"))});
  if (!lines) return failed{std::move(lines.error())};
  return dispatch{connectors::mail{.server = std::move(*server),
                                   .user = user,
                                   .password = password,
                                   .from = from->address,
                                   .to = to->address,
                                   .from_domain = from->domain(),
                                   .id = id,
                                   .lines = std::move(*lines)}};
}

} // namespace steward
