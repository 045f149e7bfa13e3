#include "store/postgres/session.hpp"

#include "store/postgres/url.hpp"

#include <algorithm>

namespace steward::store::postgres {

namespace {

/// What libpq does by default may take minutes to notice that the other side is gone. What the URL
/// says stands.
std::string with_timeouts(const options& o) {
  auto url = o.url;
  const auto connect_s =
      std::max<int64_t>(2, std::chrono::ceil<std::chrono::seconds>(o.connect_timeout).count());
  add_option(url, "connect_timeout", std::to_string(connect_s));
  const auto keepalive_s =
      std::max<int64_t>(1, std::chrono::ceil<std::chrono::seconds>(o.keepalive).count());
  add_option(url, "keepalives_idle", std::to_string(keepalive_s));
  add_option(url, "keepalives_interval", std::to_string((keepalive_s + 1) / 2));
  add_option(url, "keepalives_count", "3");
  add_option(url, "tcp_user_timeout", std::to_string(o.unacknowledged.count()));
  return url;
}

std::string settings(const options& o, const std::string& name) {
  const auto statement_ms = std::to_string(o.statement_timeout.count());
  const auto lock_ms = std::to_string(o.lock_timeout.count());
  return "SET application_name = '" + name +
         "';"
         "SET client_encoding = 'UTF8'; SET bytea_output = 'hex'; SET search_path = pg_catalog;"
         "SET statement_timeout = " +
         statement_ms + "; SET lock_timeout = " + lock_ms +
         "; SET idle_in_transaction_session_timeout = 60000;"
         // So that the server too notices when this side is gone, and lets go of locks.
         "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5;"
         "SET tcp_keepalives_count = 3;"
         // Each statement has an index to go by. Planned once, on a table that may be empty just
         // then, it must not be planned as if the table stayed so.
         "SET plan_cache_mode = force_generic_plan; SET jit = off; SET enable_seqscan = off;"
         "SET enable_bitmapscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off;"
         // A commit is on disk when it is answered, whatever the server's default is.
         "SELECT set_config('synchronous_commit', 'on', false)"
         " WHERE current_setting('synchronous_commit') = 'off'";
}

} // namespace

std::unique_ptr<connection> connect(const options& o, const std::string& name) {
  const auto silence =
      o.statement_timeout.count() > 0 ? o.statement_timeout + o.silence : o.statement_timeout;
  auto made = std::make_unique<connection>(with_timeouts(o), silence);
  made->execute(settings(o, name));
  return made;
}

connection& session::get() {
  if (!is_open()) connect();
  return *connection_;
}

void session::connect() {
  connection_.reset();
  if (clock::now() < next_attempt_) throw sql_error{{}, true, why_};
  try {
    auto fresh = postgres::connect(options_, name_);
    ++generation_;
    fit_(*fresh);
    connection_ = std::move(fresh);
    pause_ = milliseconds{0};
  } catch (const sql_error& e) {
    why_ = std::string{"the database is away: "} + e.what();
    pause_ = std::clamp(pause_ * 2, options_.first_pause, options_.last_pause);
    next_attempt_ = clock::now() + pause_;
    throw sql_error{e.state(), true, why_};
  }
}

void session::drop() {
  if (!connection_) return; // An attempt that failed has its pause.
  connection_.reset();
  next_attempt_ = {};
}

} // namespace steward::store::postgres
