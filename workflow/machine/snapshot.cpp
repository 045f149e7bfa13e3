#include "workflow/machine/snapshot.hpp"

#include "workflow/json.hpp"
#include "workflow/machine/snapshot_reader.hpp"
#include "workflow/machine/snapshot_sum.hpp"
#include "workflow/machine/snapshot_writer.hpp"
#include "workflow/secret_mask.hpp"

#include <algorithm>

namespace steward::workflow {

namespace {

value name_of(const definition& d) {
  return value::array({d.ref.namespace_, d.ref.name, d.ref.version});
}

/// Values that share parts may weigh far more than their text, but not more than a run may hold.
uint64_t weight_limit(const machine_limits& limits, std::string_view text) {
  return std::max<uint64_t>(uint64_t{limits.data_bytes} * 4, uint64_t{text.size()} * 8);
}

} // namespace

// --- writing ---

void snapshot_access::count(value_sharing& values, const interpreter& m) {
  auto counter = snapshot_counter{values};
  fields(counter, m);
  auto count_branch = [&counter](const branch& b) {
    counter.count(b);
    counter.count(b.frames);
  };
  count_branch(m.main_);
  for (const auto& [id, b] : m.branches_) count_branch(*b);
  for (const auto& [id, effect] : m.effects_) counter.count(effect);
}

void snapshot_access::write(snapshot_writer& w, const interpreter& m) {
  w.object(m, [&] {
    w("now", m.now_->id);
    w.begin_member("branches");
    auto lines = std::vector<const branch*>{&m.main_};
    for (const auto& [id, b] : m.branches_) lines.push_back(b.get());
    w.list(lines, [&](const branch* b) { write_branch(w, m, *b); });
    w.begin_member("effects");
    w.list(m.effects_, [&](const auto& entry) { w.object(entry.second, [] {}); });
  });
}

void snapshot_access::write_branch(snapshot_writer& w, const interpreter& m, const branch& b) {
  w.object(b, [&] {
    if (b.parent) w("parent", std::optional{b.parent->id});
    w.begin_member("frames");
    w.list(b.frames, [&](const frame& f) {
      w.object(f, [&] {
        if (f.what) w("task", f.what->pointer);
        if (!f.list) return;
        for (const auto& scope : scopes_of(*m.run_.what, f, b))
          if (scope.tasks == f.list) w("scope", scope.name);
      });
    });
  });
}

std::optional<std::string> encode_snapshot(const machine& m) {
  const interpreter& state = snapshot_access::state_of(m);
  if (!snapshot_access::rests(state)) return std::nullopt;
  const auto& facts = snapshot_access::facts_of(state);
  auto values = value_sharing{};
  snapshot_access::count(values, state);
  auto out = std::string{"\",\"of\":"};
  append_json(out, name_of(*facts.what));
  out += ",\"values\":";
  values.write_table(out);
  out += ",\"run\":";
  auto links = definition_links{*facts.what};
  auto writer = snapshot_writer{out, values, links};
  snapshot_access::write(writer, state);
  out += '}';
  auto mask = secret_mask{facts.secrets};
  if (!mask.empty() && mask.masked(out) != out) return std::nullopt;
  return seal_snapshot(out);
}

// --- reading ---

namespace {

effect_id id_of(const command& sent) {
  auto id = [](const auto& c) -> effect_id {
    if constexpr (requires { c.effect; })
      return c.effect;
    else
      return 0;
  };
  return std::visit(id, sent);
}

} // namespace

void snapshot_access::read(snapshot_reader& r, const value& from, interpreter& m) {
  r.object(from, m, [&] {
    for (const auto& written : r.list("branches").items()) read_branch(r, written, m);
    for (const auto& written : r.list("effects").items()) {
      auto effect = open_effect{};
      r.object(written, effect, [] {});
      auto id = id_of(effect.sent);
      ensure_readable(m.effects_.emplace(id, std::move(effect)).second, "an effect is there twice");
    }
    auto now = branch_id{};
    r("now", now);
    m.now_ = m.find_branch(now);
    ensure_readable(m.now_ != nullptr, "the branch at work is not there");
  });
}

/// The main branch comes first, and each before those that it forks.
void snapshot_access::read_branch(snapshot_reader& r, const value& from, interpreter& m) {
  auto fresh = std::make_unique<branch>();
  r.object(from, *fresh, [&] {
    auto parent = std::optional<branch_id>{};
    r("parent", parent);
    auto b = fresh.get();
    if (parent) {
      b->parent = m.find_branch(*parent);
      ensure_readable(b->id != 0 && b->parent && !b->parent->frames.empty(),
                      "a branch has no parent");
      const auto& fork = b->parent->frames.back().fork;
      ensure_readable(fork && b->index < fork->open.size() && fork->open[b->index] == b->id,
                      "a branch is not its parent's");
      b->below = b->parent->below + b->parent->frames.size();
      ensure_readable(m.branches_.emplace(b->id, std::move(fresh)).second,
                      "a branch is there twice");
    } else {
      ensure_readable(b->id == 0 && m.main_.frames.empty(), "there are two main branches");
      m.main_ = std::move(*b);
      b = &m.main_;
    }
    for (const auto& written : r.list("frames").items()) read_frame(r, written, m, *b);
  });
}

void snapshot_access::read_frame(snapshot_reader& r, const value& from, interpreter& m,
                                 branch& line) {
  auto around = line.frames.empty() ? nullptr : &line.frames.back();
  auto f = frame{};
  if (around) {
    ensure_readable(around->list && around->next < around->list->size(), "a task is in no scope");
    f.what = &(*around->list)[around->next];
  }
  r.object(from, f, [&] {
    auto task = std::string{}, name = std::string{};
    r("task", task);
    r("scope", name);
    ensure_readable(task == (f.what ? f.what->pointer : ""), "a task is not where it was");
    check_frame(line, f);
    for (const auto& scope : scopes_of(*m.run_.what, f, line))
      if (scope.name == name) f.list = scope.tasks;
    ensure_readable(name.empty() == !f.list, "a scope is not in the definition");
    ensure_readable(f.visits.size() == (f.list ? f.list->size() : 0) && f.next <= f.visits.size(),
                    "a task is not in its scope");
  });
  line.frames.push_back(std::move(f));
}

outcome<machine, std::string> decode_snapshot(std::shared_ptr<const definition> d,
                                              machine_limits limits, value secrets,
                                              std::string_view text) try {
  ensure_readable(is_snapshot(text), "it is of an unknown version");
  ensure_readable(is_sound(text), "it is damaged");
  auto parsed = parse_json(text, json_limits{512, text.size()});
  if (!parsed) return failed{"not JSON: " + parsed.error().reason};
  if (parsed->get("of") != name_of(*d))
    throw unreadable_snapshot{"it is of a run of another definition"};
  auto values = shared_values{parsed->get("values"), weight_limit(limits, text)};
  auto links = definition_links{*d};
  auto m = machine{std::move(d), limits, std::move(secrets)};
  auto run = parsed->get("run");
  auto reader = snapshot_reader{run, values, links};
  interpreter& state = snapshot_access::state_of(m);
  snapshot_access::read(reader, run, state);
  snapshot_access::settle(state);
  return m;
} catch (const unreadable_snapshot& problem) {
  return failed{std::string{"the snapshot can't be read: "} + problem.what()};
} catch (const depth_exceeded& e) {
  return failed{std::string{"the snapshot can't be read: "} + e.what()};
}

} // namespace steward::workflow
