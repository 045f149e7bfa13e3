#include "store/postgres/engine.hpp"

#include "store/postgres/cluster.hpp"
#include "store/postgres/migrations.hpp"
#include "store/postgres/reader.hpp"
#include "store/postgres/url.hpp"
#include "store/postgres/writer.hpp"

#include <atomic>

namespace steward::store::postgres {

namespace {

/// What the engine and its connections share.
struct open_store {
  explicit open_store(options o)
      : settings(std::move(o)),
        standing(settings.cluster ? std::make_shared<cluster_standing>() : nullptr),
        seat(settings, standing) {
    if (standing) cluster = std::make_unique<postgres::cluster>(settings, standing);
  }
  const options settings;
  const std::shared_ptr<cluster_standing> standing; ///< Null without a cluster.
  writer_seat seat;
  std::unique_ptr<postgres::cluster> cluster;
  std::atomic<bool> has_writer = false;
};

class postgres_engine final : public engine {
public:
  explicit postgres_engine(std::shared_ptr<open_store> store) : store_(std::move(store)) {}

  // Neither needs the database just now: it may be away when an actor starts again.
  result<std::unique_ptr<writer>> open_writer() override {
    if (store_->has_writer.exchange(true))
      return failed{store_error{ec::unavailable, "the store has a writer already"}};
    // Frees the place when the writer goes.
    const std::shared_ptr<void> place{store_.get(),
                                      [store = store_](void*) { store->has_writer = false; }};
    return std::unique_ptr<writer>{
        std::make_unique<postgres_writer>(store_->seat, store_->standing, place)};
  }

  result<std::unique_ptr<reader>> open_reader() override {
    return std::unique_ptr<reader>{
        std::make_unique<postgres_reader>(store_->settings, store_->seat, store_)};
  }

  membership* cluster() override { return store_->cluster.get(); }

private:
  std::shared_ptr<open_store> store_;
};

/// What the operator should know about a database that works.
void look_around(connection& db, const options& o) {
  if (!o.warn) return;
  const auto about = db.execute("SELECT current_setting('fsync') = 'off', rolsuper OR rolbypassrls,"
                                " current_user FROM pg_roles WHERE rolname = current_user");
  if (about.empty()) return;
  if (about[0].flag(0))
    o.warn("the database runs with fsync off: what is committed may be lost when it crashes");
  if (about[0].flag(1))
    o.warn("the role " + about[0].string(2) +
           " is exempt from row-level security, which keeps tenants apart a second time: use an "
           "ordinary role that owns the schema");
}

} // namespace

result<std::unique_ptr<engine>> open(const options& o) {
  try {
    {
      auto patient = o; // a migration takes as long as it takes
      patient.statement_timeout = milliseconds{0};
      const auto db = connect(patient, "steward migrations");
      if (auto problem = migrate(*db, newer_schema::fine_if_it_says_so)) return failed{*problem};
      look_around(*db, o);
    }
    auto store = std::make_shared<open_store>(o);
    if (store->cluster)
      if (auto problem = store->cluster->join()) return failed{*problem};
    store->seat.take();
    return std::unique_ptr<engine>{std::make_unique<postgres_engine>(std::move(store))};
  } catch (const sql_error& e) {
    return failed{store_error{e.blames_store() ? ec::corrupt_data : ec::unavailable,
                              "can't open the store " + masked(o.url) + ": " + e.what()}};
  }
}

} // namespace steward::store::postgres
