#pragma once

#include "store/postgres/book.hpp"
#include "store/postgres/row_book.hpp"
#include "store/postgres/tenant_book.hpp"

#include <unordered_map>

namespace steward::store::postgres {

/// Deployed workflows. What is known of an id is kept from group to group: it never changes.
class workflow_book final : public book {
public:
  struct place {
    int32_t tenant = 0;
    int64_t family = 0;
  };
  void want(int64_t id);
  void want(const tenant_state& tenant, const workflow_ref& ref);
  void load(connection& db) override;

  /// Null when there is no such workflow.
  const place* find(int64_t id) const;

  struct deployed {
    int64_t id = 0;
    std::string digest;
  };
  std::optional<deployed> find(const tenant_state& tenant, const workflow_ref& ref) const;
  /// Adds a version that is not there; its id.
  int64_t add(const tenant_state& tenant, const workflow_row& row);

  void keep() override;
  void take_back() override;
  void write(group_statement& into) override;
  void settle() override;
  void discard() override;
  void forget() override;

private:
  using name_key = std::tuple<int32_t, std::string_view, std::string_view>;
  using version_key = std::tuple<int32_t, std::string_view, std::string_view, std::string_view>;
  struct deployment {
    deployed what;
    const workflow_row* row = nullptr; ///< When it is new.
    int64_t family = 0;
  };
  struct founder {
    int64_t id = 0;
  };

  std::unordered_map<int64_t, place> known_;
  row_book<int64_t, place> ids_;
  row_book<version_key, deployment> versions_;
  row_book<name_key, founder> families_;
  int64_t ids_wanted_ = 0;
  std::vector<int64_t> free_ids_; ///< For new versions.
};

} // namespace steward::store::postgres
