// What a snapshot of a run costs, beside the replay that it spares: a loop with a wait in each of
// its iterations, and a context of about 10 KB. Prints one JSON document; times in microseconds,
// each the best of several rounds.
//
//   snapshots [iterations = 100]

#include "workflow/json.hpp"
#include "workflow/machine/snapshot.hpp"
#include "workflow/reader.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

using namespace steward::workflow;
using clock_type = std::chrono::steady_clock;

namespace {

constexpr std::string_view definition_text = R"(
document: {dsl: '1.0.3', namespace: bench, name: snapshots, version: '1.0.0'}
do:
  - prepare: {set: '${ . }', export: {as: '${ {orders: .orders} }'}}
  - loop:
      for: {in: '${ [range($workflow.input.iterations + 1)] }', each: n}
      do:
        - pause: {wait: PT1S}
        - note: {set: '${ {n: $n, total: ((.total // 0) + $n)} }'}
)";

/// An object of about 10 KB as workflows carry them.
value orders(int iterations) {
  auto list = value::empty_array();
  for (int i = 0; i < 90; ++i)
    list.push_back(value::object({{"sku", "article-" + std::to_string(1000 + i)},
                                  {"price", 9.5 + i},
                                  {"quantity", i + 1},
                                  {"customer", value::object({{"id", i}, {"city", "Amsterdam"}})},
                                  {"tags", value::array({"new", "fragile"})}}));
  return value::object({{"iterations", iterations}, {"orders", std::move(list)}});
}

template <class Work>
double best_of(int rounds, Work work) {
  auto best = 1e300;
  for (int i = 0; i < rounds; ++i) {
    auto start = clock_type::now();
    work();
    best = std::min(best,
                    std::chrono::duration<double, std::micro>(clock_type::now() - start).count());
  }
  return best;
}

void settle(machine& m, const event& e) {
  for (auto more = m.advance(e).more; more;) more = m.proceed().more;
}

} // namespace

int main(int argc, char** argv) {
  auto iterations = argc > 1 ? std::atoi(argv[1]) : 100;
  auto read = read_definition(definition_text);
  if (!read) return 1;
  auto m = machine{*read};
  auto journal = std::vector<std::string>{};
  auto input = orders(iterations);
  auto now = int64_t{1'700'000'000'000'000};
  auto give = [&](event e) {
    journal.push_back(encode_event(e));
    settle(m, e);
  };
  give({now, run_started{"run", input}});
  for (int i = 0; i < iterations; ++i) {
    auto timer = std::get<set_timer>(m.outstanding().at(0));
    give({now = timer.due_us, timer_fired{timer.effect}});
  }
  auto text = *encode_snapshot(m);
  auto encode = best_of(200, [&] { encode_snapshot(m); });
  auto decode =
      best_of(200, [&] { (void)decode_snapshot(*read, {}, value::empty_object(), text); });
  auto replay = best_of(10, [&] {
    auto again = machine{*read};
    for (const auto& entry : journal) settle(again, *decode_event(entry));
  });
  auto first = best_of(10, [&] {
    auto again = machine{*read};
    settle(again, *decode_event(journal.front()));
  });
  auto entry = (replay - first) / iterations;
  std::printf("{\"iterations\": %d, \"context_bytes\": %zu, \"snapshot_bytes\": %zu, "
              "\"encode_us\": %.1f, \"decode_us\": %.1f, \"replay_us\": %.1f, "
              "\"first_entry_us\": %.1f, \"entry_us\": %.2f, \"entries_in_a_decode\": %.1f}\n",
              iterations, to_json(input).size(), text.size(), encode, decode, replay, first, entry,
              decode / entry);
}
