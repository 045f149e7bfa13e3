#pragma once

#include "store/postgres/cluster_standing.hpp"
#include "store/postgres/session.hpp"

#include <atomic>
#include <mutex>

namespace steward::store::postgres {

/// What became of a commit could not be learned in time: the group is there whole, or not at all.
/// Nobody may read or write until that is known, and `writer_seat` sees to it.
class outcome_unknown : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// The right to write, which one connection in the world has, or one of each member of a cluster
/// for the tenants of its shards. It is an advisory lock, which keeps a
/// second steward out for as long as the connection lives, and an epoch in the table of writers,
/// which keeps out what an earlier connection had under way: taking the seat waits for the earlier
/// one's last commit and closes its epoch, and a commit of a closed epoch fails. After that the
/// earlier one's last group is there or will never be. Members of a cluster share the lock among
/// themselves, and each has an epoch of its own.
class writer_seat {
public:
  /// `standing` is null without a cluster.
  explicit writer_seat(const options& o, std::shared_ptr<cluster_standing> standing = nullptr);

  /// Throws `sql_error`, `lost`, when the seat can't be had now.
  connection& take();
  /// Its connection is no good any more.
  void leave();
  /// How often the seat was taken: what was known of the store before may be wrong.
  uint64_t generation() const { return session_.generation(); }

  /// `send(connection, epoch, number)` makes one transaction that passes the fence, and sends its
  /// commit. If its connection is lost on the way, this finds out what became of it. Throws
  /// `sql_error` when the group is not there and never will be, else `outcome_unknown`.
  template <class Send>
  void commit(Send send) {
    auto& db = take();
    const auto number = ++number_;
    const auto begun = session::clock::now();
    try {
      send(db, epoch_, number);
      committed(epoch_, number);
    } catch (const sql_error& e) {
      if (!e.lost() || !came_to_be(number, begun, e.what())) throw;
      committed(doubt_.epoch, doubt_.number);
    }
  }

  /// Before anything is read: throws `sql_error` while it is not known what became of a commit, and
  /// for ever once the database was found to lack what it had confirmed.
  void require_certainty();

private:
  struct doubt {
    int64_t epoch = 0;
    uint64_t number = 0;
  };
  void committed(int64_t epoch, uint64_t number) {
    committed_ = {epoch, number};
    if (standing_) standing_->note_commit(epoch, number);
  }
  void sit_down(connection& db);
  void sit_down_among_others(connection& db);
  void end_doubt(connection& db);
  void take_lock(connection& db);
  std::string holder(connection& db);
  void refuse_younger(connection& db);
  bool came_to_be(uint64_t number, session::clock::time_point begun, const std::string& why);

  const options& options_;
  const std::shared_ptr<cluster_standing> standing_;
  std::mutex mutex_; ///< Around taking the seat: readers may have to, to end a doubt.
  session session_;
  int backend_ = 0; ///< That sat here last.
  int64_t epoch_ = 0;
  uint64_t number_ = 0; ///< Of the last group.
  doubt committed_;     ///< The last group that is known to be there; epoch 0: none yet.
  std::atomic<bool> in_doubt_ = false, went_back_ = false;
  doubt doubt_;
  bool found_ = false; ///< How the last doubt ended.
};

} // namespace steward::store::postgres
