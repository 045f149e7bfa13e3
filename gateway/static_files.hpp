#pragma once

#include "gateway/answer.hpp"
#include "gateway/request.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace steward::gateway {

/// A folder of a built web application, read into memory once. `/assets/*` is named by its content
/// and may be kept for a year; everything else is asked for again and answered 304 while it is the
/// same. `x.js.gz` and `x.js.br` are other forms of `x.js`.
class static_files {
public:
  /// An empty path, or a folder that can't be read, is no files. At most 64 MiB are loaded.
  explicit static_files(const std::filesystem::path& folder);

  /// Answers a GET or HEAD; nothing when there is no such file. A path without one is given
  /// `index.html` when a page is asked for, since the application draws its own pages.
  std::optional<http_answer> find(const request_view& request, std::string_view path) const;
  bool empty() const { return files_.empty(); }

private:
  struct file {
    std::string_view content_type;
    std::string etag, plain, gzip, brotli;
  };
  http_answer answer(const file& f, const request_view& request, bool forever) const;

  std::map<std::string, file, std::less<>> files_; ///< By path, with its slash in front.
};

} // namespace steward::gateway
