#pragma once

#include "store/sqlite/operations.hpp"

namespace steward::store::sqlite {

/// The one writing connection with its prepared statements. A group is first applied as it comes,
/// without a safety net, since nearly always nothing is refused; only if a batch has to be undone
/// is the group rolled back and applied once more with each batch in a savepoint of its own.
class sqlite_writer final : public writer {
public:
  /// `hold` is kept alive as long as the writer. Throws `sql_error`.
  sqlite_writer(const std::filesystem::path& file, bool synchronous_full,
                std::shared_ptr<void> hold);
  commit_report commit(std::span<const write_batch* const> group) override;

private:
  enum class manner { together, apart };
  /// False when the group has to be applied apart.
  bool try_commit(std::span<const write_batch* const> group, manner how, commit_report& report);
  batch_result apply_apart(const write_batch& batch, tenant_state& tenant);
  void roll_back() noexcept;

  std::shared_ptr<void> hold_;
  connection db_;
  tenant_book book_;
  operations operations_;
  statement begin_, commit_, savepoint_, release_, undo_;
};

} // namespace steward::store::sqlite
