#pragma once

#include "connectors/http_transport.hpp"

#include <string>
#include <string_view>

namespace steward::connectors {

/// Header names compare without case (ASCII only).
bool same_header(std::string_view a, std::string_view b);
bool has_header(const header_list& headers, std::string_view name);

/// Empty if the method and the headers can be sent as they are; otherwise why not. Refuses what
/// would let data break out of its line (CR, LF, zero bytes, names that are no tokens).
std::string why_not_sendable(const http_order& order);

/// Headers that describe the connection or the framing of the body: the transport sets these
/// itself, and an author's would only contradict it.
bool is_framing_header(std::string_view name);

/// Gathers an answer's header lines into what `http_answer::headers` promises.
class header_collector {
public:
  /// One line as received, line end included. A status line starts over: what came before belonged
  /// to an interim answer (100, 103).
  void add_line(std::string_view line);
  header_list take();

private:
  header_list headers_;
};

} // namespace steward::connectors
