#pragma once

#include "store/archive.hpp"

#include <filesystem>
#include <functional>
#include <map>

/// A backup as a file: lines compressed with gzip. The first tells what it is, then come the rows,
/// and the last one counts them: a file that was cut short has no such line.
namespace steward::store {

struct archive_report {
  std::string version;                  ///< Of the program that wrote it.
  std::map<std::string, uint64_t> rows; ///< By table.
  uint64_t total() const {
    uint64_t sum = 0;
    for (const auto& [table, count] : rows) sum += count;
    return sum;
  }
};

/// Writes everything beside `file` and puts it there when it is whole and on disk. `conflict` when
/// the file is there already. "-" is standard output.
result<archive_report> write_archive(row_source& from, const std::filesystem::path& file,
                                     const std::string& program_version, int64_t now_us);

/// Whether it begins as a backup that this program can read; standard input can't be looked into.
std::optional<store_error> check_archive(const std::filesystem::path& file);

/// Puts every row, and finishes the sink only when the whole file was as it was written:
/// `corrupt_data` if it was not, `conflict` when a newer program wrote it. "-" is standard input.
result<archive_report> read_archive(const std::filesystem::path& file, row_sink& into);

} // namespace steward::store
