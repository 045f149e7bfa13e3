#include "store/archive_file.hpp"

#include "messages/run_document.hpp"
#include "workflow/json.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>

namespace steward::store {

namespace {

using workflow::value;

constexpr int64_t format = 1;
constexpr size_t buffer_bytes = 256u << 10;
constexpr size_t line_bytes_most = 1u << 30;

store_error file_problem(const std::filesystem::path& file, const char* doing) {
  return {errno == ENOENT ? ec::not_found : ec::unavailable,
          std::string{"can't "} + doing + " " + file.string() + ": " + std::strerror(errno)};
}

store_error broken(const std::filesystem::path& file, const std::string& what) {
  return {ec::corrupt_data, file.string() + " is no whole backup: " + what};
}

value counts(const std::map<std::string, uint64_t>& rows) {
  auto all = value::empty_object();
  for (const auto& [table, count] : rows) all.set(table, value{count});
  return all;
}

/// Its name is on disk as well.
bool sync_folder_of(const std::filesystem::path& file) {
  const auto folder = file.has_parent_path() ? file.parent_path() : std::filesystem::path{"."};
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return false;
  const bool done = ::fsync(descriptor) == 0;
  ::close(descriptor);
  return done;
}

/// Compressed lines to a descriptor, which it owns.
class line_writer {
public:
  explicit line_writer(int descriptor) : stream_(gzdopen(descriptor, "wb4")) {
    if (stream_) gzbuffer(stream_, buffer_bytes);
  }
  ~line_writer() {
    if (stream_) gzclose(stream_);
  }
  line_writer(const line_writer&) = delete;
  line_writer& operator=(const line_writer&) = delete;

  bool add(std::string_view line) {
    return stream_ && write(line) && gzputc(stream_, '\n') == '\n';
  }
  bool close() { return gzclose(std::exchange(stream_, nullptr)) == Z_OK; }

private:
  bool write(std::string_view text) {
    return text.empty() || gzfwrite(text.data(), 1, text.size(), stream_) == text.size();
  }
  gzFile stream_;
};

class line_reader {
public:
  explicit line_reader(int descriptor) : stream_(gzdopen(descriptor, "rb")) {
    if (stream_) gzbuffer(stream_, buffer_bytes);
  }
  ~line_reader() {
    if (stream_) gzclose(stream_);
  }
  line_reader(const line_reader&) = delete;
  line_reader& operator=(const line_reader&) = delete;

  /// False at the end, or when what follows can't be read (`problem`).
  bool next(std::string& line) {
    line.clear();
    std::array<char, 64u << 10> piece{};
    while (stream_ && gzgets(stream_, piece.data(), static_cast<int>(piece.size()))) {
      line += piece.data();
      if (line.size() > line_bytes_most) return false;
      if (!line.ends_with('\n')) continue;
      line.pop_back();
      return true;
    }
    return false;
  }
  std::string problem() const {
    int code = Z_OK;
    const char* text = stream_ ? gzerror(stream_, &code) : "out of memory";
    return code == Z_OK ? std::string{} : std::string{text};
  }

private:
  gzFile stream_;
};

std::optional<store_error> copy_out(row_source& from, line_writer& to, const std::string& version,
                                    int64_t now_us, archive_report& report,
                                    const std::filesystem::path& file) {
  std::string now;
  append_time(now, now_us);
  report.version = version;
  bool written = to.add(workflow::to_json(value::object({{"steward", "backup"},
                                                         {"format", value{format}},
                                                         {"version", value{version}},
                                                         {"made_at", value{now}}})));
  for (std::string line; written;) {
    const auto more = from.next(line);
    if (!more) return more.error();
    if (!*more) break;
    written = to.add(line);
    ++report.rows[std::string{table_of(line)}];
  }
  written = written && to.add(workflow::to_json(value::object({{"end", counts(report.rows)}})));
  if (!written) return file_problem(file, "write");
  return std::nullopt;
}

result<std::string> check_header(const std::filesystem::path& file, line_reader& from) {
  std::string line;
  const bool any = from.next(line);
  const auto header = any ? workflow::parse_json(line) : workflow::parse_json("null");
  if (!header || header->get("steward") != value{"backup"} || !header->get("format").is_int() ||
      !header->get("version").is_string())
    return failed{broken(file, "it does not begin as one")};
  const auto version = header->get("version");
  if (header->get("format").as_int() > format)
    return failed{store_error{ec::conflict, file.string() + " was made by steward " +
                                                std::string{version.as_string()} +
                                                ", whose backups this one can't read"}};
  return std::string{version.as_string()};
}

} // namespace

result<archive_report> write_archive(row_source& from, const std::filesystem::path& file,
                                     const std::string& program_version, int64_t now_us) {
  archive_report report;
  const bool to_output = file == "-";
  auto partial = file;
  partial += ".partial";
  if (std::error_code unknown; !to_output && std::filesystem::exists(file, unknown))
    return failed{store_error{ec::conflict, file.string() + " is there already"}};
  // A whole business is in it: for its owner only.
  const int descriptor =
      to_output ? ::dup(STDOUT_FILENO)
                : ::open(partial.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (descriptor < 0) return failed{file_problem(partial, "make")};
  const int again = ::dup(descriptor); // to see it on disk after it is closed
  line_writer lines{descriptor};
  auto problem = copy_out(from, lines, program_version, now_us, report, file);
  if (!lines.close() && !problem) problem = file_problem(file, "write");
  if (!to_output && !problem && ::fsync(again) != 0) problem = file_problem(file, "write");
  ::close(again);
  if (!to_output && !problem && ::rename(partial.c_str(), file.c_str()) != 0)
    problem = file_problem(file, "make");
  if (!to_output && !problem && !sync_folder_of(file)) problem = file_problem(file, "make");
  if (!problem) return report;
  if (std::error_code unknown; !to_output) std::filesystem::remove(partial, unknown);
  return failed{*problem};
}

std::optional<store_error> check_archive(const std::filesystem::path& file) {
  if (file == "-") return std::nullopt;
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return file_problem(file, "read");
  line_reader lines{descriptor};
  const auto version = check_header(file, lines);
  if (version) return std::nullopt;
  return version.error();
}

result<archive_report> read_archive(const std::filesystem::path& file, row_sink& into) {
  const int descriptor =
      file == "-" ? ::dup(STDIN_FILENO) : ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return failed{file_problem(file, "read")};
  line_reader lines{descriptor};
  auto version = check_header(file, lines);
  if (!version) return failed{version.error()};
  archive_report report{*version, {}};
  uint64_t number = 1;
  for (std::string line; lines.next(line);) {
    ++number;
    if (line.starts_with('[')) {
      if (const auto problem = problem_of(line); !problem.empty())
        return failed{broken(file, "line " + std::to_string(number) + ": " + problem)};
      // An engine may take many lines together.
      if (auto put = into.put(line); !put)
        return failed{store_error{put.error().code, "at or before line " + std::to_string(number) +
                                                        ": " + put.error().reason}};
      ++report.rows[std::string{table_of(line)}];
      continue;
    }
    const auto end = workflow::parse_json(line);
    if (!end || end->get("end") != counts(report.rows))
      return failed{broken(file, "line " + std::to_string(number) +
                                     " is none of a backup, or rows are missing")};
    // The checksum comes last of all, and nothing after it.
    if (lines.next(line)) return failed{broken(file, "it goes on after its end")};
    if (const auto problem = lines.problem(); !problem.empty())
      return failed{broken(file, problem)};
    if (auto done = into.finish(); !done) return failed{done.error()};
    return report;
  }
  const auto problem = lines.problem();
  return failed{broken(file, problem.empty() ? "it ends too early" : problem)};
}

} // namespace steward::store
