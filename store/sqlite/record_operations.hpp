#pragma once

#include "store/record_shapes.hpp"
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
    int64_t shape = 0;
  };
  struct stored {
    uint64_t version = 0;
    int64_t created_us = 0;
  };
  /// Null when there is none.
  const place* find(int64_t tenant, const std::string& name);
  std::optional<stored> find_record(int64_t collection, const std::string& id);
  uint64_t next_version(int64_t collection);
  /// `row` has its number; its indexes get theirs.
  refusal declare(const place* known, collection_row& row);
  void replace_view(const collection_row& row, const std::vector<std::string>& columns,
                    bool is_new);
  record_shapes load_shapes();
  void carry_out(const shape_change& change, const record_shapes& shapes, int64_t collection);

  connection& db_;
  statement find_collection_, add_collection_, change_collection_, drop_collection_, drop_history_,
      any_record_, find_record_, next_version_, put_record_, drop_record_, add_history_, shapes_,
      put_shape_, drop_shape_, give_shape_, move_records_;
  /// None is made any more. Looking for one means reading all of the schema's table.
  bool views_full_ = false;
  std::optional<place> place_; ///< The one looked up last: most batches are about one.
};

} // namespace steward::store::sqlite
