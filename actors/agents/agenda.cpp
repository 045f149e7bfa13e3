#include "actors/agents/agenda.hpp"

#include "actors/agents/messages.hpp"
#include "intelligence/instants.hpp"
#include "messages/type_ids.hpp"
#include "supervision/supervisor.hpp"

#include <spdlog/spdlog.h>

#include <limits>

namespace steward {

namespace {

using wake_atom = caf::atom_constant<caf::atom("wake")>;

constexpr int64_t never = std::numeric_limits<int64_t>::max();
/// A clock that was set is noticed within this time.
constexpr std::chrono::microseconds look_again{1'000'000};
/// Whoever does not say within this time that it is done is not waited for.
constexpr std::chrono::seconds patience{60};

class agenda_state {
public:
  agenda_state(caf::event_based_actor* self, std::shared_ptr<node> n,
               std::shared_ptr<agenda_book> book)
      : self_(self), node_(std::move(n)), book_(std::move(book)) {
    go_on();
  }

  void accept(const remind& m) {
    book_->busy.erase(m.path);
    if (const auto known = book_->due.find(m.path); known != book_->due.end()) {
      book_->order.erase({known->second, m.path});
      book_->due.erase(known);
    }
    if (m.due_us != never) {
      book_->due[m.path] = m.due_us;
      book_->order.emplace(m.due_us, m.path);
    }
    go_on();
  }

  void move(const move_clock& m, const reply_slot& slot) {
    const auto to = intelligence::parse_instant(m.now);
    if (!to)
      return slot.answer(reply::error(
          {ec::invalid_request,
           "/now: this is no time",
           {{"/now", "this is no time", "an instant such as 2026-11-21T09:00:00Z", 0, 0, -1}},
           {}}));
    if (!node_->outside.move_to(*to))
      return slot.answer(
          reply::error(ec::conflict, "this server's clock is not moved by hand, or that is past"));
    movers_.push_back({slot, self_->clock().now() + patience});
    go_on();
  }

  void woken(uint64_t epoch) {
    if (epoch != epoch_) return;
    armed_ = false;
    go_on();
  }

private:
  struct mover {
    reply_slot slot;
    caf::actor_clock::time_point deadline;
  };

  void go_on() {
    const auto now = node_->outside.now_us();
    while (!book_->order.empty() && book_->order.begin()->first <= now) {
      const auto [due, path] = *book_->order.begin();
      book_->order.erase(book_->order.begin());
      book_->due.erase(path);
      const auto who = node_->services->slot(path)->get();
      if (!who) continue; // it says when it is back
      book_->busy.insert(path);
      self_->send(who, reminder_due{due});
    }
    answer_movers();
    arm(now);
  }

  void answer_movers() {
    if (movers_.empty()) return;
    const auto now = self_->clock().now();
    std::erase_if(movers_, [&](const mover& m) {
      if (!book_->busy.empty() && now < m.deadline) return false;
      for (const auto& path : book_->busy) spdlog::warn("agenda.unanswered path={}", path);
      m.slot.answer(reply::ok("{\"now\":\"" + intelligence::instant_text(node_->outside.now_us()) +
                              "\",\"waiting\":" + std::to_string(book_->busy.size()) + "}"));
      return true;
    });
  }

  void arm(int64_t now_us) {
    const bool waits = !book_->order.empty() || !movers_.empty();
    if (!waits) return;
    const auto next = book_->order.empty() ? never : book_->order.begin()->first;
    if (armed_ && armed_for_ <= next) return;
    armed_ = true;
    armed_for_ = next;
    const auto wait =
        next == never ? look_again.count()
                      : std::min<int64_t>(std::max<int64_t>(next - now_us, 0), look_again.count());
    self_->delayed_send(self_, std::chrono::microseconds{wait + 200}, wake_atom::value, ++epoch_);
  }

  caf::event_based_actor* self_;
  std::shared_ptr<node> node_;
  std::shared_ptr<agenda_book> book_;
  std::vector<mover> movers_;
  bool armed_ = false;
  int64_t armed_for_ = 0;
  uint64_t epoch_ = 0;
};

} // namespace

caf::behavior agenda(caf::event_based_actor* self, std::shared_ptr<node> n,
                     std::shared_ptr<agenda_book> book) {
  auto common = supervision::prepare(self);
  auto s = std::make_shared<agenda_state>(self, std::move(n), std::move(book));
  return caf::message_handler{
      [s](const remind& m) { s->accept(m); },
      [s](const move_clock& m, const reply_slot& slot) { s->move(m, slot); },
      [s](wake_atom, uint64_t epoch) { s->woken(epoch); },
  }
      .or_else(common);
}

} // namespace steward
