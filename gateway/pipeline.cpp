#include "gateway/pipeline.hpp"

#include <algorithm>
#include <array>

namespace steward::gateway {

namespace {

std::string_view usual_method(std::string_view method) {
  static constexpr std::array<std::string_view, 7> usual{"GET",    "POST",  "HEAD", "OPTIONS",
                                                         "DELETE", "PATCH", "PUT"};
  const auto found = std::find(usual.begin(), usual.end(), method);
  return found == usual.end() ? std::string_view{"other"} : *found;
}

} // namespace

std::string_view path_of(std::string_view target) { return target.substr(0, target.find('?')); }

uint64_t pipeline::open(const request_view& request, bool keep_alive, clock_time now) {
  auto& e = push();
  e.path = path_of(request.target);
  e.method = usual_method(request.method);
  e.since = now;
  e.deadline = clock_time::max();
  e.head = request.method == "HEAD";
  e.keep_alive = keep_alive;
  e.http10 = request.version == 10;
  return first_ + count_ - 1;
}

void pipeline::add_bytes(std::string_view bytes) {
  auto& e = push();
  e.bytes = bytes;
  e.ready = true;
  e.deadline = clock_time::max();
}

pipeline::entry& pipeline::push() {
  if (count_ == ring_.size()) {
    std::vector<entry> larger(std::max<size_t>(2, ring_.size() * 2));
    for (uint64_t n = first_; n < first_ + count_; ++n)
      larger[n % larger.size()] = std::move(at(n));
    ring_ = std::move(larger);
  }
  ++count_;
  auto& e = at(first_ + count_ - 1);
  e.headers.clear();
  e.bytes.clear();
  e.path.clear();
  e.route = 0xffff;
  e.head = e.http10 = e.ready = false;
  e.keep_alive = true;
  return e;
}

pipeline::entry* pipeline::waiting(uint64_t number) {
  if (number < first_ || number >= first_ + count_) return nullptr;
  auto& e = at(number);
  return e.ready ? nullptr : &e;
}

void pipeline::settle(uint64_t number, const http_answer& answer, std::string_view date,
                      std::string& out) {
  auto& e = at(number);
  const framing how{e.head, e.keep_alive && !answer.close, e.http10, date};
  e.ready = true;
  render(answer, how, number == first_ ? out : e.bytes);
  drain(out);
}

void pipeline::withdraw_last() { --count_; }

void pipeline::drain(std::string& out) {
  while (count_ > 0 && at(first_).ready) {
    out.append(at(first_).bytes);
    ++first_;
    --count_;
  }
}

uint64_t pipeline::overdue(clock_time now) const {
  for (uint64_t n = first_; n < first_ + count_; ++n)
    if (!at(n).ready && at(n).deadline <= now) return n;
  return 0;
}

void pipeline::close_after_all() {
  for (uint64_t n = first_; n < first_ + count_; ++n) at(n).keep_alive = false;
}

} // namespace steward::gateway
