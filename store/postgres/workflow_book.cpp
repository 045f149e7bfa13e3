#include "store/postgres/workflow_book.hpp"

#include "store/postgres/sql_writing.hpp"

namespace steward::store::postgres {

void workflow_book::want(int64_t id) {
  if (!known_.contains(id)) ids_.want(id);
}

void workflow_book::want(const tenant_state& tenant, const workflow_ref& ref) {
  versions_.want({tenant.id, ref.namespace_, ref.name, ref.version});
  ++ids_wanted_;
}

void workflow_book::load(connection& db) {
  if (!ids_.wanted().empty()) {
    column<int64_t> ids;
    for (const auto* item : ids_.wanted()) ids.add(item->first);
    for (const auto row : db.run(writing::find_workflows, parameters::of(ids)))
      known_[row.integer(0)] = {static_cast<int32_t>(row.integer(1)), row.integer(2)};
  }
  const auto& wanted = versions_.wanted();
  if (wanted.empty()) return;
  for (const auto row : db.run(writing::free_workflows, parameters::of(ids_wanted_)))
    free_ids_.push_back(row.integer(0));
  column<int32_t> tenants;
  column<std::string_view> namespaces, names, versions;
  for (const auto* item : wanted) {
    const auto& [tenant, namespace_, name, version] = item->first;
    tenants.add(tenant);
    namespaces.add(namespace_);
    names.add(name);
    versions.add(version);
    families_.want({tenant, namespace_, name});
  }
  const auto found =
      db.run(writing::find_versions, parameters::of(tenants, namespaces, names, versions));
  for (const auto row : found) {
    const auto at = static_cast<size_t>(row.integer(0) - 1);
    const auto& [tenant, namespace_, name, version] = wanted.at(at)->first;
    const auto of_name = row.integer(3);
    if (!row.is_null(1)) versions_.found(at, {{row.integer(1), row.string(2)}, nullptr, of_name});
    if (row.is_null(3)) continue;
    for (size_t i = 0; i < families_.wanted().size(); ++i)
      if (families_.wanted()[i]->first == name_key{tenant, namespace_, name})
        families_.found(i, {of_name});
  }
}

const workflow_book::place* workflow_book::find(int64_t id) const {
  if (const auto at = known_.find(id); at != known_.end()) return &at->second;
  return ids_.find(id);
}

std::optional<workflow_book::deployed> workflow_book::find(const tenant_state& tenant,
                                                           const workflow_ref& ref) const {
  const auto* found = versions_.find({tenant.id, ref.namespace_, ref.name, ref.version});
  if (!found) return std::nullopt;
  return found->what;
}

int64_t workflow_book::add(const tenant_state& tenant, const workflow_row& row) {
  const auto id = free_ids_.back();
  free_ids_.pop_back();
  const auto& ref = row.ref;
  // The first version of a name founds the family, the others join it.
  auto& family = families_.edit({tenant.id, ref.namespace_, ref.name});
  if (family.id == 0) family.id = id;
  versions_.edit({tenant.id, ref.namespace_, ref.name, ref.version}) = {
      {id, row.digest}, &row, family.id};
  ids_.edit(id) = {tenant.id, family.id};
  return id;
}

void workflow_book::keep() {
  ids_.keep();
  versions_.keep();
  families_.keep();
}

void workflow_book::take_back() {
  ids_.take_back();
  versions_.take_back();
  families_.take_back();
}

void workflow_book::write(group_statement& into) {
  column<int64_t> ids, families, created;
  column<int32_t> tenants;
  column<std::string_view> namespaces, names, versions, digests, sources, resources;
  versions_.for_each_change([&](const version_key& key, const auto& state) {
    if (!state.now) return;
    const auto& added = *state.now;
    ids.add(added.what.id);
    tenants.add(std::get<0>(key));
    families.add(added.family);
    namespaces.add(std::get<1>(key));
    names.add(std::get<2>(key));
    versions.add(std::get<3>(key));
    digests.add(added.row->digest);
    sources.add(added.row->source);
    created.add(added.row->created_us);
    resources.add(added.row->resources);
  });
  into.add(writing::add_workflows, ids, tenants, families, namespaces, names, versions, digests,
           sources, created, resources);
}

void workflow_book::settle() {
  ids_.for_each_row([&](int64_t id, const place& where) { known_[id] = where; });
  discard();
}

void workflow_book::discard() {
  ids_.clear();
  versions_.clear();
  families_.clear();
  free_ids_.clear();
  ids_wanted_ = 0;
}

void workflow_book::forget() {
  discard();
  known_.clear();
}

} // namespace steward::store::postgres
