#pragma once

#include "store/record_rules.hpp"
#include "store/sqlite/statement.hpp"

namespace steward::store::sqlite {

/// Carries out what batches do to collections and records, inside the writer's transaction. Each
/// call throws `sql_error`.
class record_operations {
public:
  explicit record_operations(connection& db);

  using refusal = std::optional<refused_record>;
  /// `version` becomes the collection's.
  refusal put(int64_t tenant, const put_collection& op, uint64_t& version);
  refusal drop(int64_t tenant, const drop_collection& op);
  refusal put(int64_t tenant, const put_record& op, record_result& result);
  refusal remove(int64_t tenant, const delete_record& op, record_result& result);

  /// A batch begins, or rows were rolled back: drops what was remembered.
  void forget() { place_.reset(); }

private:
  struct place {
    int64_t tenant = 0;
    std::string name;
    int64_t number = 0;
    uint64_t version = 0;
    bool keeps_history = false;
    std::string indexes;
  };
  struct stored {
    uint64_t version = 0;
    int64_t created_us = 0;
  };
  /// Null when there is none.
  const place* find(int64_t tenant, const std::string& name);
  std::optional<stored> find_record(int64_t collection, const std::string& id);
  uint64_t next_version(int64_t collection);
  refusal change_indexes(int64_t collection, const std::string& before,
                         std::vector<record_index>& after);
  void drop_index(int64_t collection, const record_index& index);

  connection& db_;
  statement find_collection_, add_collection_, change_collection_, drop_collection_, drop_history_,
      any_record_, find_record_, next_version_, put_record_, drop_record_, add_history_;
  std::optional<place> place_; ///< The one looked up last: most batches are about one.
};

} // namespace steward::store::sqlite
