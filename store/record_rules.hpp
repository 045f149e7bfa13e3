#pragma once

#include "messages/write_batch.hpp"
#include "store/record_sql.hpp"

/// What every engine decides alike about records.
namespace steward::store {

struct refused_record {
  record_refusal why = record_refusal::none;
  std::string reason;
};

/// `stored` is the version of the record. Neither is there where there is none.
std::optional<refused_record> refuse(const put_record& op,
                                     std::optional<collection_edition> collection,
                                     std::optional<uint64_t> stored);
std::optional<refused_record> refuse(const delete_record& op,
                                     std::optional<collection_edition> collection,
                                     std::optional<uint64_t> stored);
refused_record no_collection(const std::string& name);
refused_record not_empty(const std::string& name);
refused_record not_unique();

/// All collections of a store share one table, and each write to it looks at each index (a unique
/// one has a twin): so there are so many of them, and no more. Collections that declare alike share
/// theirs (record_shapes.hpp).
constexpr int64_t declared_indexes_most = 500;
/// How many indexes of the database these are.
int64_t count_database_indexes(const std::vector<record_index>& declared);
/// Of an engine that has `now` of them.
std::optional<refused_record> refuse_indexes(int64_t now, const index_changes& changes);

/// The first collections have a view each, those past them none. Each is read again by SQLite after
/// every change of the schema (20,000 take more than a second), and locked by PostgreSQL when a
/// backup is restored in one transaction.
constexpr int64_t record_views_most = 1'000;

/// A page of records that is being filled. However few they are, it ends with the first one past so
/// many bytes, which tells that there are more.
class record_page {
public:
  static constexpr size_t bytes_most = 4u << 20;
  explicit record_page(size_t rows) : rows_(rows) {}

  bool full() const { return records_.size() >= rows_ || ended_; }
  size_t room() const { return rows_ - records_.size(); }
  void add(record_row record) {
    ended_ = bytes_ >= bytes_most;
    bytes_ += record.data.size();
    records_.push_back(std::move(record));
  }
  std::vector<record_row> take() { return std::move(records_); }

private:
  std::vector<record_row> records_;
  size_t rows_, bytes_ = 0;
  bool ended_ = false;
};

enum class record_change : uint8_t { created, updated, deleted };
/// What the feed tells of it: {collection, id, version}.
publish_event record_event(record_change what, const std::string& collection, const std::string& id,
                           uint64_t version, int64_t time_us);

/// Indexes as one column of text.
std::string encode_indexes(const std::vector<record_index>& indexes);
/// Nothing when the text is none that `encode_indexes` wrote.
std::optional<std::vector<record_index>> decode_indexes(std::string_view text);

} // namespace steward::store
