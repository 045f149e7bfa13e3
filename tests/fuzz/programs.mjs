// Random jq programs and inputs. The same seed gives the same programs, on any machine.
//
// Where jq does what nobody should rely on, and does so in too many ways to list, no such programs are
// made: each place says what and why.

import { seeded } from '../support/random.mjs';

/** What the generators ask of randomness. */
export function randomSource(seed) {
  const next = seeded(seed);
  const below = (n) => Math.floor(next() * n);
  return { below, pick: (list) => list[below(list.length)], chance: (percent) => below(100) < percent };
}

const keys = ['a', 'b', 'c', 'key', 'value', 'name'];
const texts = ['', 'a', 'b', 'abc', 'aXbxc', 'a,b, c', ' x ', '1', '-1.5', 'true', 'null', 'é', '日本語', '😀', 'a\\nb', '[1,2]', '{\\"a\\":1}', 'YWJj', '2015-03-05T23:51:47Z', '%41%20b', "it's <b>&", 'x\\u0000y'];
const numbers = ['0', '1', '2', '3', '-1', '10', '1.5', '-0.5', '0.1', '100', '1000', '65', '123456789', '-2.75', '0.001', '1000000'];

// Broken down times come from `gmtime` alone. The WebAssembly build of jq does not carry over what is out
// of range in others, counts their years below 100 from 1900 and pads those below 1000. As a number of
// seconds, NaN and infinity are undefined in C, and -2 is jq's own mark of a platform without timegm.
const noTime = 'select((type == "array" and all(type == "number")) or (type == "number" and (isnan or isinfinite or trunc == -2)) | not)';
const ofTime = (f) => `(${noTime} | ${f})`;

// Behind an empty match jq goes on one byte further, into the middle of a character of several bytes, and
// finds it there again. So what may match nothing searches texts of one byte per character only.
const ofNarrow = (f) => `(select(type != "string" or length == utf8bytelength) | ${f})`;

/** A JSON text. */
export function input(random, depth = 3) {
  const kind = random.below(depth > 0 ? 10 : 6);
  if (kind === 0) return 'null';
  if (kind === 1) return random.pick(['true', 'false']);
  if (kind <= 3) return random.pick(numbers);
  if (kind <= 5) return `"${random.pick(texts)}"`;
  const size = random.below(4);
  if (kind <= 7) return `[${Array.from({ length: size }, () => input(random, depth - 1)).join(',')}]`;
  const chosen = keys.filter(() => random.chance(40)).slice(0, 3);
  return `{${chosen.map((key) => `"${key}":${input(random, depth - 1)}`).join(',')}}`;
}

const plain = ['length', 'not', 'type', 'keys', 'keys_unsorted', 'values', 'nulls', 'booleans', 'numbers', 'strings', 'arrays',
  'objects', 'iterables', 'scalars', 'add', 'any', 'all', 'flatten', 'floor', 'sqrt', 'fabs', 'abs', 'round', 'ceil', 'trunc',
  'tostring', 'tonumber', 'toboolean', 'tojson', 'sort', 'unique', 'min', 'max', 'reverse', 'to_entries', 'from_entries',
  'transpose', 'first', 'last', 'ascii_downcase', 'ascii_upcase', 'trim', 'ltrim', 'rtrim', 'explode', 'implode', 'utf8bytelength',
  'recurse', 'paths', 'isnan', 'isinfinite', 'isnormal', 'isfinite', 'error', 'empty', 'tostream', 'combinations', ofTime('gmtime'), ofTime('mktime'),
  ofTime('todate'), ofTime('gmtime | mktime'), ofTime('gmtime | todate'), 'fromdate', 'splits(", *")', 'ltrimstr("a")', 'getpath(["a",0])', 'combinations(2)', '(tojson | fromjson)', '(try fromjson catch "no JSON")', 'with_entries(.)', 'ascii_downcase', '@text', '@json', '@csv', '@tsv', '@html', '@sh', '@uri', '@urid', '@base64', '@base64d', '.[1:]'];
const taking = ['map', 'select', 'map_values', 'recurse', 'any', 'all', 'sort_by', 'group_by', 'unique_by', 'min_by', 'max_by',
  'with_entries', 'walk', 'first', 'last', 'isempty', 'add', 'paths', 'error', 'debug'];
const takingPlaces = ['path', 'del', 'pick'];
const ofPlaces = ['first', 'last', 'nth(1)', 'arrays', 'objects', 'iterables', 'scalars', 'strings', 'numbers', 'booleans', 'nulls', 'values', 'empty', 'error',
  'recurse(.[]?)', 'recurse(.a?)', 'recurse(.[]?; . != null)', 'while(. != null; .a?)', 'until(type != "object"; .a)', 'select(type == "number", . == null)',
  'getpath(["a", 0])', 'getpath(["b"], [])', 'paths'];
const counts = ['0', '1', '2', '(1, 2)', '-1', '1.5', '"a"', 'null', '[]'];
const valued = ['has', 'contains', 'inside', 'in', 'startswith', 'endswith', 'ltrimstr', 'rtrimstr', 'trimstr', 'split', 'join',
  'index', 'rindex', 'indices', 'flatten', 'nth', 'getpath', 'bsearch', 'IN', 'splits', 'test', 'match', 'capture', 'scan',
  'delpaths', 'strftime', 'INDEX', 'format'];
const searching = ['splits', 'scan'];
const doubled = ['limit', 'skip', 'nth', 'sub', 'gsub', 'range', 'setpath', 'until', 'while', 'IN', 'INDEX', 'split', 'pow', 'atan2',
  'fmin', 'fmax', 'fmod', 'ldexp', 'scalb', 'copysign', 'any', 'all', 'recurse', 'test', 'match', 'scan', 'splits'];
const operators = ['+', '-', '*', '/', '%', '==', '!=', '<', '<=', '>', '>=', 'and', 'or', '//', ',', '|'];
const assignments = ['=', '|=', '+=', '-=', '*=', '/=', '//=', '%='];
const patterns = ['"a"', '"b"', '"[a-c]"', '"(?<x>[a-z])(?<y>X)?"', '"x*"', '"^a"', '"c$"', '"\\\\d+"', '"(a)|(b)"', '", *"', '"\\\\w"', '""'];
const emptyMatching = ['"x*"', '""', '", *"']; // the last one with the flag `x`
const flags = ['""', '"g"', '"i"', '"gi"', '"x"', '"n"', 'null', '"gn"'];

/** Programs of a grammar: `depth` bounds their nesting, `names` are the variables in scope. */
export class generator {
  constructor(random) {
    this.random = random;
  }

  program(depth = 4, names = []) {
    const { random } = this;
    const again = (more = names) => this.program(depth - 1, more);
    if (depth <= 0) return this.leaf(names);
    switch (random.below(26)) {
      case 0:
      case 1:
      case 2:
        return `${again()} | ${again()}`;
      case 3:
        return `(${again()}, ${again()})`;
      case 4:
      case 5:
      case 6:
        return `(${again()} ${random.pick(operators)} ${again()})`;
      case 7:
        return `[${again()}]`;
      case 8:
        return this.object(depth, names);
      case 9:
        return `${random.pick(taking)}(${again()})`;
      case 10:
        return random.chance(60) ? `${random.pick(taking)}(${this.path(2, names)})` : `[${random.pick(takingPlaces)}(${this.place(depth, names)})]`;
      case 11: {
        const name = random.pick(valued);
        const call = `${name}(${this.leaf(names)})`;
        return name === 'strftime' ? ofTime(call) : searching.includes(name) ? ofNarrow(call) : call;
      }
      case 12:
        return this.twoArguments(depth, names);
      case 13:
        return `if ${again()} then ${again()}${random.chance(70) ? ` else ${again()}` : ''} end`;
      case 14:
        return `(try (${again()}) catch ${random.pick(['.', '"caught"', again()])})`;
      case 15:
        return `(${again()})?`;
      case 16:
        return `(${again()}) as $v${names.length} | ${again([...names, `$v${names.length}`])}`;
      case 17:
        return this.destructuring(depth, names);
      // One initial state: for any further one jq evaluates the source on null instead of the input.
      case 18:
        return `reduce (${again()}) as $v${names.length} (first(${this.leaf(names)}); ${again([...names, `$v${names.length}`])})`;
      case 19:
        return `[limit(20; foreach (${again()}) as $v${names.length} (first(${this.leaf(names)}); ${again([...names, `$v${names.length}`])}${random.chance(50) ? `; ${again([...names, `$v${names.length}`])}` : ''}))]`;
      case 20:
      case 21:
        return `((${random.chance(70) ? this.path(3, names) : this.place(depth - 1, names)}) ${random.pick(assignments)} ${random.chance(60) ? this.leaf(names) : `(${again()})`})`;
      case 22:
        return `"${random.pick(texts)}\\(${again()})${random.pick(texts)}"`;
      case 23:
        return `(def f${depth}: ${again()}; ${random.pick([`f${depth}`, `[f${depth}]`, `f${depth} | ${again()}`])})`;
      case 24:
        return `(def g${depth}(p; $q): ${random.pick([`p | [., $q]`, `$q, p`, `[p] | map($q)`, `p + $q`])}; g${depth}(${again()}; ${this.leaf(names)}))`;
      default:
        return `(label $out${depth} | (${again()}) | ${random.chance(50) ? `., break $out${depth}` : `if . then break $out${depth} else . end`})`;
    }
  }

  leaf(names) {
    const { random } = this;
    switch (random.below(9)) {
      case 0:
        return '.';
      case 1:
        return random.pick(numbers);
      case 2:
        return `"${random.pick(texts)}"`;
      case 3:
        return random.pick(['null', 'true', 'false', '[]', '{}', '[1,2,3]', '{"a":1,"b":[2]}', '["a",0]', '[["a"],["b",0]]', 'nan', 'infinite', '-infinite']);
      case 4:
        return names.length > 0 ? random.pick(names) : '.';
      case 5:
      case 6:
        return this.path(2, names);
      default:
        return random.pick(plain);
    }
  }

  /** What has a path. jq also takes a value for a place when it is the very one that lies there, such as the
      result of `@text` of a text, and steps of a pattern or of a loop's source for steps of the path.
      Steward refuses the one and knows better of the other, so there are no such values and steps here. */
  place(depth, names) {
    const { random } = this;
    if (depth <= 0) return this.path(2, names);
    const again = (more = names) => this.place(depth - 1, more);
    switch (random.below(13)) {
      case 0:
      case 1:
        return `(${again()} | ${again()})`;
      case 2:
        return `(${again()}, ${again()})`;
      case 3:
        return `(${again()} // ${again()})`;
      case 4:
        return `if ${this.program(depth - 1, names)} then ${again()}${random.chance(70) ? ` else ${again()}` : ''} end`;
      case 5:
        return random.pick([`(${again()})?`, `(try ${again()} catch empty)`]);
      case 6:
        return `${random.pick(['limit', 'skip', 'nth'])}(${random.pick(counts)}; ${again()})`;
      case 7:
        return `first(${again()})`;
      case 8:
        return `((${this.program(depth - 1, names)}) as $v${names.length} | ${again([...names, `$v${names.length}`])})`;
      case 9:
        return `(def p${depth}(f): ${random.pick(['f | f', 'f, .', 'first(f)', '.[]? | f'])}; p${depth}(${again()}))`;
      case 10:
        return `(label $here${depth} | ${again()} | ${random.pick(['., ', ''])}break $here${depth})`;
      default:
        return `(${again()} | ${random.pick(ofPlaces)})`;
    }
  }

  path(depth, names) {
    const { random } = this;
    let text = random.pick(['.', '.', '.', `.${random.pick(keys)}`, '..', `getpath(["a","b"])`, 'first(.[]?)', '(.a, .b)', 'recurse']);
    for (let i = random.below(depth + 1); i > 0; --i) {
      const step = random.pick([`[${random.pick(['0', '1', '-1', '1.7', '"a"', 'null', '.a?'])}]`, '[]', '[]?', `["${random.pick(keys)}"]?`,
        `[${random.pick(['1:', ':1', ':-1', '0:2', '-2:', '0.5:1.5', 'null:1'])}]`, ` | select(${random.pick(['.', '. != null', 'type == "number"', '.a?'])})`, ` | .${random.pick(keys)}`, `[0]?`]);
      text += step;
    }
    return `(${text})`;
  }

  object(depth, names) {
    const { random } = this;
    const entries = Array.from({ length: 1 + random.below(3) }, () => {
      const item = `(${this.program(depth - 2, names)})`;
      return random.pick([`${random.pick(keys)}: ${item}`, `"${random.pick(keys)}": ${item}`, `(${this.key(depth - 3, names)}): ${item}`,
        random.pick(keys), `"x\\(${this.leaf(names)})": ${item}`, names.length > 0 ? random.pick(names) : 'key', '@base64 "q": 1']);
    });
    return `{${entries.join(', ')}}`;
  }

  /** No constant: as a key, jq refuses one that is no text when it reads the program, and what it folds into
      one: `1 == 2`, `1 | .`, but not `-1`. */
  key(depth, names) {
    return `${this.program(depth, names)} | select(true)`;
  }

  twoArguments(depth, names) {
    const { random } = this;
    const name = random.pick(doubled);
    const leaf = () => this.leaf(names);
    const pattern = random.pick(patterns);
    const search = (call) => (emptyMatching.includes(pattern) ? ofNarrow(call) : call);
    if (['sub', 'gsub'].includes(name))
      return search(`${name}(${pattern}; ${random.pick(['"-"', '"[\\(.x)]"', '.x', '"1", "2"', 'empty', leaf()])}${random.chance(40) ? `; ${random.pick(flags)}` : ''})`);
    if (['test', 'match', 'scan', 'split', 'splits'].includes(name)) return search(`[${name}(${pattern}; ${random.pick(flags)})]`);
    if (['until', 'while'].includes(name))
      return `[limit(10; ${leaf()} | ${name}(${random.pick(['. > 5', 'length > 3', '. < 100', '(. > 5, true)', '(length > 3, . < 9)', 'empty'])}; ${random.pick(['. + 1', '. * 2', '.[1:]', '(. + 1, error)', '(. * 3, . * 2)', 'empty'])}))]`;
    if (name === 'range') return `[limit(10; range(${leaf()}; ${leaf()}${random.chance(40) ? `; ${random.pick(['1', '2', '-1', '0.5', '0', leaf()])}` : ''}))]`;
    if (name === 'recurse') return `[limit(10; recurse(${random.pick(['. * 2', '.[]?', '.a?', 'empty'])}; ${random.pick(['. < 50', 'true', 'type == "number"', '. != null'])}))]`;
    return `${name}(${leaf()}; ${random.chance(50) ? leaf() : this.program(depth - 2, names)})`;
  }

  destructuring(depth, names) {
    const { random } = this;
    const x = `$v${names.length}`;
    const y = `$v${names.length + 1}`;
    const pattern = random.pick([`[${x}, ${y}]`, `{a: ${x}, b: ${y}}`, `{a: [${x}], b: ${y}}`, `[${x}, {a: ${y}}]`, `{${x}, ${y}}`, `{"a": ${x}, ("b", "c"): ${y}}`,
      `[${x}] ?// {a: ${x}, b: ${y}}`, `[${x}, ${y}] ?// ${x}`, `{a: ${x}, $b: [${y}]}`]);
    const extra = pattern.includes('$b') ? ['$b'] : [];
    const text = `(${this.program(depth - 1, names)}) as ${pattern} | ${this.program(depth - 1, [...names, x, y, ...extra])}`;
    // jq takes a `break` on its way out for an error of the pattern and tries the next alternative. In an
    // array none comes by.
    return pattern.includes('?//') ? `([${text}] | .[])` : text;
  }
}
