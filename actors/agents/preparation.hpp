#pragma once

#include "actors/agents/messages.hpp"
#include "actors/record_schemas.hpp"
#include "agents/placeholders.hpp"
#include "messages/world.hpp"

namespace steward {

/// Reads what a decision looks at, decides, and makes ready what it wants written: merges with what
/// is stored, judges by the collections' schemas. One thread at a time.
class preparation {
public:
  preparation(store::reader& reader, record_schemas& schemas, world& outside)
      : reader_(reader), schemas_(schemas), outside_(outside) {}

  considered consider_all(const consider& m);

private:
  struct problem {
    std::string what;
    bool unavailable = false;
  };
  workflow::value observe(const consider& m, int64_t now_us);
  workflow::value observed(const tenant_id& tenant, const agents::observation& o,
                           const agents::moment& at);
  agents::plan decide(const consider& m, const workflow::value& seen, int64_t now_us);
  void write(const tenant_id& tenant, const agents::planned_write& w);
  workflow::value stored(const tenant_id& tenant, const std::string& collection,
                         const std::string& id);
  template <class T>
  static T read(store::result<T> r);

  /// A record as this plan leaves it.
  struct draft {
    agents::planned_write::kind what = agents::planned_write::kind::put;
    workflow::value data;
    std::optional<uint64_t> if_version;
  };

  store::reader& reader_;
  record_schemas& schemas_;
  world& outside_;
  std::map<std::pair<std::string, std::string>, draft> drafts_;
  std::vector<std::pair<std::string, std::string>> order_;
};

} // namespace steward
