#pragma once

#include "workflow/machine.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

/// A run as text, all of it: with a snapshot and the events that came after it, a machine is
/// rebuilt without the events before.
///
/// The text is JSON: `{"v": 1, "sum": .., "of": [namespace, name, version], "values": .., "run":
/// ..}`. It is no archive: who can't read a snapshot, because a newer program wrote it or because
/// it is damaged, replays the journal, which stays the truth.
namespace steward::workflow {

/// Linear in the run's state; what parts of the state share is written once. Nothing while the
/// machine has more to do by itself (`advance_result::more`), and nothing while its data hold a
/// secret: the journal has none either, and the next snapshot may be free of it.
std::optional<std::string> encode_snapshot(const machine& m);

/// The machine as it was: from here on the same events give the same commands. `d` must be the
/// definition that it ran; limits and secrets are those of today, as for a replay. The error is a
/// sentence for people; nothing that the text may hold makes this throw.
outcome<machine, std::string> decode_snapshot(std::shared_ptr<const definition> d,
                                              machine_limits limits, value secrets,
                                              std::string_view text);

} // namespace steward::workflow
