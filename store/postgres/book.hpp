#pragma once

#include "messages/write_batch.hpp"
#include "store/postgres/connection.hpp"
#include "store/postgres/group_statement.hpp"

namespace steward::store::postgres {

/// What a group knows of, and does to, one kind of thing. A group is worked through in this order:
/// every batch says what it will look at (each book has its own `want`); `load`; each batch is
/// decided and then kept or taken back; `write`; `settle` once it is on disk, or `discard`.
class book {
public:
  virtual ~book() = default;
  /// Looks up what was asked for, in one query, or in none when nothing was.
  virtual void load(connection&) {}
  virtual void keep() {}
  virtual void take_back() {}
  virtual void write(group_statement& into) = 0;
  /// Forgets the group. What it says of things that live longer is true from now on.
  virtual void settle() { discard(); }
  /// Forgets the group as if it had never been.
  virtual void discard() = 0;
  /// Forgets everything: another may have written.
  virtual void forget() { discard(); }
};

} // namespace steward::store::postgres
