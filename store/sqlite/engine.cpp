#include "store/sqlite/engine.hpp"

#include "store/sqlite/file_lock.hpp"
#include "store/sqlite/migrations.hpp"
#include "store/sqlite/reader.hpp"
#include "store/sqlite/writer.hpp"

#include <atomic>

namespace steward::store::sqlite {

namespace {

store_error explain(const sql_error& e, const std::string& file) {
  if (e.code() == SQLITE_NOTADB)
    return {ec::conflict, file + " is not a SQLite database; it was left as it is"};
  return {e.blames_file() ? ec::corrupt_data : ec::unavailable,
          "can't open the store " + file + ": " + e.what()};
}

/// What the engine and its connections share. The store stays locked until the last of them goes.
struct open_store {
  options settings;
  file_lock lock;
  std::atomic<bool> has_writer = false;
};

class sqlite_engine final : public engine {
public:
  explicit sqlite_engine(std::shared_ptr<open_store> store) : store_(std::move(store)) {}

  result<std::unique_ptr<writer>> open_writer() override {
    if (store_->has_writer.exchange(true))
      return failed{store_error{ec::unavailable, "the store has a writer already"}};
    // Frees the place when the writer goes, or when it can't be made.
    const std::shared_ptr<void> place{store_.get(),
                                      [store = store_](void*) { store->has_writer = false; }};
    return guarded<writer>([&] {
      return std::make_unique<sqlite_writer>(store_->settings.file,
                                             store_->settings.synchronous_full, place);
    });
  }

  result<std::unique_ptr<reader>> open_reader() override {
    return guarded<reader>(
        [&] { return std::make_unique<sqlite_reader>(store_->settings.file, store_); });
  }

private:
  template <class What, class Make>
  result<std::unique_ptr<What>> guarded(Make&& make) {
    try {
      return std::unique_ptr<What>{make()};
    } catch (const sql_error& e) {
      return failed{explain(e, store_->settings.file.string())};
    }
  }

  std::shared_ptr<open_store> store_;
};

/// Checks the file, brings it up to date and makes it a WAL database (a setting that stays).
std::optional<store_error> prepare(const std::string& file) {
  connection db{file, connection::access::writing};
  if (sqlite3_db_readonly(db.handle(), "main") == 1)
    return store_error{ec::unavailable, file + " can't be written by this user"};
  if (auto problem = migrate(db, file)) return problem;
  if (const auto mode = db.text("PRAGMA journal_mode = WAL"); mode != "wal")
    return store_error{ec::unavailable, "the file system of " + file +
                                            " can't hold a write-ahead log (mode " + mode + ")"};
  return std::nullopt;
}

} // namespace

result<std::unique_ptr<engine>> open(const options& o) {
  const auto file = o.file.string();
  auto lock = file_lock::take(o.file);
  if (!lock) return failed{lock.error()};
  try {
    if (auto problem = prepare(file)) return failed{*problem};
  } catch (const sql_error& e) {
    return failed{explain(e, file)};
  }
  auto store = std::make_shared<open_store>(o, std::move(*lock));
  return std::unique_ptr<engine>{std::make_unique<sqlite_engine>(std::move(store))};
}

} // namespace steward::store::sqlite
