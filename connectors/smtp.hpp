#pragma once

#include "config/settings.hpp"
#include "connectors/attempt_end.hpp"
#include "connectors/url.hpp"

#include <atomic>
#include <memory>
#include <string>

/// Hands mails to a server by SMTP.
namespace steward::connectors {

struct transfer_options;

struct mail_server {
  enum class encryption : uint8_t {
    whole,      ///< smtps
    starttls,   ///< smtp: nothing is said before it.
    if_offered, ///< Only what does not leave this machine may be said in plain words.
    none
  };
  checked_url url;
  encryption tls = encryption::starttls;
};

/// `server` is smtp://host:587 or smtps://host:465. `tls` is empty, or "never", for a server on
/// this machine alone.
outcome<mail_server, std::string> read_mail_server(const std::string& server,
                                                   const std::string& tls);

struct mail {
  mail_server server;
  std::string user, password; ///< Without a user: no authentication.
  std::string from, to;       ///< Addresses alone.
  std::string from_domain;    ///< What we call ourselves.
  std::string id;             ///< That of its lines.
  std::string lines;          ///< As `mail_lines` makes them.
};

/// Thread-safe. Mails go where HTTP calls may go, and trust whom those trust.
class smtp_client {
public:
  explicit smtp_client(const config::http_client_settings& settings);
  ~smtp_client();

  /// Blocks until the server has taken it or not: 10 s for the connection, 60 s for all but the
  /// goodbye, which has as long again; about a second once `stop` is true. Words are the server's,
  /// without the password.
  attempt_end send(const mail& m, const std::atomic<bool>& stop) const;

private:
  std::unique_ptr<const transfer_options> options_;
};

} // namespace steward::connectors
