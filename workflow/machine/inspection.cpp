#include "workflow/machine/inspection.hpp"

#include "workflow/machine/interpreter.hpp"

#include <algorithm>

namespace steward::workflow {

namespace {

/// The variables of a frame, by name.
value declared(const frame& f) {
  auto variables = value::empty_object();
  if (f.loop && f.loop->iterating) {
    const auto& body = std::get<for_task>(f.what->body);
    variables.set(body.each, f.loop->items.items()[f.loop->index]);
    variables.set(body.at, value{static_cast<uint64_t>(f.loop->index)});
  }
  if (f.listening && f.listening->iterating) {
    const auto& each = *std::get<listen_task>(f.what->body).each;
    variables.set(each.item, f.listening->item);
    variables.set(each.at, value{static_cast<uint64_t>(f.listening->index)});
  }
  if (f.runs_handler()) variables.set(std::get<try_task>(f.what->body).as, f.attempt->caught);
  return variables;
}

task_picture picture_of(const frame& f, const std::vector<uint32_t>& branch) {
  auto p = task_picture{};
  p.pointer = f.what->pointer;
  p.name = f.what->name;
  p.kind = f.what->kind();
  p.branch = branch;
  p.raw_input = f.raw_input;
  p.input = f.input;
  if (f.list) p.data = f.data;
  p.started_us = f.started_us;
  p.variables = declared(f);
  return p;
}

} // namespace

void interpreter::picture(run_picture& p, const branch& line, std::vector<uint32_t>& path) const {
  for (size_t depth = 0; depth < line.frames.size(); ++depth) {
    const auto& f = line.frames[depth];
    if (f.what) {
      p.tasks.push_back(picture_of(f, path));
      p.tasks.back().attempt = attempt_of(line, depth);
      if (&line == now_ && depth + 1 == line.frames.size()) p.at_work = p.tasks.size() - 1;
    }
    if (!f.fork) continue;
    for (size_t i = 0; i < f.fork->open.size(); ++i)
      if (f.fork->open[i] != 0) {
        path.push_back(static_cast<uint32_t>(i));
        picture(p, *branches_.at(f.fork->open[i]), path);
        path.pop_back();
      }
  }
}

run_picture interpreter::inspect() const {
  auto p = run_picture{};
  p.status = status();
  p.context = now_->context;
  p.variables = value::empty_object();
  p.outstanding = outstanding();
  p.output = ended_as_ == run_status::completed ? output_
             : main_.frames.empty()             ? value{}
                                                : main_.frames.front().data;
  if (p.status == run_status::completed) return p;
  auto path = std::vector<uint32_t>{};
  picture(p, main_, path);
  auto around = std::vector<const frame*>{};
  for (const auto* line = now_; line; line = line->parent)
    for (auto f = line->frames.rbegin(); f != line->frames.rend(); ++f) around.push_back(&*f);
  for (auto f = around.rbegin(); f != around.rend(); ++f) {
    auto own = declared(**f); // inner names shadow outer ones
    for (const auto& m : own.members()) p.variables.set(m.key.as_string(), m.item);
  }
  return p;
}

} // namespace steward::workflow
