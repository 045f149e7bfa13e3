#include "workflow/expression/builtins.hpp"

#include "workflow/expression/evaluation.hpp"
#include "workflow/expression/natives.hpp"
#include "workflow/expression/parser.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace steward::workflow::jq {

namespace {

/// Functions may use those above them and themselves. Those that are special forms too stand here
/// for paths only: `path(first(.a, .b))`.
constexpr std::string_view library_source = R"jq(
def select(f): if f then . else empty end;
def recurse(f): def r: ., (f | r); r;
def recurse: recurse(.[]?);
def recurse(f; condition): def r: ., (f | select(condition) | r); r;
def first(f): label $out | (f | ., break $out);
def first: .[0];
def isempty(g): label $out | (g | false, break $out), true;
def last(f): reduce f as $x (null; $x);
def last: .[-1];
def nth($n): .[$n];
def nth($n; f):
  if $n < 0 then error("nth doesn't support negative indices") else first(skip($n; f)) end;
def until(condition; update): def u: if condition then . else (update | u) end; u;
def while(condition; update): def w: if condition then ., (update | w) else empty end; w;
def repeat(f): def r: f, r; r;
def values: select(. != null);
def nulls: select(. == null);
def booleans: select(type == "boolean");
def numbers: select(type == "number");
def strings: select(type == "string");
def arrays: select(type == "array");
def objects: select(type == "object");
def iterables: select(type | . == "array" or . == "object");
def scalars: select(type | . != "array" and . != "object");
def map_values(f): .[] |= f;
def in(whole): . as $key | whole | has($key);
def inside(whole): . as $part | whole | contains($part);
def any: any(.[]; .);
def any(f): any(.[]; f);
def all: all(.[]; .);
def all(f): all(.[]; f);
def todate: strftime("%Y-%m-%dT%H:%M:%SZ");
def todateiso8601: todate;
def fromdateiso8601: strptime("%Y-%m-%dT%H:%M:%SZ") | mktime;
def fromdate: fromdateiso8601;
def date: todate;
def isfinite: type == "number" and (isinfinite | not);
def finites: select(isfinite);
def normals: select(isnormal);
def paths: path(..) | select(length > 0);
def paths(f): path(.. | select(f)) | select(length > 0);
def leaf_paths: paths(scalars);
def pick(f): . as $top | reduce path(f) as $p (null; setpath($p; $top | getpath($p)));
def with_entries(f): to_entries | map(f) | from_entries;
def transpose: [range(0; map(length) | max // 0) as $i | [.[][$i]]];
def walk(f):
  def w: if type == "object" then map_values(w) elif type == "array" then map(w) else . end | f;
  w;
def combinations:
  if length == 0 then [] else .[0][] as $x | (.[1:] | combinations) as $rest | [$x] + $rest end;
def combinations(n): . as $dot | [range(n) | $dot] | combinations;
def ascii: [.] | implode;
def tostream: path(def r: (.[]? | r), .; r) as $p | getpath($p)
  | reduce path(.[]?) as $q ([$p, .]; [$p + $q]);
def fromstream(f): { x: null, e: false } as $init
  | foreach f as $i ($init;
      if .e then $init else . end
      | if $i | length == 2
        then setpath(["e"]; $i[0] | length == 0) | setpath(["x"] + $i[0]; $i[1])
        else setpath(["e"]; $i[0] | length == 1) end;
      if .e then .x else empty end);
def truncate_stream(stream):
  . as $n | null | stream | . as $input
  | if (.[0] | length) > $n then setpath([0]; .[0][$n:]) else empty end;
def match(re; flags): _match(re; flags; false) | .[];
def test(re; flags): _match(re; flags; true);
def _with_flags(f):
  if type == "string" then [., null]
  elif type == "array" and length > 1 then .[:2]
  elif type == "array" and length > 0 then [.[0], null]
  else error(type + " not a string or array") end | f;
def match($re): . as $s | $re | _with_flags(. as [$re, $flags] | $s | match($re; $flags));
def test($re): . as $s | $re | _with_flags(. as [$re, $flags] | $s | test($re; $flags));
def _named: [.captures | .[] | select(.name != null) | { key: .name, value: .string }] | from_entries;
def capture(re; flags): match(re; flags) | _named;
def capture($re): match($re) | _named;
def scan($re; $flags):
  match($re; "g" + $flags)
  | if (.captures | length) > 0 then [.captures | .[] | .string] else .string end;
def scan($re): scan($re; null);
def splits($re; $flags):
  .[foreach (match($re; $flags + "g"), null) as {$offset, $length}
      (null; { start: .next, end: $offset, next: ($offset + $length) })];
def splits($re): splits($re; null);
def split($re; $flags): [splits($re; $flags)];
def sub($re; replacement; $flags):
  [match($re; $flags)] as $matches
  | [$matches[] | [_named | replacement]] as $texts
  | _splice($matches; $texts) as $results
  | if $results == [] then . else $results[] end;
def sub($re; replacement): sub($re; replacement; "");
def gsub($re; replacement; flags): sub($re; replacement; flags + "g");
def gsub($re; replacement): sub($re; replacement; "g");
def IN(source): any(source == .; .);
def IN(source; stream): any(source == stream; .);
def INDEX(stream; key): reduce stream as $row ({}; .[$row | key | tostring] = $row);
def INDEX(key): INDEX(.[]; key);
def JOIN($index; key): [.[] | [., $index[key]]];
def JOIN($index; stream; key): stream | [., $index[key]];
def JOIN($index; stream; key; join): stream | [., $index[key]] | join;
def isvalid(f): try (f | true) catch false;
def debug: .;
def debug(message): (message | empty), .;
def input_line_number: 0;
def localtime: gmtime;
def have_decnum: false;
def have_literal_numbers: true;
)jq";

struct library {
  program owner;
  function_table by_name;
  library() {
    parser(owner, library_source, by_name).read_library([this](const function& fn) {
      by_name[fn.name] = &fn;
    });
  }
};

struct special_row {
  std::string_view name;
  size_t arity;
  special_form form;
};

using enum special_form;
constexpr std::array specials = {
    special_row{"empty", 0, empty},
    special_row{"path", 1, path},
    special_row{"map", 1, map},
    special_row{"select", 1, select},
    special_row{"recurse", 0, recurse},
    special_row{"recurse", 1, recurse},
    special_row{"first", 1, first},
    special_row{"last", 1, last},
    special_row{"limit", 2, limit},
    special_row{"skip", 2, skip},
    special_row{"until", 2, until},
    special_row{"while", 2, while_},
    special_row{"repeat", 1, repeat},
    special_row{"range", 1, range},
    special_row{"range", 2, range},
    special_row{"range", 3, range},
    special_row{"any", 2, any},
    special_row{"all", 2, all},
    special_row{"add", 1, add},
    special_row{"isempty", 1, isempty},
    special_row{"sort_by", 1, sort_by},
    special_row{"group_by", 1, group_by},
    special_row{"min_by", 1, min_by},
    special_row{"max_by", 1, max_by},
    special_row{"unique_by", 1, unique_by},
    special_row{"del", 1, del},
};

constexpr std::array<std::string_view, 14> refused = {
    "env",        "input",           "inputs",          "stderr",       "halt",
    "halt_error", "input_filename",  "import",          "include",      "modulemeta",
    "module",     "get_search_list", "get_prog_origin", "get_jq_origin"};

/// `builtins`: what there is to call, as "name/arity"; private names begin with a low line.
bool list_builtins(evaluation& e, const value&, const value*, value& out) {
  auto names = std::set<std::string, std::less<>>{"builtins/0"};
  auto add = [&](std::string_view name, size_t arity) {
    if (!name.starts_with('_') && !name.starts_with('@'))
      names.insert(std::string(name) + "/" + std::to_string(arity));
  };
  for (const auto& [name, fn] : builtin_functions())
    if (!name.starts_with('_')) names.insert(name);
  for (const auto& row : specials) add(row.name, row.arity);
  for (auto rows : all_natives())
    for (size_t i = 0; i < rows.count; ++i) add(rows.first[i].name, rows.first[i].arity);
  e.spend(names.size());
  out = value::empty_array();
  for (const auto& name : names) out.push_back(value(name));
  return true;
}

constexpr auto natives = std::to_array<native>({{"builtins", 0, list_builtins}});

} // namespace

native_rows builtin_natives() { return {natives.data(), natives.size()}; }

const function_table& builtin_functions() {
  static const auto loaded = library{};
  return loaded.by_name;
}

const special_form* find_special(std::string_view name, size_t arity) {
  for (const auto& row : specials)
    if (row.name == name && row.arity == arity) return &row.form;
  return nullptr;
}

bool gives_at_most_one(special_form form) {
  switch (form) {
  case recurse:
  case limit:
  case skip:
  case until:
  case while_:
  case repeat:
  case range:
  case path:
  case select:
    return false;
  default:
    return true;
  }
}

bool is_refused(std::string_view name) {
  return std::find(refused.begin(), refused.end(), name) != refused.end();
}

} // namespace steward::workflow::jq
