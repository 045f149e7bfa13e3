#pragma once

#include "store/record_rules.hpp"

#include <map>
#include <optional>
#include <variant>

/// Indexes are shared. What a collection declares, without names and in an order of its own, is its
/// *shape*; collections of one shape, whoever's they are, share its indexes in the database, for
/// each record carries the shape's number. So the database has as many indexes as shapes have,
/// however many collections there are.
namespace steward::store {

struct record_shape {
  /// Without names; numbered in the shape. Never empty: shape 0 is that of no indexes, and is not
  /// kept.
  std::vector<record_index> indexes;
  int64_t collections = 0; ///< How many have it.
};

/// An index of the database (two for a unique one).
struct shape_index {
  int64_t shape = 0;
  record_index index;
};

/// What has to happen when a collection is declared: drop, give the collection's records their
/// shape, create.
struct shape_change {
  int64_t shape = 0;  ///< The collection's from now on.
  bool moves = false; ///< It was another before.
  std::vector<shape_index> drop, create;
  std::vector<int64_t> changed; ///< Shapes that are not as they were, or are gone.
};

/// All shapes of a store.
class record_shapes {
public:
  void add(int64_t number, record_shape known) { shapes_[number] = std::move(known); }
  /// Null for one that no collection has.
  const record_shape* find(int64_t number) const;
  const std::map<int64_t, record_shape>& all() const { return shapes_; }

  /// A collection of shape `now` (0 for a new one) declares these indexes; none when it goes. A
  /// shape that only it has changes with it, and keeps the indexes that stay as they are. Refused
  /// past `declared_indexes_most`, and then nothing has changed.
  std::variant<shape_change, refused_record> change(int64_t now,
                                                    const std::vector<record_index>& declared);

private:
  int64_t count_indexes() const;
  int64_t free_number() const;
  void leave(int64_t number, shape_change& change);

  std::map<int64_t, record_shape> shapes_;
};

} // namespace steward::store
