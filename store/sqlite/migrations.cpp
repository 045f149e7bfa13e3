#include "store/sqlite/migrations.hpp"

#include "store/sqlite/migrations/all.hpp"
#include "store/sqlite/shape_building.hpp"

namespace steward::store::sqlite {

int64_t schema_version() { return static_cast<int64_t>(std::size(migrations::all)); }

std::optional<store_error> migrate(connection& db, const std::string& file) {
  const auto refuse = [](std::string reason) {
    return store_error{ec::conflict, std::move(reason)};
  };
  db.execute("BEGIN IMMEDIATE");
  const auto owner = db.number("PRAGMA application_id");
  const auto version = db.number("PRAGMA user_version");
  const bool is_new =
      owner == 0 && version == 0 && db.number("SELECT count(*) FROM sqlite_master") == 0;
  std::optional<store_error> problem;
  if (!is_new && owner != application_id)
    problem = refuse(file + " is a SQLite database of another application; it was left as it is");
  else if (version > schema_version())
    problem = refuse(file + " has schema " + std::to_string(version) +
                     ", this steward knows schemas up to " + std::to_string(schema_version()) +
                     ": use a newer steward");
  if (problem || version == schema_version()) {
    db.execute("ROLLBACK");
    return problem;
  }
  for (auto next = version; next < schema_version(); ++next) db.execute(migrations::all[next]);
  constexpr int64_t first_with_shapes = 5;
  if (version < first_with_shapes) turn_indexes_into_shapes(db);
  db.execute("PRAGMA application_id = " + std::to_string(application_id));
  db.execute("PRAGMA user_version = " + std::to_string(schema_version()));
  db.execute("COMMIT");
  return std::nullopt;
}

} // namespace steward::store::sqlite
