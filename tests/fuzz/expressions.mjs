// Compares Steward's jq with jq itself: random programs on random inputs, both sides in turn.
//
//   node tests/fuzz/expressions.mjs --evaluator build/release/tests/evaluate_lines [--programs 3000] [--seed 1]
//
// The peer is jq 1.8 as WebAssembly (the npm package jq-wasm, pinned in package.json beside this).
// differences.json lists, by pattern, the differences that are known, each with its reason; any
// other one is printed and fails the run. FUZZ_TRACE=file keeps the programs in flight there, in case
// one of the two sides hangs. Without the package (npm ci was not possible) the exit
// code is 77: skipped.
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { readArguments } from '../support/arguments.mjs';
import { generator, input, randomSource } from './programs.mjs';

const batch = 16;

/** All results and the error, if any, as one array, whatever the program does. */
const wrapped = (program) => `[limit(50; try ((${program}\n) | {o: .}) catch {e: .})]`;

/** Asks the peer for many programs at once, and for ever fewer when one of them can't be compiled. */
function askPeer(jq, cases) {
  const data = `[${cases.map((c) => c.input).join(',')}]`;
  const program = cases.map((c, i) => `(.[${i}] | ${wrapped(c.program)})`).join(', ');
  const { stdout, exitCode } = jq.raw(data, program, ['-c']);
  const lines = stdout.split('\n').filter((line) => line !== '');
  if (exitCode === 0 && lines.length === cases.length) return lines.map((line) => JSON.parse(line));
  if (cases.length === 1) return ['refused'];
  const half = Math.ceil(cases.length / 2);
  return [...askPeer(jq, cases.slice(0, half)), ...askPeer(jq, cases.slice(half))];
}

/** Answers lines of `evaluate_lines`, in the order of the questions. */
function startSteward(path) {
  const child = spawn(path, { stdio: ['pipe', 'pipe', 'inherit'] });
  const waiting = [];
  createInterface({ input: child.stdout }).on('line', (line) => waiting.shift().resolve(JSON.parse(line)));
  child.on('exit', (code, signal) => {
    for (const w of waiting) w.reject(new Error(`the evaluator ended (${signal ?? code}) at: ${w.question.program}\n  on ${w.question.input}`));
  });
  const ask = (question) =>
    new Promise((resolve, reject) => {
      waiting.push({ resolve, reject, question });
      child.stdin.write(`${JSON.stringify({ program: wrapped(question.program), input: question.input })}\n`);
    });
  return { ask, stop: () => child.stdin.end() };
}

/** What a text says when all of its numbers are doubles of 15 digits, and no zero is negative. */
const roughly = (text) => text.replace(/-0(?![.\d])/g, '0').replace(/\d+(\.\d+)?(e[+-]?\d+)?/gi, (digits) => (digits.length > 15 ? Number(digits).toPrecision(15) : digits));

/** Numbers within an ulp or two are the same, also in texts: the two sides may use different C libraries, and
    integers are doubles in jq, but exact to 64 bits here and never -0. */
function same(a, b) {
  if (typeof a === 'string' && typeof b === 'string') return a === b || roughly(a) === roughly(b);
  if (typeof a === 'number' && typeof b === 'number') return a === b || Math.abs(a - b) <= 4e-16 * Math.max(Math.abs(a), Math.abs(b));
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return a === b;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const left = Object.keys(a);
  const right = Object.keys(b);
  return left.length === right.length && left.every((key, i) => key === right[i] && same(a[key], b[key]));
}

function explains(difference, { program, input }, peer, steward) {
  const matches = (pattern, text) => pattern === undefined || new RegExp(pattern).test(text);
  return matches(difference.program, program) && matches(difference.input, input) && matches(difference.peer, JSON.stringify(peer)) && matches(difference.steward, JSON.stringify(steward));
}

const options = readArguments(process.argv.slice(2), { evaluator: 'build/release/tests/evaluate_lines', programs: 3000, seed: 1, all: false });
let loadJq;
try {
  ({ loadJq } = await import('jq-wasm'));
} catch {
  console.error('skipped: the package jq-wasm is not installed (npm ci --prefix tests/fuzz)');
  process.exit(77);
}
const listed = JSON.parse(readFileSync(new URL('differences.json', import.meta.url), 'utf8'));
const random = randomSource(options.seed);
const make = new generator(random);
const steward = startSteward(options.evaluator);
let jq = await loadJq();
const counts = { compared: 0, alike: 0, refused: 0, listed: 0, unlisted: 0, broken: 0, endless: 0 };
const started = performance.now();

while (counts.compared < options.programs) {
  const drawn = Array.from({ length: Math.min(batch, options.programs - counts.compared) }, () => ({ program: make.program(1 + random.below(4)), input: input(random) }));
  for (const [i, answer] of (await Promise.all(drawn.map((c) => steward.ask(c)))).entries())
    drawn[i].mine = 'results' in answer ? answer.results[0] : 'refused' in answer ? 'refused' : `error: ${answer.error}`;
  // What runs out of its budget here may well run forever there.
  const cases = drawn.filter((c) => typeof c.mine !== 'string' || c.mine === 'refused');
  counts.compared += drawn.length;
  counts.endless += drawn.length - cases.length;
  if (process.env.FUZZ_TRACE) writeFileSync(process.env.FUZZ_TRACE, JSON.stringify(cases, null, 1));
  let peers;
  try {
    peers = askPeer(jq, cases);
  } catch {
    // The peer itself broke: a fresh one, and each program alone.
    peers = [];
    for (const c of cases) {
      try {
        jq = await loadJq();
        peers.push(askPeer(jq, [c])[0]);
      } catch {
        peers.push('broken');
      }
    }
  }
  for (const [i, c] of cases.entries()) {
    const { mine } = c;
    if (peers[i] === 'broken') {
      counts.broken += 1;
      continue;
    }
    if (same(peers[i], mine)) {
      counts[mine === 'refused' ? 'refused' : 'alike'] += 1;
      continue;
    }
    if (listed.some((difference) => explains(difference, c, peers[i], mine))) {
      counts.listed += 1;
      continue;
    }
    counts.unlisted += 1;
    if (counts.unlisted <= 20 || options.all)
      console.log(`${c.program}\n  on      ${c.input}\n  jq      ${JSON.stringify(peers[i])}\n  steward ${JSON.stringify(mine)}`);
  }
}
steward.stop();
console.log(`seed ${options.seed}: ${counts.compared} programs against ${jq.version} in ${((performance.now() - started) / 1000).toFixed(1)} s: ` +
  `${counts.alike} alike, ${counts.refused} refused by both, ${counts.listed} listed differences, ${counts.broken} that broke jq, ${counts.endless} past their budget, ${counts.unlisted} unlisted`);
process.exitCode = counts.unlisted > 0 ? 1 : 0;
