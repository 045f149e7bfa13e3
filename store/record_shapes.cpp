#include "store/record_shapes.hpp"

#include "store/record_sql.hpp"

#include <algorithm>
#include <tuple>

namespace steward::store {

namespace {

bool alike(const record_index& a, const record_index& b) {
  return a.fields == b.fields && a.unique == b.unique;
}

/// What of a declaration makes the shape: each index once, without its name.
std::vector<record_index> shape_of(const std::vector<record_index>& declared) {
  auto indexes = declared;
  for (auto& index : indexes) {
    index.name.clear();
    index.number = 0;
  }
  std::ranges::sort(indexes, {}, [](const auto& i) { return std::tie(i.fields, i.unique); });
  const auto again = std::ranges::unique(indexes, alike);
  indexes.erase(again.begin(), again.end());
  return indexes;
}

bool same_shape(const record_shape& shape, const std::vector<record_index>& wanted) {
  return std::ranges::is_permutation(shape.indexes, wanted, alike);
}

} // namespace

const record_shape* record_shapes::find(int64_t number) const {
  const auto at = shapes_.find(number);
  return at == shapes_.end() ? nullptr : &at->second;
}

std::variant<shape_change, refused_record>
record_shapes::change(int64_t now, const std::vector<record_index>& declared) {
  auto wanted = shape_of(declared);
  const auto* own = find(now);
  shape_change done{now, false, {}, {}, {}};
  if (own ? same_shape(*own, wanted) : wanted.empty()) return done;
  const auto known = std::ranges::find_if(
      shapes_, [&](const auto& each) { return same_shape(each.second, wanted); });
  if (wanted.empty() || known != shapes_.end()) {
    done.shape = wanted.empty() ? 0 : known->first;
    done.moves = true;
    if (done.shape != 0) {
      ++known->second.collections;
      done.changed.push_back(done.shape);
    }
    leave(now, done);
    return done;
  }
  const bool alone = own && own->collections == 1;
  const auto changes = plan_indexes(alone ? own->indexes : std::vector<record_index>{}, wanted);
  if (auto refused = refuse_indexes(count_indexes(), changes)) return *refused;
  if (!alone) {
    leave(now, done);
    done.shape = free_number();
    done.moves = true;
  }
  for (const auto& index : changes.drop) done.drop.push_back({done.shape, index});
  for (const auto& index : changes.create) done.create.push_back({done.shape, index});
  shapes_[done.shape] = {std::move(wanted), 1};
  done.changed.push_back(done.shape);
  return done;
}

void record_shapes::leave(int64_t number, shape_change& change) {
  const auto at = shapes_.find(number);
  if (at == shapes_.end()) return;
  change.changed.push_back(number);
  if (--at->second.collections > 0) return;
  for (const auto& index : at->second.indexes) change.drop.push_back({number, index});
  shapes_.erase(at);
}

int64_t record_shapes::count_indexes() const {
  int64_t count = 0;
  for (const auto& [number, shape] : shapes_) count += count_database_indexes(shape.indexes);
  return count;
}

int64_t record_shapes::free_number() const {
  int64_t number = 1;
  for (const auto& [taken, shape] : shapes_)
    if (taken == number) ++number;
  return number;
}

} // namespace steward::store
