#include "tests/simulation/process.hpp"

#include "supervision/messages.hpp"
#include "supervision/supervisor.hpp"

namespace steward::simulation {

namespace {

using std::chrono::microseconds;

std::unique_ptr<caf::actor_system> deterministic_system(caf::actor_system_config& config) {
  config.add_message_types<caf::id_block::steward_supervision>();
  config.add_message_types<caf::id_block::steward_messages>();
  config.set("scheduler.policy", caf::atom("testing"));
  config.set("logger.file-verbosity", caf::atom("quiet"));
  return std::make_unique<caf::actor_system>(config);
}

} // namespace

process::process()
    : system_(deterministic_system(config_)),
      sched_(dynamic_cast<caf::scheduler::test_coordinator&>(system_->scheduler())) {
  sched_.clock().current_time += std::chrono::hours{1}; // 0 means "none" in places
  began_ = sched_.clock().now();
}

process::~process() { crash(); }

void process::boot(const config::settings& settings, world& outside,
                   std::shared_ptr<store::engine> engine, app::transport_factory transport,
                   cluster::transport_factory links) {
  node_ = std::make_shared<node>(settings, outside, std::move(engine));
  root_ =
      supervision::spawn_root(*system_,
                              app::server_tree(node_, std::move(transport), nullptr,
                                               app::blocking_actors::scheduler, std::move(links)),
                              node_->services);
  root_ended_ = std::make_shared<bool>(false);
  root_->attach_functor([ended = root_ended_](const caf::error&) { *ended = true; });
}

void process::crash() {
  if (root_) kill(root_);
  root_ = nullptr;
  while (deliver_one()) {
  }
  // Whoever ignores its end is killed when the time for it is up.
  while (system_->registry().running() > 0 && sched_.trigger_timeout())
    while (deliver_one()) {
    }
  sched_.clock().cancel_all();
  node_.reset();
}

bool process::deliver_one() { return sched_.try_run_once(); }

std::optional<waiting_message> process::peek(size_t n) {
  auto* receiver = dynamic_cast<caf::scheduled_actor*>(sched_.jobs.at(n));
  if (!receiver) return std::nullopt;
  auto* element = receiver->mailbox().peek();
  if (!element) return std::nullopt;
  return waiting_message{receiver, element};
}

void process::deliver(size_t n) {
  const auto at = sched_.jobs.begin() + static_cast<std::ptrdiff_t>(n);
  std::rotate(sched_.jobs.begin(), at, at + 1);
  sched_.try_run_once();
}

void process::repeat(const waiting_message& m, int64_t at_us) {
  sched_.clock().schedule_message(moment(at_us), caf::actor_cast<caf::strong_actor_ptr>(m.handle()),
                                  caf::make_mailbox_element(m.element->sender, m.element->mid, {},
                                                            m.element->copy_content_to_message()));
}

void process::put_off(const waiting_message& m, int64_t at_us) {
  auto& queues = m.receiver->mailbox().queue().queues();
  auto& normal = std::get<caf::scheduled_actor::normal_queue_index>(queues);
  if (normal.peek() != m.element) return; // an urgent one stays
  sched_.clock().schedule_message(moment(at_us), caf::actor_cast<caf::strong_actor_ptr>(m.handle()),
                                  normal.take_front());
}

void process::discard(const waiting_message& m) {
  auto& queues = m.receiver->mailbox().queue().queues();
  auto& normal = std::get<caf::scheduled_actor::normal_queue_index>(queues);
  if (normal.peek() == m.element) normal.take_front();
}

bool process::sender_has_ended(const waiting_message& m) {
  const auto* sender = caf::actor_cast<caf::abstract_actor*>(m.element->sender);
  return !sender || sender->getf(caf::abstract_actor::is_terminated_flag);
}

void process::kill(const caf::actor& whom) {
  if (!whom) return;
  const auto dead = std::make_shared<bool>(false);
  whom->attach_functor([dead](const caf::error&) { *dead = true; });
  if (*dead) return;
  whom->enqueue(caf::make_mailbox_element(nullptr,
                                          caf::make_message_id(caf::message_priority::high), {},
                                          caf::exit_msg{whom.address(), caf::exit_reason::kill}),
                nullptr);
  while (!*dead && sched_.prioritize(whom) && deliver_one()) {
  }
}

int64_t process::now_us() const {
  return std::chrono::duration_cast<microseconds>(sched_.clock().now() - began_).count();
}

std::optional<int64_t> process::next_timer_us() const {
  const auto& schedule = sched_.clock().schedule();
  if (schedule.empty()) return std::nullopt;
  // Rounded up, so that it is due then.
  return std::chrono::ceil<microseconds>(schedule.begin()->first - began_).count();
}

void process::advance_to(int64_t us) {
  const auto now = sched_.clock().now();
  if (moment(us) > now)
    sched_.clock().advance_time(moment(us) - now);
  else
    sched_.clock().advance_time(std::chrono::nanoseconds{1});
}

caf::actor_clock::time_point process::moment(int64_t us) const { return began_ + microseconds{us}; }

} // namespace steward::simulation
