#pragma once

#include "store/postgres/book.hpp"
#include "store/postgres/row_book.hpp"
#include "store/postgres/tenant_book.hpp"

namespace steward::store::postgres {

constexpr int64_t key_lifetime_us = 24LL * 3600 * 1'000'000;

/// Idempotency keys: which run a request has started, for a day.
class key_book final : public book {
public:
  struct use {
    run_id run;
    std::string fingerprint;
    int64_t created_us = 0;
  };
  void want(const tenant_state& tenant, const std::string& key);
  void load(connection& db) override;

  /// Null when the key is free, though it may have been used long before `now_us`.
  const use* find(const tenant_state& tenant, const std::string& key, int64_t now_us) const;
  void put(const tenant_state& tenant, const insert_run& op);

  void keep() override;
  void take_back() override;
  void write(group_statement& into) override;
  void settle() override;
  void discard() override;
  void forget() override;

private:
  /// Old keys are swept a few at a time, faster than new ones come.
  struct backlog {
    uint64_t added = 0; ///< Keys since the last one.
    int64_t newest_us = 0;
  };

  row_book<std::pair<int32_t, std::string>, use> keys_;
  std::map<int32_t, backlog> sweeps_; ///< By tenant.
  std::vector<int32_t> swept_;        ///< By the open group.
};

} // namespace steward::store::postgres
