#pragma once

#include "messages/ids.hpp"
#include "store/postgres/parameters.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <pqxx/connection>
#include <pqxx/result>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_set>

namespace steward::store::postgres {

/// What PostgreSQL, or the way to it, refused. Thrown and caught inside this folder only.
class sql_error : public std::runtime_error {
public:
  /// `state`: the SQLSTATE; empty when there is none.
  sql_error(std::string state, bool lost, const std::string& what)
      : std::runtime_error(what), state_(std::move(state)), lost_(lost) {}
  const std::string& state() const { return state_; }
  /// The connection is gone. What was under way on it may have happened or not.
  bool lost() const { return lost_; }
  /// The data were at fault, so the same write can never succeed.
  bool blames_data() const;
  /// Two transactions got into each other's way: the same again may well succeed.
  bool may_pass() const;
  /// Another writer has taken over: see `writer_seat`.
  bool fenced() const { return state_ == "SW001"; }
  /// Another server has the shard of one of these tenants.
  bool not_ours() const { return state_ == "SW002"; }
  /// What was read can't be a healthy store.
  bool blames_store() const;

private:
  std::string state_;
  bool lost_;
};

/// What was read is not what this program writes.
[[noreturn]] void corrupt(const std::string& what);

/// A statement, prepared by each connection when it first runs it.
struct statement {
  std::string name; ///< Unique among all.
  std::string sql;  ///< Parameters are $1, $2, ..., with their types where SQL does not say them.
};

/// One row of a result. Columns count from 0. Views hold as long as the `rows`.
class row {
public:
  row(const pqxx::result& all, pqxx::result::size_type at) : all_(&all), at_(at) {}

  bool is_null(int column) const;
  std::string_view view(int column) const; ///< "" for NULL.
  std::string string(int column) const { return std::string{view(column)}; }
  std::optional<std::string> maybe_string(int column) const;
  int64_t integer(int column) const; ///< 0 for NULL.
  uint64_t number(int column) const { return static_cast<uint64_t>(integer(column)); }
  std::optional<int64_t> maybe_integer(int column) const;
  bool flag(int column) const { return view(column) == "t"; }
  run_id id(int column) const;
  std::string bytes(int column) const; ///< Of a bytea.

private:
  const pqxx::result* all_;
  pqxx::result::size_type at_;
};

/// A whole result.
class rows {
public:
  explicit rows(pqxx::result all) : all_(std::move(all)) {}
  size_t size() const { return static_cast<size_t>(all_.size()); }
  bool empty() const { return all_.empty(); }
  row operator[](size_t at) const { return {all_, static_cast<pqxx::result::size_type>(at)}; }

  class iterator {
  public:
    iterator(const rows& of, size_t at) : of_(&of), at_(at) {}
    row operator*() const { return (*of_)[at_]; }
    iterator& operator++() {
      ++at_;
      return *this;
    }
    bool operator!=(const iterator& other) const { return at_ != other.at_; }

  private:
    const rows* of_;
    size_t at_;
  };
  iterator begin() const { return {*this, 0}; }
  iterator end() const { return {*this, size()}; }

private:
  pqxx::result all_;
};

/// One connection, for one thread at a time. Nothing is sent but what is asked for: transactions
/// begin and end by `execute`. Every call is one round trip, and one more for a statement's first
/// use.
class connection {
public:
  /// A call that gets no answer for as long as `silence` is given up and the connection with it; 0:
  /// never. Throws `sql_error`.
  explicit connection(const std::string& url, std::chrono::milliseconds silence = {});
  ~connection();
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  /// Any number of statements without parameters, separated by semicolons; the last one's result.
  rows execute(const std::string& sql);
  /// What may take as long as it takes.
  rows execute_slowly(const std::string& sql);
  rows run(const statement& what, const parameters& with = {});
  /// What is not asked often enough to be prepared. Parameters are $1, $2, ..., with their types.
  rows run_once(const std::string& sql, const parameters& with);

  bool is_open() const;
  int backend() const;        ///< The process that serves it.
  int server_version() const; ///< e.g. 150004

private:
  template <class Work>
  rows guarded(const std::string& doing, std::chrono::milliseconds silence, Work work);
  void make_room_for_statement();

  std::unique_ptr<pqxx::connection> library_;
  std::chrono::milliseconds silence_;
  std::unordered_set<std::string> prepared_;
  std::deque<std::string> prepared_in_turn_; ///< The oldest first.
};

} // namespace steward::store::postgres
