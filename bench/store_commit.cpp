/// What one commit of the embedded store costs, in groups of 1 to 64 three-step runs: a finished
/// run with 350 bytes of documents and two events each. Prints one JSON object per line: first the
/// disk alone (append and fdatasync), then SQLite with one plain row per run, then the store; with
/// the URL of an empty database the store there too (the CPU is that of this process, not
/// PostgreSQL's: bench/postgres.mjs adds that).
///
///     store_commit [folder] [seconds per measurement] [postgresql://...]
#include "store/open.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fcntl.h>
#include <functional>
#include <string>
#include <unistd.h>
#include <vector>

using namespace steward;

namespace {

using clock_type = std::chrono::steady_clock;

double cpu_us() {
  timespec t{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_nsec) / 1e3;
}

/// Repeats `commit` for the given time and prints what it cost. `prepare` is not counted.
void measure(const char* what, size_t group, double seconds, const std::function<void()>& prepare,
             const std::function<void()>& commit) {
  std::vector<double> latencies;
  double cpu = 0, wall = 0;
  while (wall < seconds * 1e6) {
    prepare();
    const auto cpu_before = cpu_us();
    const auto start = clock_type::now();
    commit();
    const auto took = std::chrono::duration<double, std::micro>(clock_type::now() - start).count();
    cpu += cpu_us() - cpu_before;
    wall += took;
    latencies.push_back(took);
  }
  std::sort(latencies.begin(), latencies.end());
  const auto at = [&](double part) {
    return latencies[static_cast<size_t>(part * static_cast<double>(latencies.size() - 1))];
  };
  const auto runs = static_cast<double>(latencies.size() * group);
  std::printf(R"({"what":"%s","group":%zu,"commits":%zu,"runs_per_s":%.0f,"cpu_us_per_run":%.2f,)"
              R"("p50_us":%.0f,"p99_us":%.0f,"max_us":%.0f})"
              "\n",
              what, group, latencies.size(), runs / wall * 1e6, cpu / runs, at(0.5), at(0.99),
              latencies.back());
  std::fflush(stdout);
}

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "store_commit: %s\n", why.c_str());
  std::exit(1);
}

void measure_disk(const std::string& file, double seconds) {
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (descriptor < 0) give_up("can't write " + file);
  const std::string block(32 * 1024, 'x');
  measure(
      "append and fdatasync, 32 KiB", 1, seconds, [] {},
      [&] {
        if (::write(descriptor, block.data(), block.size()) < 0 || ::fdatasync(descriptor) != 0)
          give_up("can't write " + file);
      });
  ::close(descriptor);
}

void measure_bare_sqlite(const std::string& file, size_t group, double seconds) {
  sqlite3* db = nullptr;
  sqlite3_stmt* insert = nullptr;
  const std::string document(350, 'x');
  if (sqlite3_open(file.c_str(), &db) != SQLITE_OK) give_up("can't open " + file);
  const auto run = [&](const char* sql) {
    if (sqlite3_exec(db, sql, nullptr, nullptr, nullptr) != SQLITE_OK) give_up(sqlite3_errmsg(db));
  };
  run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
      "CREATE TABLE IF NOT EXISTS runs (id INTEGER PRIMARY KEY, document TEXT)");
  sqlite3_prepare_v2(db, "INSERT INTO runs (document) VALUES (?1)", -1, &insert, nullptr);
  measure(
      "bare SQLite, one row per run", group, seconds, [] {},
      [&] {
        run("BEGIN IMMEDIATE");
        for (size_t i = 0; i < group; ++i) {
          sqlite3_bind_text(insert, 1, document.data(), 350, SQLITE_STATIC);
          sqlite3_step(insert);
          sqlite3_reset(insert);
        }
        run("COMMIT");
      });
  sqlite3_finalize(insert);
  sqlite3_close(db);
}

/// Batches as a finished three-step run makes them.
class run_maker {
public:
  explicit run_maker(int64_t workflow) : workflow_(workflow) {}

  write_batch make() {
    const auto time_us = 1'700'000'000'000'000 + static_cast<int64_t>(++count_) * 30;
    run_row row;
    row.id = run_id::make(time_us, count_ * 0x9e3779b97f4a7c15u, count_ * 0xbf58476d1ce4e5b9u);
    row.workflow_id = workflow_;
    row.status = run_status::completed;
    row.input = document(150);
    row.output = document(200);
    row.created_us = time_us;
    row.started_us = time_us;
    row.ended_us = time_us + 40;
    const auto subject = "runs/" + row.id.text();
    write_batch batch{"bench", {}};
    batch.ops.reserve(3);
    batch.ops.emplace_back(insert_run{std::move(row), {}, {}});
    for (const char* type : {"started", "completed"})
      batch.ops.emplace_back(publish_event{
          "io.serverlessworkflow.workflow." + std::string{type} + ".v1", subject, time_us,
          R"({"workflow":"shop/order:1.0.0","status":")" + std::string{type} + "\"}"});
    return batch;
  }

private:
  static std::string document(size_t size) {
    const std::string head = R"({"order":")", tail = R"("})";
    return head + std::string(size - head.size() - tail.size(), 'x') + tail;
  }

  int64_t workflow_;
  uint64_t count_ = 0;
};

void measure_store(const char* what, const store::location& where,
                   const std::vector<size_t>& groups, double seconds) {
  auto engine = store::open(where, {});
  if (!engine) give_up(engine.error().reason);
  auto writer = engine.value()->open_writer();
  if (!writer) give_up(writer.error().reason);
  write_batch deployment{"bench", {}};
  deployment.ops.emplace_back(
      put_workflow{{0, {"shop", "order", "1.0.0"}, "sha256:0", "document: {}", 0}});
  const write_batch* first[] = {&deployment};
  run_maker runs{writer.value()->commit(first).results[0].workflow_id};
  for (const auto group : groups) {
    std::vector<write_batch> batches;
    std::vector<const write_batch*> pointers;
    measure(
        what, group, seconds,
        [&] {
          batches.clear();
          pointers.clear();
          for (size_t i = 0; i < group; ++i) batches.push_back(runs.make());
          for (const auto& batch : batches) pointers.push_back(&batch);
        },
        [&] {
          const auto report = writer.value()->commit(pointers);
          for (const auto& result : report.results)
            if (result.what != batch_result::kind::committed) give_up(result.reason);
        });
  }
}

} // namespace

int main(int argc, char** argv) {
  const std::filesystem::path base = argc > 1 ? argv[1] : std::filesystem::temp_directory_path();
  const double seconds = argc > 2 ? std::atof(argv[2]) : 2;
  auto pattern = (base / "steward-bench-XXXXXX").string();
  if (!::mkdtemp(pattern.data())) give_up("can't make a folder in " + base.string());
  const std::filesystem::path folder = pattern;
  const std::vector<size_t> groups{1, 6, 20, 64};
  measure_disk(folder / "disk", seconds);
  for (const auto group : groups) measure_bare_sqlite(folder / "bare.db", group, seconds);
  measure_store("store, three-step runs", {folder, ""}, groups, seconds);
  if (argc > 3)
    measure_store("store on PostgreSQL, three-step runs", {folder, argv[3]}, groups, seconds);
  std::filesystem::remove_all(folder);
}
