#include "store/postgres/connection.hpp"

#include "store/postgres/libpqxx.hpp"
#include "store/postgres/silence_guard.hpp"
#include "store/postgres/url.hpp"

#include <charconv>

namespace steward::store::postgres {

namespace {

/// PostgreSQL's messages come with a line end and a line of SQL; one line is enough for a log.
std::string one_line(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  for (auto& c : text)
    if (c == '\n') c = ' ';
  return text;
}

/// The server ends the connection, whatever the client's library has noticed of it: an
/// administrator's command, a crash, a shutdown; or it is no good any more: another server was made
/// the one that takes writes (25006).
bool ends_connection(const std::string& state) {
  return state.starts_with("57P0") || state.starts_with("08") || state == "25006";
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

} // namespace

bool sql_error::blames_data() const {
  return state_.starts_with("22") || state_.starts_with("23") || state_.starts_with("54");
}

bool sql_error::may_pass() const {
  return state_ == "40001" || state_ == "40P01" ||
         state_ == "55P03"; // serialization, deadlock, lock
}

bool sql_error::blames_store() const { return state_.starts_with("XX"); }

void corrupt(const std::string& what) { throw sql_error{"XX001", false, what}; }

// --- rows ---------------------------------------------------------------------------------------

bool row::is_null(int column) const {
  return (*all_)[at_][static_cast<pqxx::row::size_type>(column)].is_null();
}

std::string_view row::view(int column) const {
  const auto field = (*all_)[at_][static_cast<pqxx::row::size_type>(column)];
  return {field.c_str(), static_cast<size_t>(field.size())};
}

std::optional<std::string> row::maybe_string(int column) const {
  if (is_null(column)) return std::nullopt;
  return string(column);
}

int64_t row::integer(int column) const {
  const auto text = view(column);
  int64_t number = 0;
  const auto end = text.data() + text.size();
  if (const auto read = std::from_chars(text.data(), end, number); read.ptr != end)
    corrupt("\"" + std::string{text} + "\" is not a number");
  return number;
}

std::optional<int64_t> row::maybe_integer(int column) const {
  if (is_null(column)) return std::nullopt;
  return integer(column);
}

run_id row::id(int column) const {
  const auto id = run_id::parse(view(column));
  if (!id) corrupt("\"" + string(column) + "\" is not a run's id");
  return *id;
}

std::string row::bytes(int column) const {
  const auto text = view(column);
  if (text.empty() && is_null(column)) return {};
  if (!text.starts_with("\\x") || text.size() % 2 != 0) corrupt("bytes are not written as such");
  std::string bytes;
  bytes.reserve(text.size() / 2 - 1);
  for (size_t at = 2; at < text.size(); at += 2) {
    const int high = hex_digit(text[at]), low = hex_digit(text[at + 1]);
    if (high < 0 || low < 0) corrupt("bytes are not written as such");
    bytes += static_cast<char>(high << 4 | low);
  }
  return bytes;
}

// --- connections --------------------------------------------------------------------------------

connection::connection(const std::string& url, std::chrono::milliseconds silence)
    : silence_(silence) {
  try {
    library_ = libpqxx::connect(url);
  } catch (const std::exception& e) {
    throw sql_error{{}, true, one_line(masked(e.what(), url))};
  }
}

connection::~connection() = default;

template <class Work>
rows connection::guarded(const std::string& doing, std::chrono::milliseconds silence, Work work) {
  const auto fail = [&](std::string state, const char* what) {
    const bool lost = !library_->is_open() || ends_connection(state);
    throw sql_error{std::move(state), lost, one_line(what) + " (" + doing.substr(0, 60) + ")"};
  };
  const silence_guard watched{library_->sock(), silence};
  try {
    pqxx::nontransaction each{*library_};
    return rows{work(each)};
  } catch (const pqxx::broken_connection& e) {
    throw sql_error{{}, true, one_line(e.what())};
  } catch (const std::exception& e) {
    fail(libpqxx::sqlstate(e), e.what());
  }
  return rows{{}};
}

rows connection::execute(const std::string& sql) {
  return guarded(sql, silence_, [&](pqxx::nontransaction& on) { return on.exec(sql); });
}

rows connection::execute_slowly(const std::string& sql) {
  return guarded(sql, {}, [&](pqxx::nontransaction& on) { return on.exec(sql); });
}

/// A server keeps hundreds of kilobytes for each, and a writer may come to use a thousand.
void connection::make_room_for_statement() {
  constexpr size_t most = 100;
  while (prepared_in_turn_.size() >= most) {
    library_->unprepare(prepared_in_turn_.front());
    prepared_.erase(prepared_in_turn_.front());
    prepared_in_turn_.pop_front();
  }
}

rows connection::run(const statement& what, const parameters& with) {
  return guarded(what.name, silence_, [&](pqxx::nontransaction& on) {
    if (!prepared_.contains(what.name)) {
      make_room_for_statement();
      library_->prepare(what.name, what.sql);
      prepared_.insert(what.name);
      prepared_in_turn_.push_back(what.name);
    }
    return libpqxx::exec_prepared(on, what.name, with.values());
  });
}

rows connection::run_once(const std::string& sql, const parameters& with) {
  return guarded(sql, silence_, [&](pqxx::nontransaction& on) {
    return libpqxx::exec_params(on, sql, with.values());
  });
}

bool connection::is_open() const { return library_->is_open(); }
int connection::backend() const { return library_->backendpid(); }
int connection::server_version() const { return library_->server_version(); }

} // namespace steward::store::postgres
