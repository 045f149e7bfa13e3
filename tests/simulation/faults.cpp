#include "tests/simulation/faults.hpp"

namespace steward::simulation {

fault_plan fault_plan::of(dice& chance) {
  fault_plan p;
  p.until_us = chance.between(5'000'000, 40'000'000);
  if (chance.coin()) {
    p.kills_one_in = static_cast<uint64_t>(chance.between(20, 200));
    p.kills_left = static_cast<size_t>(chance.between(1, 6));
  }
  if (chance.coin()) {
    p.crashes_one_in = static_cast<uint64_t>(chance.between(50, 300));
    p.crashes_left = static_cast<size_t>(chance.between(1, 3));
  }
  if (chance.one_in(4)) p.jumps_one_in = 150;
  if (chance.coin()) p.repeats_one_in = 10;
  if (chance.coin()) p.put_off_one_in = 10;
  if (chance.one_in(3)) p.commits_fail_one_in = static_cast<uint64_t>(chance.between(3, 30));
  if (chance.one_in(3)) p.reads_fail_one_in = static_cast<uint64_t>(chance.between(3, 30));
  if (chance.coin()) p.commit_us = chance.pause(200'000);
  if (chance.one_in(6)) p.commits_stall_one_in = 20;
  p.in_order = chance.one_in(4);
  if (chance.coin()) p.service.fails = 3;
  if (chance.one_in(4)) p.service.silent = 8;
  p.service.late_us = chance.pause(3'000'000) + 1'000;
  return p;
}

fault_plan fault_plan::of_cluster(dice& chance) {
  auto p = of(chance);
  p.until_us += 20'000'000;
  p.jump_us = 300'000'000;
  if (chance.one_in(4)) return p;
  p.cuts_one_in = static_cast<uint64_t>(chance.between(50, 400));
  p.cuts_left = static_cast<size_t>(chance.between(1, 6));
  return p;
}

config::settings fault_plan::settings(dice& chance) {
  config::settings s;
  s.tenant.passivate_after = std::chrono::milliseconds{chance.between(100, 10'000)};
  s.tenant.crash_limit = 20; // kills by chance are no reason to give a run up
  if (chance.one_in(4)) s.tenant.machine.slice = 2;
  if (chance.one_in(3)) s.store.group_batches = static_cast<size_t>(chance.between(1, 3));
  return s;
}

} // namespace steward::simulation
