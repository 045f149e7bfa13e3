#include "tests/simulation/network.hpp"

#include <algorithm>

namespace steward::simulation {

class network::end final : public cluster::transport {
public:
  end(network& all, size_t place, std::shared_ptr<bool> cut, cluster::transport_events events)
      : all_(all), place_(place), cut_(std::move(cut)), on_(std::move(events)) {
    all_.ends_[place_] = this;
  }
  ~end() override {
    if (all_.ends_[place_] == this) all_.ends_.erase(place_);
    all_.settle();
  }
  void know(int64_t self, std::vector<cluster::peer> others) override {
    if (self_ != self) known_.clear();
    if (self_ != self) all_.settle();
    self_ = self;
    known_.clear();
    for (const auto& p : others) known_.insert(p.node);
    all_.settle();
  }
  bool send(int64_t to, std::string frame) override {
    return all_.send(place_, to, std::move(frame));
  }
  bool linked(int64_t to) const override {
    return std::ranges::any_of(all_.links_, [&](const auto& each) {
      const auto& [p, l] = each;
      return (p.first == place_ && l.ids[1] == to) || (p.second == place_ && l.ids[0] == to);
    });
  }

  int64_t self() const { return self_; }
  bool knows(int64_t node) const { return known_.contains(node); }
  bool gone() const { return *cut_; }
  const cluster::transport_events& on() const { return on_; }

private:
  network& all_;
  size_t place_;
  std::shared_ptr<bool> cut_;
  cluster::transport_events on_;
  int64_t self_ = 0;
  std::set<int64_t> known_;
};

std::unique_ptr<cluster::transport> network::connect(size_t place, std::shared_ptr<bool> cut,
                                                     cluster::transport_events events) {
  return std::make_unique<end>(*this, place, std::move(cut), std::move(events));
}

void network::mute(size_t from, size_t to, bool silent) {
  mute_[from][to] = silent;
  settle();
}

void network::freeze(size_t place, bool frozen) {
  if (frozen)
    frozen_.insert(place);
  else
    frozen_.erase(place);
  settle();
}

bool network::acquainted(size_t a, size_t b) const {
  const auto x = ends_.find(a), y = ends_.find(b);
  if (x == ends_.end() || y == ends_.end() || x->second->gone() || y->second->gone()) return false;
  return x->second->self() != 0 && y->second->self() != 0 && x->second->knows(y->second->self()) &&
         y->second->knows(x->second->self());
}

void network::settle() {
  for (size_t a = 0; a < places_; ++a)
    for (size_t b = a + 1; b < places_; ++b) settle(a, b);
}

void network::settle(size_t a, size_t b) {
  const pair p{a, b};
  const auto found = links_.find(p);
  if (found != links_.end()) {
    if (!acquainted(a, b)) return drop(p);
    if ((hears(a, b) && hears(b, a)) || found->second.waits) return;
    // Silence has to last before it is noticed; then the link is down for both.
    found->second.waits = true;
    later_.add(now_us_() + silence_us, [this, p, number = found->second.number] {
      const auto still = links_.find(p);
      if (still == links_.end() || still->second.number != number) return;
      still->second.waits = false;
      if (!hears(p.first, p.second) || !hears(p.second, p.first)) drop(p);
    });
    return;
  }
  if (!acquainted(a, b) || !hears(a, b) || !hears(b, a) || !coming_.insert(p).second) return;
  later_.add(now_us_() + chance_.pause(200'000) + 1'000, [this, p] {
    coming_.erase(p);
    if (links_.contains(p) || !acquainted(p.first, p.second)) return;
    if (!hears(p.first, p.second) || !hears(p.second, p.first)) return;
    auto& made = links_[p];
    made.number = ++links_made_;
    made.ids[0] = ends_.at(p.first)->self();
    made.ids[1] = ends_.at(p.second)->self();
    ends_.at(p.first)->on().on_up(made.ids[1]);
    ends_.at(p.second)->on().on_up(made.ids[0]);
  });
}

/// Each side that is there is told.
void network::drop(const pair& p) {
  const auto gone = std::move(links_.at(p));
  links_.erase(p);
  const auto tell = [this](size_t whom, int64_t of) {
    const auto at = ends_.find(whom);
    if (at != ends_.end() && !at->second->gone()) at->second->on().on_down(of);
  };
  tell(p.first, gone.ids[1]);
  tell(p.second, gone.ids[0]);
  later_.add(now_us_() + 1'000, [this] { settle(); });
}

bool network::send(size_t from, int64_t to, std::string frame) {
  for (auto& [p, l] : links_) {
    if (p.first != from && p.second != from) continue;
    const size_t side = p.first == from ? 0 : 1;
    if (l.ids[1 - side] != to) continue;
    l.last_us[side] = std::max(l.last_us[side], now_us_() + chance_.pause(20'000) + 100);
    l.under_way[side].push_back(std::move(frame));
    later_.add(l.last_us[side], [this, from, other = side == 0 ? p.second : p.first,
                                 number = l.number] { arrive(from, other, number); });
    return true;
  }
  return false;
}

/// The next frame of that way: held back while it is cut, as TCP would, as long as the link stands.
void network::arrive(size_t from, size_t to, uint64_t number) {
  const auto found = links_.find({std::min(from, to), std::max(from, to)});
  if (found == links_.end() || found->second.number != number) return;
  if (mute_[from][to])
    return later_.add(now_us_() + 10'000, [this, from, to, number] { arrive(from, to, number); });
  const size_t side = from < to ? 0 : 1;
  auto frame = std::move(found->second.under_way[side].front());
  found->second.under_way[side].pop_front();
  const auto& whom = *ends_.at(to);
  if (!whom.gone()) whom.on().on_frame(found->second.ids[side], std::move(frame));
}

} // namespace steward::simulation
