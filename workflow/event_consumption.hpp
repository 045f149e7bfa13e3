#pragma once

#include "workflow/definition.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace steward::workflow {

struct event_route;

/// Evaluates what event filters have in them, where they stand.
class event_evaluator {
public:
  virtual ~event_evaluator() = default;
  /// Nothing when the program fails: such an event is not meant.
  virtual std::optional<value> try_evaluate(const value_template& what,
                                            const value& input) const = 0;
  virtual std::optional<value> try_evaluate(const expression& what, const value& input) const = 0;
  /// May throw what the evaluator's owner catches.
  virtual value expectation(const value_template& what) const = 0;
  virtual bool holds(const expression& until, const value& consumed) const = 0;
};

/// The event as `read` asks for it: its data, the event itself, or its data as text (the base64
/// text of binary data).
value read_event(const value& event, event_reading how);

/// How far a strategy of consuming events has come. Deterministic: the same events in the same
/// order give the same outcome. Refers to the strategy, which must outlive it.
class event_consumption {
public:
  event_consumption() = default;
  /// Values that correlations expect are evaluated now.
  event_consumption(const event_strategy& what, event_reading read, const event_evaluator& now);

  /// True if `take` would take the event.
  bool wants(const value& event, const event_evaluator& now) const;

  enum class outcome : uint8_t {
    ignored, ///< It is not meant.
    taken,   ///< It is among `taken()`, and there is more to come.
    done,    ///< The same, and it was the last.
    counted, ///< An `until` clause consumed it, and there is more to come.
    ended,   ///< An `until` clause consumed it, and it was the last.
  };
  /// Offers an event; `done` and `ended` once the strategy is fulfilled.
  outcome take(const value& event, const event_evaluator& now);

  bool is_done() const { return done_; }
  /// What was taken, as it is read, in order.
  const std::vector<value>& taken() const { return taken_; }
  /// Goes on for ever (`until` is the constant false): what was taken is not kept.
  bool is_endless() const;
  bool is_correlated() const;
  /// What narrows down the events that could be wanted: see `listen_for`.
  std::vector<event_route> routes() const;

private:
  friend struct snapshot_access; // workflow/machine/snapshot.hpp
  using known_values = std::map<std::string, value, std::less<>>;

  bool matches(size_t filter, const value& event, const event_evaluator& now,
               known_values& learned) const;
  /// The first filter that is still open and matches.
  std::optional<size_t> find_filter(const value& event, const event_evaluator& now,
                                    known_values& learned) const;

  const event_strategy* what_ = nullptr;
  event_reading read_ = event_reading::data;
  std::vector<bool> fulfilled_; ///< all: by filter.
  /// By filter and correlation: what is expected; nothing where the first value decides.
  std::vector<std::vector<std::optional<value>>> expected_;
  known_values learned_; ///< By name: the first values of correlations without an expectation.
  std::vector<value> taken_;
  std::shared_ptr<event_consumption> until_; ///< Consumes what ends this one.
  bool done_ = false;
};

} // namespace steward::workflow
