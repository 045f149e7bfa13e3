#include "actors/schedule_deployment.hpp"

#include "actors/schedule_progress.hpp"
#include "workflow/version.hpp"

#include <algorithm>

namespace steward {

store::result<uint64_t> write_schedule(write_batch& batch, store::reader& reader,
                                       const workflow::definition& d, int64_t now_us) {
  const auto newest = reader.find_workflow(batch.tenant, {d.ref.namespace_, d.ref.name, ""});
  if (!newest) return failed{newest.error()};
  if (*newest && workflow::compare_versions(d.ref.version, (*newest)->ref.version) < 0)
    return uint64_t{0};
  if (std::holds_alternative<std::monostate>(d.starts)) {
    batch.ops.emplace_back(clear_schedule{d.ref.namespace_, d.ref.name});
    return uint64_t{0};
  }
  uint64_t newest_event = 0;
  if (std::holds_alternative<workflow::event_trigger>(d.starts)) {
    const auto inbox = reader.inbox_range(batch.tenant);
    if (!inbox) return failed{inbox.error()};
    newest_event = inbox->newest;
  }
  const auto known = reader.schedules(batch.tenant);
  if (!known) return failed{known.error()};
  const bool is_known = std::ranges::any_of(*known, [&](const auto& s) {
    return s.namespace_ == d.ref.namespace_ && s.name == d.ref.name;
  });
  if (!is_known)
    batch.ops.emplace_back(put_schedule{d.ref.namespace_, d.ref.name,
                                        encode_progress(new_progress(d, now_us, newest_event))});
  return newest_event;
}

} // namespace steward
