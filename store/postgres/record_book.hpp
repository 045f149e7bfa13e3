#pragma once

#include "store/postgres/book.hpp"
#include "store/postgres/row_book.hpp"
#include "store/postgres/tenant_book.hpp"
#include "store/record_shapes.hpp"

namespace steward::store::postgres {

/// Collections and their records.
class record_book final : public book {
public:
  void want(const tenant_state& tenant, const put_collection& op);
  void want(const tenant_state& tenant, const drop_collection& op);
  void want(const tenant_state& tenant, const put_record& op);
  void want(const tenant_state& tenant, const delete_record& op);
  void load(connection& db) override;

  using refusal = std::optional<refused_record>;
  /// `version` becomes the collection's.
  refusal put(const tenant_state& tenant, const put_collection& op, uint64_t& version);
  refusal drop(const tenant_state& tenant, const drop_collection& op);
  refusal put(const tenant_state& tenant, const put_record& op, record_result& result);
  refusal remove(const tenant_state& tenant, const delete_record& op, record_result& result);

  void keep() override;
  void take_back() override;
  void write(group_statement& into) override;
  void discard() override;

  /// What the group changes of indexes and views: to be run after its rows are written, in the same
  /// transaction.
  const std::vector<std::string>& schema_changes() const { return schema_changes_; }

private:
  using collection_key = std::tuple<int32_t, std::string_view>;
  using record_key = std::tuple<int32_t, std::string_view, std::string_view>;
  struct collection_state {
    int64_t number = 0;
    uint64_t version = 0, newest_version = 0;
    bool keeps_history = false;
    std::vector<record_index> indexes;
    int64_t shape = 0;
    bool any_record = false;                 ///< Known to a `drop_collection`.
    const put_collection* changed = nullptr; ///< When the group changes more than newest_version.
  };
  struct record_state {
    uint64_t version = 0;
    int64_t created_us = 0, updated_us = 0;
    const std::string* data = nullptr; ///< When it is new.
  };
  struct old_version {
    int32_t tenant = 0;
    int64_t collection = 0;
    std::string_view id;
    record_state what; ///< Without data: it was deleted.
  };
  void want(const tenant_state& tenant, const std::string& collection, const std::string& id);
  void load_collections(connection& db);
  void load_records(connection& db);
  void load_shapes(connection& db);
  void carry_out(const shape_change& change, int64_t collection);
  void write_collections(group_statement& into) const;
  void write_records(group_statement& into) const;
  void write_history(group_statement& into) const;

  row_book<collection_key, collection_state> collections_;
  row_book<record_key, record_state> records_;
  std::vector<old_version> history_;
  size_t kept_history_ = 0; ///< How many of it are of batches that were accepted.
  std::vector<std::string> schema_changes_;
  size_t kept_changes_ = 0;
  int64_t numbers_wanted_ = 0;
  bool shapes_wanted_ = false;
  record_shapes shapes_, kept_shapes_; ///< Known when they are wanted.
  std::vector<int64_t> free_numbers_;  ///< For new collections.
};

} // namespace steward::store::postgres
